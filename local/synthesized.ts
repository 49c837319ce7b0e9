/** The assembly of this repository, written anew when anything that it is made of has changed. */
import { spawnSync } from "node:child_process";
import { existsSync, globSync, statSync } from "node:fs";
import { join, relative } from "node:path";

const root = join(import.meta.dirname, "..");
const SOURCES = ["config/**", "functions/**", "infra/**", "scripts/*.ts", "shared/**", "package-lock.json"];
/** The tag of the images that the local registry begins with; the templates run no tasks without one. */
const FIRST_IMAGE_TAG = "v1.0.0";

/** Folder of the assembly, fresh. */
export function synthesized(say: (line: string) => void, folder = join(root, ".build", "assembly")): string {
  if (isFresh(join(folder, "manifest.json"))) return folder;
  say("synthesizing the stacks");
  const args = ["--unjudged", "--output", relative(root, folder), "-c", `imageTag=${FIRST_IMAGE_TAG}`];
  const { status } = spawnSync(process.execPath, [join(root, "scripts", "synth.ts"), ...args], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) throw new Error("the stacks could not be synthesized; see above, and `npm run synth`");
  return folder;
}

function isFresh(manifest: string): boolean {
  if (!existsSync(manifest)) return false;
  const writtenAtMs = statSync(manifest).mtimeMs;
  return SOURCES.every((pattern) =>
    globSync(pattern, { cwd: root }).every((path) => statSync(join(root, path)).mtimeMs <= writtenAtMs),
  );
}
