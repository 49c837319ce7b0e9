/** The assembly of this repository: written once for each state of the sources, and never changed after that. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";

const root = join(import.meta.dirname, "..");
const SOURCES = ["config/**", "functions/**", "infra/**", "scripts/*.ts", "shared/**", "package-lock.json"];
/** The one person of the local workspace who may press buttons: the shipped configuration names nobody. */
export const LOCAL_APPROVER = "U0000001";
/** The tag of the images that the local registry begins with; the templates run no tasks without one. */
const FIRST_IMAGE_TAG = "v1.0.0";
/** An assembly that nobody has asked for as long as this is forgotten. */
const KEPT_MS = 24 * 3_600_000;

/** Folder of the assembly of the sources as they are. Several commands may ask at once: none sees half of one. */
export function synthesized(say: (line: string) => void, assemblies = join(root, ".build", "assemblies")): string {
  const state = stateOfSources();
  const folder = join(assemblies, state);
  if (existsSync(folder)) return folder;
  say("synthesizing the stacks");
  mkdirSync(assemblies, { recursive: true });
  forgetOld(assemblies);
  const unfinished = mkdtempSync(`${folder}.`);
  const args = ["--unjudged", "--output", relative(root, unfinished), "-c", `imageTag=${FIRST_IMAGE_TAG}`];
  const { status } = spawnSync(process.execPath, [join(root, "scripts", "synth.ts"), ...args], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status === 0) nameApprover(unfinished);
  const isTrue = status === 0 && stateOfSources() === state;
  if (isTrue && !existsSync(folder)) renameSync(unfinished, folder);
  else rmSync(unfinished, { recursive: true });
  if (status !== 0) throw new Error("the stacks could not be synthesized; see above, and `npm run synth`");
  // Somebody edited a source meanwhile: what was written may be neither the old state nor the new one.
  return isTrue ? folder : synthesized(say, assemblies);
}

/** Names a person of the local workspace in every function's configuration, unless it names somebody already. */
function nameApprover(assembly: string): void {
  for (const file of globSync("asset.*/config.json", { cwd: assembly })) {
    const path = join(assembly, file);
    const config = JSON.parse(readFileSync(path, "utf8"));
    if (config.slack?.approvers) continue;
    writeFileSync(path, JSON.stringify({ ...config, slack: { ...config.slack, approvers: LOCAL_APPROVER } }));
  }
}

function stateOfSources(): string {
  const hash = createHash("sha256").update(LOCAL_APPROVER);
  const paths = SOURCES.flatMap((pattern) => globSync(pattern, { cwd: root })).filter(
    (path) => !path.endsWith(".test.ts") && statSync(join(root, path)).isFile(),
  );
  for (const path of paths.sort()) hash.update(`${path}\0`).update(readFileSync(join(root, path)));
  return hash.digest("hex").slice(0, 16);
}

function forgetOld(assemblies: string): void {
  for (const name of readdirSync(assemblies)) {
    const folder = join(assemblies, name);
    if (Date.now() - statSync(folder).mtimeMs > KEPT_MS) rmSync(folder, { recursive: true, force: true });
  }
}
