/** Who imports whom, read off the import strings: no compiler is asked. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root, sourceFiles } from "./repository.ts";

export interface Import {
  readonly from: string;
  /** A path from the root, `node:NAME`, or a package's name. */
  readonly to: string;
  /** The imported text between `import` and `from`. */
  readonly names: string;
  /** Gone at run time. */
  readonly isType: boolean;
}

/** Code that a command or a function runs: no tests, and nothing that only tests load. */
export const productFiles: readonly string[] = sourceFiles.filter(
  (path) => !/^test\/|\.(?:test|fixture)\.ts$|\/testing(?:\/|\.ts$)/.test(path),
);

export const textOf = (path: string): string => readFileSync(join(root, path), "utf8");

const STATEMENT =
  /^(?:import|export)\s+(?<names>(?:type\s+)?(?:[\w*$]+(?:\s+as\s+[\w$]+)?|[\w$,\s]*\{[^}]*\}))\s+from\s+"(?<path>[^"]+)"/gm;
const BARE = /^import\s+"([^"]+)"|\bimport\("([^"]+)"\)/gm;

const packageOf = (specifier: string): string => specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");

const targetOf = (from: string, specifier: string): string => {
  if (specifier.startsWith("#shared/")) return `shared/${specifier.slice("#shared/".length)}`;
  if (specifier.startsWith(".")) return join(dirname(from), specifier);
  return specifier.startsWith("node:") ? specifier : packageOf(specifier);
};

const onlyTypes = (names: string): boolean =>
  /^type\s/.test(names) ||
  (/^\{[^}]*\}$/.test(names) &&
    names
      .slice(1, -1)
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== "")
      .every((name) => name.startsWith("type ")));

/** The imports of one file's text, re-exports among them. */
export const importsIn = (from: string, text: string): readonly Import[] => [
  ...[...text.matchAll(STATEMENT)].map(({ groups: { names = "", path = "" } = {} }) => ({
    from,
    to: targetOf(from, path),
    names,
    isType: onlyTypes(names.trim()),
  })),
  ...[...text.matchAll(BARE)].map(([, path, dynamic = ""]) => ({
    from,
    to: targetOf(from, path ?? dynamic),
    names: "",
    isType: false,
  })),
];

/** Every import of the product's code. */
export const imports: readonly Import[] = productFiles.flatMap((path) => importsIn(path, textOf(path)));
