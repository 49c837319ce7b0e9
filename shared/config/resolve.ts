/** The settings of one service, each with its origin. Weakest first: default, document, document for the service, tag. */
import type { ServiceRef } from "#shared/domain/service.ts";
import type { Tags } from "#shared/domain/tags.ts";
import { type BlockName, blocks, type Settings } from "./blocks.ts";
import type { Field, SettingValue } from "./field.ts";
import { matchesGlob } from "./glob.ts";
import type { Config } from "./schema.ts";
import { readTags, type TagFinding } from "./tag.ts";

/** A value and where it was said: `default`, `document`, `document services.GLOB` or `tag NAME`. */
export interface Explained {
  readonly value: SettingValue;
  readonly origin: string;
}

export interface Resolved {
  readonly settings: Settings;
  /** The same by `block.setting`, with origins, as a record keeps them. */
  readonly explained: Readonly<Record<string, Explained>>;
  readonly findings: readonly TagFinding[];
}

type Said = Readonly<Partial<Record<BlockName, Readonly<Record<string, SettingValue | undefined>>>>>;

/** The document's layers for a service, weakest first. */
const layersOf = (config: Config, service: Pick<ServiceRef, "cluster" | "name"> | undefined) => [
  { origin: "document", said: config as Said },
  ...Object.entries(config.services)
    .filter(([glob]) => service !== undefined && matchesGlob(glob, `${service.cluster}/${service.name}`))
    .map(([glob, said]) => ({ origin: `document services.${glob}`, said: said as Said })),
];

const keyOf = (block: BlockName, name: string): string => `${block}.${name}`;

/** The settings for a service, or for none: then the document's for all. */
export function resolveSettings(
  config: Config,
  service?: Pick<ServiceRef, "cluster" | "name"> & { readonly tags?: Tags },
): Resolved {
  const layers = layersOf(config, service);
  const explained = new Map<string, Explained>();
  for (const block of Object.keys(blocks) as BlockName[])
    for (const [name, field] of Object.entries<Field>(blocks[block].fields)) {
      const last = layers.findLast(({ said }) => said[block]?.[name] !== undefined);
      const value = last?.said[block]?.[name];
      explained.set(keyOf(block, name), {
        value: value ?? field.default,
        origin: value === undefined ? "default" : (last?.origin ?? "default"),
      });
    }
  const documents = new Map(explained);
  const { settings, findings } = readTags(
    service?.tags ?? {},
    (block, name) => documents.get(keyOf(block, name))?.value ?? "",
  );
  for (const { block, name, value, tag } of settings)
    explained.set(keyOf(block, name), { value, origin: `tag ${tag}` });
  return { settings: nested(explained), explained: Object.fromEntries(explained), findings };
}

/** The values by block and name. */
function nested(explained: ReadonlyMap<string, Explained>): Settings {
  const byBlock = Object.entries(blocks).map(([block, { fields }]) => [
    block,
    Object.fromEntries(Object.keys(fields).map((name) => [name, explained.get(`${block}.${name}`)?.value])),
  ]);
  // Every name of every block was set above; a mapped type cannot follow fromEntries.
  return Object.fromEntries(byBlock) as Settings;
}

/** What a record keeps of the settings: those of the blocks a decision used. */
export const explain = ({ explained }: Resolved, used: readonly BlockName[]): Readonly<Record<string, Explained>> =>
  Object.fromEntries(Object.entries(explained).filter(([key]) => used.some((block) => key.startsWith(`${block}.`))));

/** The largest value that any service may have, for the bounds that IAM denies beyond. */
export const highestLimit = (config: Config, name: "maxMemoryMiB" | "maxCpuUnits" | "maxDesiredCount"): number =>
  Math.max(
    config.limits[name] ?? blocks.limits.fields[name].default,
    ...Object.values(config.services).map(({ limits }) => limits[name] ?? 0),
  );
