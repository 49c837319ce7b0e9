/** Registers a copy of a revision, for the original may be INACTIVE and no longer deployable. */
import { PLAN_TAG } from "#shared/domain/tags.ts";
import { revised } from "#shared/domain/task-definition.ts";
import type { Services } from "#shared/ports/services.ts";
import { defineStep } from "#shared/runtime/step-definition.ts";
import { planTag, planTags, registerPermissions } from "./registering.ts";

export const copyRevision = defineStep<"copy-revision", { readonly services: Services }>({
  name: "copy-revision",
  risk: "reversible",
  writes: true,
  permissions: registerPermissions,

  async run({ of, imagesOf }, { ports: { services }, plan, isRetry }) {
    const base = await services.taskDefinition(of);
    if (!base) return { kind: "failed", because: "base-gone", evidence: { revision: of } };
    const pinned = await services.taskDefinition(imagesOf);
    if (!pinned) return { kind: "failed", because: "images-gone", evidence: { revision: imagesOf } };
    const pins = Object.fromEntries(pinned.containers.map(({ name, image }) => [name, image]));
    const tag = { key: PLAN_TAG, value: `${planTag(plan, base)}/copy` };
    const earlier = isRetry ? await services.revisionTagged(base.family, tag) : undefined;
    const tags = { ...planTags(plan, base), [tag.key]: tag.value };
    const revision = earlier ?? (await services.register(revised(base.document, { pins }, tags)));
    return { kind: "done", result: { revision } };
  },

  // An undo that overwrote somebody's newer revision gives them back what is theirs, and nothing older.
  rebase: (_, revision) => ({ do: "copy-revision", of: revision, imagesOf: revision }),
});
