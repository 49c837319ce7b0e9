// Runs the checks of `npm run check` and `npm test`: each a child process, the fast ones side by side.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { styleText } from "node:util";

const root = join(import.meta.dirname, "..");

export interface Stage {
  readonly name: string;
  /** Script of a package or of ours, and its arguments. */
  readonly command: readonly string[];
}

const BIN = (name: string, path: string): string => join(root, "node_modules", name, path);

/** Everything but the tests: seconds together. */
export const QUICK_STAGES: readonly Stage[] = [
  { name: "format and lint", command: [BIN("@biomejs/biome", "bin/biome"), "ci", "--colors=off", "."] },
  { name: "types", command: [BIN("ts7", "bin/tsc"), "-p", "."] },
  { name: "unused code", command: [BIN("knip", "bin/knip.js"), "--no-progress"] },
  { name: "generated files", command: [join(root, "scripts", "generate.ts"), "--check"] },
];

/** The test runner on these folders, or on all; its own summary comes last. */
export const tests = (...patterns: readonly string[]): Stage => ({
  name: "tests",
  command: [BIN("vitest", "vitest.mjs"), "run", "--reporter=default", ...patterns],
});

interface Result {
  readonly isGood: boolean;
  readonly output: string;
}

const run = ({ command }: Stage, isShown: boolean): Promise<Result> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", ...command], {
      cwd: root,
      stdio: isShown ? ["ignore", "inherit", "inherit"] : ["ignore", "pipe", "pipe"],
      env: { ...process.env, NO_COLOR: process.stdout.isTTY ? undefined : "1" },
    });
    let output = "";
    child.stdout?.on("data", (data) => (output += data));
    child.stderr?.on("data", (data) => (output += data));
    child.on("close", (code) => resolve({ isGood: code === 0, output }));
  });

/** Runs the quick stages side by side, then the tests; answers whether all were good. */
export const runStages = async (quick: readonly Stage[], last: Stage): Promise<boolean> => {
  const results = await Promise.all(
    quick.map(async (stage) => {
      const result = await run(stage, false);
      console.log(`${result.isGood ? styleText("green", "✓") : styleText("red", "✗")} ${stage.name}`);
      if (!result.isGood) console.log(result.output.trimEnd());
      return result.isGood;
    }),
  );
  const { isGood } = await run(last, true);
  return isGood && results.every(Boolean);
};
