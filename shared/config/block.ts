/** A block of the configuration: the settings of one subject, in one file. */
import * as v from "valibot";
import type { Field } from "./field.ts";

export type Fields = Readonly<Record<string, Field>>;

export interface Block<F extends Fields = Fields> {
  readonly description: string;
  /** Whether `services:` may have this block as well. */
  readonly perService: boolean;
  readonly fields: F;
}

/** Every setting of a block, resolved. */
export type SettingsOf<B extends Block> = { readonly [Name in keyof B["fields"]]: B["fields"][Name]["default"] };

/** What the document says of a block: any part of it. */
export type PartOf<B extends Block> = Partial<SettingsOf<B>>;

/** A block with the types of its fields kept. */
export const block = <const F extends Fields>(definition: Block<F>): Block<F> => definition;

/** An object with these keys and no others; what it refuses, it refuses with the keys that there are. */
export function strictly<Entries extends v.ObjectEntries>(what: string, entries: Entries) {
  const names = Object.keys(entries).join(", ");
  const message = `must be ${what} with any of: ${names}`;
  return v.pipe(
    v.custom<object>((value) => !Array.isArray(value), message),
    v.strictObject(entries, ({ expected }) =>
      expected === "never" ? `is not known here; there are: ${names}` : message,
    ),
  );
}

const fieldSchema = ({ schema, namedOnly }: Field, scope: "all" | "named"): v.GenericSchema =>
  scope === "named" || namedOnly.length === 0
    ? schema
    : v.pipe(
        schema,
        v.check(
          (value) => !namedOnly.includes(value),
          `may not be ${namedOnly.join(" or ")} for all services at once; say so under services: or by a service's tag`,
        ),
      );

/** The schema of what the document may say of a block, for all services or for named ones; nothing said is an empty block. */
export function blockSchema<B extends Block>({ fields }: B, scope: "all" | "named") {
  const entries = Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, v.optional(fieldSchema(field, scope))]),
  );
  const schema = strictly("a block", entries);
  // The entries were made from the very fields that PartOf is made from; a mapped type cannot follow fromEntries.
  return v.nullish(schema as unknown as v.GenericSchema<unknown, PartOf<B>>, {});
}
