/** The configuration as rows, for the generated reference page. */
import { type BlockName, blocks } from "./blocks.ts";
import type { Field, SettingValue } from "./field.ts";
import { tagName } from "./tag.ts";

export interface ReferenceRow {
  readonly key: string;
  readonly valid: string;
  readonly default: SettingValue;
  readonly description: string;
  readonly source: string | undefined;
  readonly tag: string | undefined;
  /** What a tag may do with it. */
  readonly tagRule: string | undefined;
}

export interface ReferenceBlock {
  readonly block: BlockName;
  readonly description: string;
  readonly perService: boolean;
  readonly rows: readonly ReferenceRow[];
}

const TAG_RULES: Readonly<Record<NonNullable<Field["tag"]>, string>> = {
  lower: "may lower it",
  higher: "may raise it",
  mode: "may set it, up to limits.modeByTag",
};

/** Every block with its settings, in the order of the document. */
export const configReference = (): readonly ReferenceBlock[] =>
  (Object.keys(blocks) as BlockName[]).map((block) => ({
    block,
    description: blocks[block].description,
    perService: blocks[block].perService,
    rows: Object.entries<Field>(blocks[block].fields).map(([name, field]) => ({
      key: `${block}.${name}`,
      valid: field.valid,
      default: field.default,
      description: field.description,
      source: field.source,
      tag: field.tag === undefined ? undefined : tagName(block, name),
      tagRule: field.tag === undefined ? undefined : TAG_RULES[field.tag],
    })),
  }));
