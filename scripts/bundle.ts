// Builds one self-contained bundle per function folder, with the resolved configuration beside it.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { type BuildOptions, build, type Metafile } from "esbuild";
import { loadConfig } from "#shared/config/load.ts";
import { highestLimit } from "#shared/config/resolve.ts";
import { enrolmentsOf, enrolmentWarnings } from "../functions/scale/enrolment.ts";
import { toldInOneLine } from "./told-in-one-line.ts";

const root = join(import.meta.dirname, "..");
const functionsFolder = join(root, "functions");
/** The configuration that is shipped. */
const CONFIG_FILE = "config/reflex.yaml";

/** Everything that bundling writes; git knows nothing of it. */
const BUILD_FOLDER = join(root, ".build");
/** One folder per function, each a deployable asset. */
const BUNDLES_FOLDER = join(BUILD_FOLDER, "functions");

/** What the stacks need of the configuration: names and bounds, nothing that a function reads. */
const BOUNDS_FILE = join(BUILD_FOLDER, "bounds.json");

export interface Bundle {
  /** Name of the function's folder. */
  readonly name: string;
  readonly folder: string;
  readonly bytes: number;
  readonly metafile: Metafile;
}

/** Functions that can be bundled: folders with a `lambda.ts`. */
export const functionNames = (): readonly string[] =>
  readdirSync(functionsFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(functionsFolder, entry.name, "lambda.ts")))
    .map(({ name }) => name)
    .sort();

/** Whole or not at all, and not if nothing changed: two commands may bundle at once, and assets are known by content. */
const write = (path: string, content: string | Uint8Array): void => {
  const bytes = Buffer.from(content);
  if (existsSync(path) && readFileSync(path).equals(bytes)) return;
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, bytes);
  renameSync(unfinished, path);
};

const asJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** How code for Lambda is bundled; a bench bundles the bare clients likewise. */
export const BUNDLING = {
  absWorkingDir: root,
  write: false,
  bundle: true,
  minify: true,
  metafile: true,
  legalComments: "none",
  platform: "node",
  format: "esm",
  target: "node24",
  // without this esbuild takes the CommonJS builds of the SDK, which are twice as large
  mainFields: ["module", "main"],
  banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  logLevel: "silent",
} as const satisfies BuildOptions;

/** Modules that stand in for a package's own inside a function. */
export const STAND_INS = { "@aws-sdk/credential-provider-node": join(root, "shared", "aws", "lambda-credentials.ts") };

const bundleFunction = async (name: string, config: string): Promise<Bundle> => {
  const folder = join(BUNDLES_FOLDER, name);
  const { outputFiles, metafile } = await build({
    ...BUNDLING,
    entryPoints: [join(functionsFolder, name, "lambda.ts")],
    outfile: join(folder, "index.mjs"),
    sourcemap: "external",
    alias: STAND_INS,
  });
  const code = outputFiles.find(({ path }) => path.endsWith(".mjs"));
  const map = outputFiles.find(({ path }) => path.endsWith(".map"));
  if (!code || !map) throw new Error(`bundling ${name}: esbuild answered without code or map`);
  write(join(folder, "index.mjs"), code.contents);
  write(join(folder, "config.json"), config);
  // kept here for reading a stack trace, not shipped: a cold start would read it
  write(join(BUILD_FOLDER, "maps", `${name}.mjs.map`), map.contents);
  write(join(BUILD_FOLDER, "meta", `${name}.json`), asJson(metafile));
  return { name, folder, bytes: code.contents.byteLength, metafile };
};

/** Builds every function there is; a bad configuration is told as a `ReflexError` before anything is built. */
export const bundleFunctions = async (configFile = CONFIG_FILE): Promise<readonly Bundle[]> => {
  const { config, json } = loadConfig(readFileSync(resolve(root, configFile), "utf8"), configFile);
  const names = functionNames();
  for (const stale of existsSync(BUNDLES_FOLDER) ? readdirSync(BUNDLES_FOLDER) : [])
    if (!names.includes(stale)) rmSync(join(BUNDLES_FOLDER, stale), { recursive: true });
  const caps = {
    maxMemoryMiB: highestLimit(config, "maxMemoryMiB"),
    maxCpuUnits: highestLimit(config, "maxCpuUnits"),
  };
  for (const { service, reason } of enrolmentWarnings(config))
    console.error(
      `${configFile}: ${service} cannot follow its queue as promised: ${reason} (docs/reference/reasons.md)`,
    );
  const queues = enrolmentsOf(config).filter(({ refusal }) => refusal === undefined);
  write(BOUNDS_FILE, asJson({ clusters: config.clusters, caps, queues }));
  return Promise.all(names.map((name) => bundleFunction(name, json)));
};

if (import.meta.main)
  await toldInOneLine(async () => {
    for (const { name, folder, bytes } of await bundleFunctions())
      console.log(`${name.padEnd(12)} ${String(Math.round(bytes / 1024)).padStart(5)} KiB  ${relative(root, folder)}`);
  });
