// Composition root of the cloud: reads what `scripts/bundle.ts` built and writes the assembly.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { composeApp } from "./compose.ts";
import { reactions } from "./reactions.ts";

const root = join(import.meta.dirname, "..");
const bundlesFolder = join(root, ".build", "functions");

const read = (path: string) => JSON.parse(readFileSync(path, "utf8"));
const missing = reactions([])
  .map(({ name }) => name)
  .filter((name) => !existsSync(join(bundlesFolder, name, "index.mjs")));
if (missing.length > 0) {
  console.error(`composing the stacks: no bundle of ${missing.join(", ")} in ${bundlesFolder}; run npm run synth`);
  process.exit(1);
}
composeApp({
  bundlesFolder,
  caps: { maxMemoryMiB: 30_720, maxCpuUnits: 4096 },
  permissions: read(join(root, "infra", "generated", "permissions.json")),
  isJudged: process.env.CDK_VALIDATION !== "false",
}).synth();
