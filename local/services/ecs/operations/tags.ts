/** TagResource, UntagResource, ListTagsForResource. */
import type { JsonObject, Operation } from "../../../contract.ts";
import { clientError, invalidParameter } from "../errors.ts";
import { required, texts } from "../input.ts";
import { nameIn } from "../services.ts";
import type { Ecs, Tags } from "../state.ts";
import { requestTagContext, resourceTagContext, tagList, tagsOf } from "../tags.ts";
import { findTaskDefinition } from "../task-definitions.ts";

const MOST_TAGS = 50;

function tagsAt(ecs: Ecs, arn: string): Tags | undefined {
  const [head = "", cluster = "", name = ""] = arn.split("/");
  const kind = head.slice(head.lastIndexOf(":") + 1);
  if (kind === "cluster") return ecs.clusters.get(cluster)?.tags;
  if (kind === "service") return ecs.clusters.get(cluster)?.services.get(name)?.tags;
  if (kind === "task") return ecs.tasks.get(arn)?.tags;
  if (kind === "task-definition") return findTaskDefinition(ecs, nameIn(arn))?.tags;
  throw invalidParameter(`The resource type of ${arn} is not taggable here.`);
}

const existing = (ecs: Ecs, input: JsonObject): Tags => {
  const tags = tagsAt(ecs, required(input, "resourceArn"));
  if (tags === undefined) throw clientError("The specified resource was not found.");
  return tags;
};

/** The operations on tags. */
export const tagOperations = (ecs: Ecs): Record<string, Operation> => {
  const need = (action: string, input: JsonObject, context: Record<string, string | readonly string[]> = {}) => {
    const resource = required(input, "resourceArn");
    return [{ action, resource, context: { ...resourceTagContext(tagsAt(ecs, resource)), ...context } }];
  };
  return {
    TagResource: {
      needs: (input) => need("ecs:TagResource", input, requestTagContext(input)),
      run: (input) => {
        const tags = existing(ecs, input);
        const given = tagsOf(input);
        const own = new Set([...tags.keys(), ...given.keys()].filter((key) => !key.startsWith("aws:")));
        if (own.size > MOST_TAGS) throw invalidParameter(`Too many tags: at most ${MOST_TAGS} are allowed.`);
        for (const [key, value] of given) tags.set(key, value);
        return {};
      },
    },
    UntagResource: {
      needs: (input) => need("ecs:UntagResource", input, { "aws:TagKeys": texts(input, "tagKeys") ?? [] }),
      run: (input) => {
        const tags = existing(ecs, input);
        const keys = texts(input, "tagKeys") ?? [];
        if (keys.some((key) => key.startsWith("aws:")))
          throw invalidParameter("Tag keys starting with 'aws:' are reserved for system use.");
        for (const key of keys) tags.delete(key);
        return {};
      },
    },
    ListTagsForResource: {
      needs: (input) => need("ecs:ListTagsForResource", input),
      run: (input) => ({ tags: tagList(existing(ecs, input)) }),
    },
  };
};
