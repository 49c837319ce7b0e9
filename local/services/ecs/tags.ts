/** Tags: lists of key and value on the wire, a map in the state. */
import type { JsonObject, ResourceDeclaration } from "../../contract.ts";
import { invalidParameter } from "./errors.ts";
import { structures, text } from "./input.ts";
import type { Tags } from "./state.ts";

const MOST_TAGS = 50;

/** Refuses what AWS refuses: `aws:` keys, long keys and values, repeated keys, more than 50. */
export const tagsOf = (input: JsonObject, field = "tags"): Tags => {
  const tags: Tags = new Map();
  for (const tag of structures(input, field) ?? []) {
    const key = text(tag, "key") ?? "";
    const value = text(tag, "value") ?? "";
    if (key.length < 1 || key.length > 128) throw invalidParameter("Tag keys must have 1 to 128 characters.");
    if (value.length > 256) throw invalidParameter(`The value of tag ${key} has more than 256 characters.`);
    if (/^aws:/i.test(key))
      throw invalidParameter(`Tag keys starting with 'aws:' are reserved for system use: ${key}.`);
    if (tags.has(key)) throw invalidParameter(`Duplicate tag keys found: ${key}.`);
    tags.set(key, value);
  }
  if (tags.size > MOST_TAGS) throw invalidParameter(`Too many tags: ${tags.size}. At most ${MOST_TAGS} are allowed.`);
  return tags;
};

/** Tags as answers list them. */
export const tagList = (tags: Tags): readonly { readonly key: string; readonly value: string }[] =>
  [...tags].map(([key, value]) => ({ key, value }));

/** CloudFormation marks what it makes; those keys cannot be copied to a new resource. */
export const stackTags = ({ stackName, stackId, logicalId }: ResourceDeclaration): Tags =>
  new Map([
    ["aws:cloudformation:stack-name", stackName],
    ["aws:cloudformation:stack-id", stackId],
    ["aws:cloudformation:logical-id", logicalId],
  ]);

/** IAM condition keys of a resource's present tags. */
export const resourceTagContext = (tags: Tags | undefined): Record<string, string> =>
  Object.fromEntries([...(tags ?? [])].map(([key, value]) => [`aws:ResourceTag/${key}`, value]));

/** IAM condition keys of the tags that a request brings. */
export const requestTagContext = (input: JsonObject, field = "tags"): Record<string, string | readonly string[]> => {
  const tags = structures(input, field) ?? [];
  if (tags.length === 0) return {};
  const keys = tags.map((tag) => text(tag, "key") ?? "");
  return {
    ...Object.fromEntries(tags.map((tag, index) => [`aws:RequestTag/${keys[index]}`, text(tag, "value") ?? ""])),
    "aws:TagKeys": keys,
  };
};
