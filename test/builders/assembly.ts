/** Assemblies whose functions have another configuration beside them than the shipped one. */
import { cpSync, existsSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
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

/** A copy of the assembly with that configuration, in a folder that the caller removes. */
export const assemblyWith = (config: unknown): string => {
  const folder = mkdtempSync(join(tmpdir(), "ecs-reflex-"));
  cpSync(shippedAssembly(), folder, { recursive: true });
  configure(folder, config);
  return folder;
};

/** Many plans in one world: no brake but the ledger's own, and short watches. */
export const UNBRAKED = {
  clusters: ["production"],
  oom: { watchSeconds: 60 },
  account: { actsPerHour: 10_000, addedUsdPerMonth: 1_000_000, correlationServices: 10_000 },
};
