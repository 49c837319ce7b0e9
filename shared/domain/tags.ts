/** AWS resource tags, and the ones that mean something here. */

export type Tags = Readonly<Record<string, string>>;

/** Every tag of ours begins so: settings on services, provenance on revisions. */
export const REFLEX_PREFIX = "reflex:";

/** On a revision that we registered: the plan that made it. */
export const PLAN_TAG = "reflex:plan";

/** On a revision that we registered: the ARN of the revision it was made from. */
export const BASED_ON_TAG = "reflex:based-on";

/** On a revision that we registered to go back: a print of the service and of the images it ran before. */
export const WAY_BACK_TAG = "reflex:goes-back";

/** Keys that only AWS may write; a call that carries one is refused. */
const isReservedTag = (key: string): boolean => key.toLowerCase().startsWith("aws:");

/** Tags by key, from the list that ECS answers. */
export const tagsOf = (
  list: readonly { readonly key?: string | undefined; readonly value?: string | undefined }[] = [],
): Tags => Object.fromEntries(list.flatMap(({ key, value }) => (key === undefined ? [] : [[key, value ?? ""]])));

/** The list that ECS takes, without the keys that only AWS may write. */
export const tagList = (tags: Tags): readonly { readonly key: string; readonly value: string }[] =>
  Object.entries(tags).flatMap(([key, value]) => (isReservedTag(key) ? [] : [{ key, value }]));

/** Name of the CloudFormation stack that made the resource. */
export const stackNameOf = (tags: Tags): string | undefined => tags["aws:cloudformation:stack-name"];

/** On a revision: why it must be deployed whatever the gate says. */
export const BREAK_GLASS_TAG = "reflex:break-glass";
