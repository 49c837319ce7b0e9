// Bundles the functions and writes the assembly that `npm run deploy` would deploy, judged by CloudFormation's rules and cdk-nag.
// Usage: npm run synth [-- -c key=value ...] [--output FOLDER] [--unjudged]
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Bundle, bundleFunctions } from "./bundle.ts";
import { toldInOneLine } from "./told-in-one-line.ts";

const root = join(import.meta.dirname, "..");

export interface SynthOptions {
  /** Where the assembly goes. @default cdk.out */
  readonly output?: string;
  /** Without CloudFormation's rules and cdk-nag: a third of the time, the same templates. */
  readonly unjudged?: boolean;
  /** Answers such as `imageTag`, as `-c key=value` gives them. */
  readonly context?: Readonly<Record<string, string>>;
}

/** Bundles and synthesizes; answers the bundles and the folder of the assembly. */
export const synthesize = async ({ output = "cdk.out", unjudged = false, context = {} }: SynthOptions = {}) => {
  const bundles = await bundleFunctions();
  const folder = resolve(root, output);
  const { status } = spawnSync(process.execPath, [join(root, "infra", "app.ts")], {
    cwd: root,
    stdio: ["ignore", 2, 2],
    env: {
      ...process.env,
      CDK_OUTDIR: folder,
      CDK_CONTEXT_JSON: JSON.stringify(context),
      ...(unjudged && { CDK_VALIDATION: "false" }),
    },
  });
  if (status !== 0) throw new Error("synthesizing the stacks: failed as told above");
  return { bundles, folder };
};

/** `key=value` pairs as the CDK CLI takes them. */
const contextOf = (pairs: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      if (at < 1) throw new Error(`reading -c ${pair}: it must be key=value, such as imageTag=v1.0.0`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );

const summary = (bundles: readonly Bundle[], folder: string): string => {
  const { artifacts } = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
  const stacks = Object.entries<{ type: string; properties?: { templateFile: string } }>(artifacts).flatMap(
    ([name, { type, properties }]) =>
      type === "aws:cloudformation:stack" && properties ? [{ name, file: properties.templateFile }] : [],
  );
  return [
    ...stacks.map(({ name, file }) => {
      const { Resources } = JSON.parse(readFileSync(join(folder, file), "utf8"));
      return `${name.padEnd(18)} ${String(Object.keys(Resources).length).padStart(4)} resources`;
    }),
    ...bundles.map(({ name, bytes }) => `${name.padEnd(18)} ${String(Math.round(bytes / 1024)).padStart(4)} KiB`),
    `written to ${folder}`,
  ].join("\n");
};

if (import.meta.main)
  await toldInOneLine(async () => {
    const { values } = parseArgs({
      options: {
        context: { type: "string", short: "c", multiple: true, default: [] },
        output: { type: "string" },
        unjudged: { type: "boolean", default: false },
      },
    });
    const { bundles, folder } = await synthesize({
      context: contextOf(values.context),
      unjudged: values.unjudged,
      ...(values.output !== undefined && { output: values.output }),
    });
    console.log(summary(bundles, folder));
  });
