// Bundles the functions and hands over to the pinned CDK CLI. Usage: npm run deploy [-- STACK ... and cdk options]
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { bundleFunctions } from "./bundle.ts";
import { toldInOneLine } from "./told-in-one-line.ts";

const root = join(import.meta.dirname, "..");

/** Without a stack named, both are meant. */
const withStacks = (args: readonly string[]): readonly string[] =>
  args.some((arg, at) => arg === "--all" || (arg.startsWith("Reflex") && !args[at - 1]?.startsWith("-")))
    ? args
    : ["--all", ...args];

await toldInOneLine(async () => {
  await bundleFunctions();
  const cli = join(root, "node_modules", "aws-cdk", "bin", "cdk");
  const { status } = spawnSync(process.execPath, [cli, "deploy", ...withStacks(process.argv.slice(2))], {
    cwd: root,
    stdio: "inherit",
  });
  process.exitCode = status ?? 1;
});
