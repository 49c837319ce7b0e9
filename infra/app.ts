// Composition root of the cloud: reads what `scripts/bundle.ts` built and writes the assembly.
import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { composeApp } from "./compose.ts";
import { reactions } from "./reactions.ts";

const root = join(import.meta.dirname, "..");
const bundlesFolder = join(root, ".build", "functions");
const boundsFile = join(root, ".build", "bounds.json");

const read = (path: string) => JSON.parse(readFileSync(path, "utf8"));

const missing = [boundsFile, ...reactions([]).map(({ name }) => join(bundlesFolder, name, "index.mjs"))].filter(
  (path) => !existsSync(path),
);
if (missing.length > 0) {
  const names = missing.map((path) => relative(root, path)).join(", ");
  console.error(`ecs-reflex: composing the stacks: ${names} is not there; npm run synth builds it`);
  process.exit(1);
}

const app = composeApp({
  ...read(boundsFile),
  bundlesFolder,
  permissions: read(join(root, "infra", "generated", "permissions.json")),
  // CloudFormation's own rules, which CDK runs, and cdk-nag are one decision
  isJudged: process.env.CDK_VALIDATION !== "false",
});
try {
  app.synth();
} catch (error) {
  console.error(`ecs-reflex: synthesizing the stacks: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
