/** Service tags as settings: `reflex:BLOCK:SETTING`, parsed by the very schema of the document. */
import * as v from "valibot";
import { REFLEX_PREFIX, type Tags } from "#shared/domain/tags.ts";
import { type BlockName, blocks } from "./blocks.ts";
import type { Field, SettingValue } from "./field.ts";
import { MODES } from "./mode.ts";

/** Why a tag is not followed. */
export type TagProblem = "unknown" | "not-by-tag" | "unparsable" | "beyond-limits";

/** A tag under our prefix that is not followed, and what would be fine. */
export interface TagFinding {
  readonly tag: string;
  readonly value: string;
  readonly problem: TagProblem;
  readonly rule: string;
  /** What holds instead, where a tag that cannot be read was meant to brake. */
  readonly instead?: (Address & { readonly value: SettingValue }) | undefined;
}

/** `maxMemoryMiB` as tags write it: `max-memory-mib`. */
const kebab = (name: string): string =>
  name.replace("MiB", "Mib").replace(/[A-Z]|\d+/g, (part) => `-${part.toLowerCase()}`);

/** The tag of a setting; the switch for every reaction is short, for it is set in haste. */
export const tagName = (block: BlockName, name: string): string =>
  block === "brakes" ? `${REFLEX_PREFIX}${kebab(name)}` : `${REFLEX_PREFIX}${block}:${kebab(name)}`;

interface Address {
  readonly block: BlockName;
  readonly name: string;
  readonly field: Field;
}

const ADDRESSES: ReadonlyMap<string, Address> = new Map(
  (Object.keys(blocks) as BlockName[]).flatMap((block) =>
    Object.entries<Field>(blocks[block].fields).map(([name, field]): [string, Address] => [
      tagName(block, name),
      { block, name, field },
    ]),
  ),
);

/** A tag's text as the kind of value that the setting has. */
function parsedValue(text: string, like: SettingValue): unknown {
  if (typeof like === "number") return /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text;
  if (typeof like === "boolean") return text === "true" || (text === "false" ? false : text);
  return text;
}

const rank = (mode: SettingValue): number => (MODES as readonly SettingValue[]).indexOf(mode);

/** True when a tag may put this value in place of the document's. */
function isAllowed({ tag }: Field, value: SettingValue, documents: SettingValue, modeByTag: SettingValue): boolean {
  if (tag === "mode") return rank(value) <= Math.max(rank(modeByTag), rank(documents));
  return tag === "lower" ? value <= documents : value >= documents;
}

const RULES: Readonly<Record<NonNullable<Field["tag"]>, (documents: SettingValue, modeByTag: SettingValue) => string>> =
  {
    lower: (documents) => `may lower ${documents} and not raise it`,
    higher: (documents) => `may raise ${documents} and not lower it`,
    mode: (_, modeByTag) => `may go as far as limits.modeByTag, which is ${modeByTag}`,
  };

/** Whoever brakes does so in haste: other words for it brake all the same. Undefined where the document's value is no less careful. */
function carefulValue({ tag, default: like }: Field, documents: SettingValue): SettingValue | undefined {
  if (tag === "higher" && typeof like === "boolean") return true;
  return tag === "mode" && rank(documents) > rank("observe") ? "observe" : undefined;
}

/** What one tag says: a setting, or why it says none. */
function readTag(
  tag: string,
  value: string,
  documents: (block: BlockName, name: string) => SettingValue,
): (Address & { readonly value: SettingValue }) | TagFinding {
  const address = ADDRESSES.get(tag);
  if (address === undefined) return { tag, value, problem: "unknown", rule: "is no tag of ours" };
  const { field, block, name } = address;
  if (field.tag === undefined) return { tag, value, problem: "not-by-tag", rule: "is set in the configuration only" };
  const parsed = v.safeParse(field.schema, parsedValue(value, field.default));
  if (!parsed.success) {
    const careful = carefulValue(field, documents(block, name));
    const instead = careful === undefined ? undefined : { ...address, value: careful };
    return { tag, value, problem: "unparsable", rule: `must be ${field.valid}`, instead };
  }
  const modeByTag = documents("limits", "modeByTag");
  if (isAllowed(field, parsed.output, documents(block, name), modeByTag)) return { ...address, value: parsed.output };
  return { tag, value, problem: "beyond-limits", rule: RULES[field.tag](documents(block, name), modeByTag) };
}

/** Everything a service's tags say under our prefix: settings, and findings for what they say in vain. */
export function readTags(tags: Tags, documents: (block: BlockName, name: string) => SettingValue) {
  const read = Object.entries(tags)
    .filter(([tag]) => tag.startsWith(REFLEX_PREFIX))
    .map(([tag, value]) => ({ tag, said: readTag(tag, value, documents) }));
  return {
    settings: read.flatMap(({ tag, said }) => {
      const setting = "problem" in said ? said.instead : said;
      return setting ? [{ tag, ...setting }] : [];
    }),
    findings: read.flatMap(({ said }) => ("problem" in said ? [said] : [])),
  };
}
