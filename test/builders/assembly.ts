/** Assemblies that differ from the shipped one: in the configuration beside their functions, or in what they hold. */
import { cpSync, existsSync, globSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synthesized } from "../../local/synthesized.ts";

let shipped: string | undefined;

/** The assembly of the sources as they were when this process first asked. */
export const shippedAssembly = (): string => {
  shipped ??= synthesized(() => undefined);
  return shipped;
};

/** Writes `config.json` beside every bundle of an assembly. */
export const configure = (assemblyFolder: string, config: unknown): void => {
  for (const name of readdirSync(assemblyFolder)) {
    const file = join(assemblyFolder, name, "config.json");
    if (existsSync(file)) writeFileSync(file, JSON.stringify(config));
  }
};

const copied = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "ecs-reflex-"));
  cpSync(shippedAssembly(), folder, { recursive: true });
  return folder;
};

/** A copy of the assembly with that configuration, in a folder that the caller removes. */
export const assemblyWith = (config: unknown): string => {
  const folder = copied();
  configure(folder, config);
  return folder;
};

/** A copy of the assembly without resources of those types, to which nothing may refer, in a folder that the caller removes. */
export const assemblyWithout = (...types: readonly string[]): string => {
  const folder = copied();
  for (const file of globSync("*.template.json", { cwd: folder })) {
    const path = join(folder, file);
    const template = JSON.parse(readFileSync(path, "utf8")) as { Resources: Record<string, { Type: string }> };
    const kept = Object.entries(template.Resources).filter(([, { Type }]) => !types.includes(Type));
    writeFileSync(path, JSON.stringify({ ...template, Resources: Object.fromEntries(kept) }));
  }
  return folder;
};

/** Many plans in one world: no brake but the ledger's own, and short watches. */
export const UNBRAKED = {
  clusters: ["production"],
  oom: { watchSeconds: 60 },
  account: { actsPerHour: 10_000, addedUsdPerMonth: 1_000_000, correlationServices: 10_000 },
};
