/** What is in the repository, without what is installed, built or ignored. */
import { readdirSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "..", "..");

const NOT_OURS: ReadonlySet<string> = new Set([
  "node_modules",
  ".git",
  ".build",
  ".installing",
  "cdk.out",
  "coverage",
  "reports",
]);

const under = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (NOT_OURS.has(entry.name)) return [];
    return entry.isDirectory() ? under(path) : [path];
  });

/** Every file by its path from the root. */
export const files: readonly string[] = under("").toSorted();

/** The code among them. */
export const sourceFiles: readonly string[] = files.filter((path) => /\.(?:ts|mjs)$/.test(path));
