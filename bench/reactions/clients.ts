/** Which SDK clients a function constructs, which its bundle holds, and what those weigh alone. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type BuildOptions, build, type Metafile } from "esbuild";
import { BUNDLING } from "../../scripts/bundle.ts";

const root = join(import.meta.dirname, "..", "..");

/** An SDK client: its package and its class. */
export interface Client {
  readonly package: string;
  readonly className: string;
}

/** The clients that an entry file makes with `new`. */
export const constructedBy = (source: string): readonly Client[] =>
  [...source.matchAll(/import \{([^}]*)\} from "(@aws-sdk\/client-[\w-]+)"/g)].flatMap(
    ([, names = "", packageName = ""]) =>
      names
        .split(",")
        .map((name) => name.trim())
        .filter((name) => source.includes(`new ${name}(`))
        .map((className) => ({ package: packageName, className })),
  );

/** The clients that a function's entry makes. */
export const clientsOf = (name: string): readonly Client[] =>
  constructedBy(readFileSync(join(root, "functions", name, "lambda.ts"), "utf8"));

/** Packages of the clients in a bundle; those that the SDK nests for its credential chain count each. */
export const clientsIn = ({ inputs }: Metafile): readonly string[] => {
  const found = Object.keys(inputs).flatMap(
    (path) =>
      /node_modules\/(@aws-sdk\/(?:client-[\w-]+|nested-clients\/dist-\w+\/submodules\/[\w-]+))/.exec(path)?.[1] ?? [],
  );
  return [...new Set(found)].sort();
};

/** Bundles code that is given as text like a function, and answers it. */
export const bundleText = async (contents: string, options: BuildOptions = {}): Promise<Uint8Array> => {
  const { outputFiles } = await build({
    ...BUNDLING,
    ...options,
    write: false,
    stdin: { contents, resolveDir: root, loader: "js" },
    outfile: "index.mjs",
  });
  const [code] = outputFiles;
  if (!code) throw new Error("bundling the bare clients: esbuild answered nothing");
  return code.contents;
};

/** Imports of the clients and constants that hold one of each; `also` names what else is wanted of a package. */
export const constructing = (clients: readonly Client[], also: Readonly<Record<string, string>> = {}): string =>
  clients
    .map(({ package: from, className }) => {
      const names = [className, ...(also[from] === undefined ? [] : [also[from]])].join(", ");
      return `import { ${names} } from "${from}";\nexport const a${className} = new ${className}({ maxAttempts: 3 });`;
    })
    .join("\n");

/** Bytes of the clients bundled alone, constructed, none of their commands. */
export const clientsAlone = async (clients: readonly Client[], options: BuildOptions = {}): Promise<number> =>
  (await bundleText(constructing(clients), options)).byteLength;
