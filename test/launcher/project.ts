/** A tiny project with the launcher and an npm of its own: what the first command on a fresh clone meets. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  watch,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

const LAUNCHER = join(import.meta.dirname, "..", "..", "run.mjs");

/** Installs one package, as often as it is asked to; waits for the file `go` when there is a file `slow`. */
const NPM = `
import { appendFileSync, existsSync, mkdirSync, readFileSync, watch, writeFileSync } from "node:fs";
appendFileSync("npm.log", process.argv.slice(2).join(" ") + "\\n");
console.log("added 1 package");
if (existsSync("slow")) await new Promise((go) => {
  const look = () => existsSync("go") && go();
  watch(".", look);
  setInterval(look, 50);
  look();
});
if (existsSync("broken")) { console.error("npm error code E503"); process.exit(1); }
mkdirSync("node_modules", { recursive: true });
const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8"));
if (existsSync("forgetful")) delete packages["node_modules/left"];
writeFileSync("node_modules/.package-lock.json", JSON.stringify({ packages }));
process.exit(0);
`;

const LOCK = {
  packages: {
    "": { name: "tiny" },
    "node_modules/left": { version: "1.0.0", integrity: "sha512-left" },
    "node_modules/right": { version: "1.0.0", integrity: "sha512-right", optional: true },
  },
};

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export interface Command {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** A project in a folder of its own that goes away with the test. */
export const tinyProject = () => {
  const folder = mkdtempSync(join(tmpdir(), "ecs-reflex-launcher-"));
  const at = (...path: readonly string[]) => join(folder, ...path);
  const running = new Set<ChildProcess>();
  onTestFinished(async () => {
    for (const child of running) child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });
  cpSync(LAUNCHER, at("run.mjs"));
  writeFileSync(at("package-lock.json"), JSON.stringify(LOCK));
  writeFileSync(at("package.json"), JSON.stringify({ name: "tiny", type: "module" }));
  mkdirSync(at("npm"));
  writeFileSync(at("npm", "npm-cli.js"), NPM);
  writeFileSync(at("script.mjs"), `console.log(JSON.stringify({ ran: process.argv.slice(2) }));`);

  return {
    at,
    file: (name: string, text = "") => writeFileSync(at(name), text),
    remove: (name: string) => rmSync(at(name), { recursive: true }),
    has: (name: string) => existsSync(at(name)),
    /** Arguments of every npm that ran. */
    npmRuns: (): readonly string[] =>
      existsSync(at("npm.log")) ? readFileSync(at("npm.log"), "utf8").trimEnd().split("\n") : [],
    /** What npm leaves when it has installed: all that the lock file names, or another state. */
    installed(packages: object = LOCK.packages) {
      mkdirSync(at("node_modules"), { recursive: true });
      writeFileSync(at("node_modules", ".package-lock.json"), JSON.stringify({ packages }));
    },
    /** A lock as somebody else holds it. */
    heldBy(owner: { readonly pids: readonly number[]; readonly host: string }) {
      mkdirSync(at(".installing"));
      writeFileSync(at(".installing", "owner.json"), JSON.stringify(owner));
    },
    /** Resolves when there is such a file. */
    async until(name: string): Promise<void> {
      if (existsSync(at(name))) return;
      const watcher = watch(folder);
      while (!existsSync(at(name))) await once(watcher, "change");
      watcher.close();
    },
    run(args: readonly string[] = ["script.mjs"], env: NodeJS.ProcessEnv = {}): Command {
      const child = spawn(process.execPath, [at("run.mjs"), ...args], {
        cwd: folder,
        env: { ...process.env, npm_execpath: at("npm", "npm-cli.js"), ...env },
        stdio: ["ignore", "pipe", "pipe"],
      });
      running.add(child);
      let out = "";
      let err = "";
      child.stdout.on("data", (data) => (out += data));
      child.stderr.on("data", (data) => {
        err += data;
        // so that a test can wait for what a command says
        if (String(data).includes("waiting for it")) appendFileSync(at("waits"), "1");
      });
      const ended = once(child, "close").then(([code, signal]): Ended => {
        running.delete(child);
        return { code, signal, out, err };
      });
      return { child, ended };
    },
  };
};
