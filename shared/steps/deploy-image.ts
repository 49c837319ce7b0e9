/** Registers a copy of a revision with other images, each by its digest; everything else stays as it is. */
import { BREAK_GLASS_TAG, PLAN_TAG, type Tags, WAY_BACK_TAG } from "#shared/domain/tags.ts";
import { revised, type TaskDefinition } from "#shared/domain/task-definition.ts";
import { isWayBack, wayBackPrint } from "#shared/gate/way-back.ts";
import type { Services } from "#shared/ports/services.ts";
import { defineStep } from "#shared/runtime/step-definition.ts";
import { planTag, planTags, registerPermissions } from "./registering.ts";

const hasThem = ({ status, containers }: TaskDefinition, images: Readonly<Record<string, string>>): boolean =>
  status === "ACTIVE" && containers.every(({ name, image }) => images[name] === undefined || images[name] === image);

/** The images as the new revision will name them. */
const pinnedContainers = ({ containers }: TaskDefinition, images: Readonly<Record<string, string>>) =>
  containers.map(({ name, image }) => ({ name, image: images[name] ?? image }));

export const deployImage = defineStep<"deploy-image", { readonly services: Services }>({
  name: "deploy-image",
  risk: "reversible",
  writes: true,
  permissions: registerPermissions,

  async run({ basedOn, images, goesBack }, { ports: { services }, plan, isRetry }) {
    const base = await services.taskDefinition(basedOn);
    if (!base) return { kind: "failed", because: "base-gone", evidence: { revision: basedOn } };
    const missing = Object.keys(images).filter((name) => base.containers.every((container) => container.name !== name));
    if (missing.length > 0) return { kind: "failed", because: "container-gone", evidence: { containers: missing } };
    const print = goesBack ? wayBackPrint(plan.service, pinnedContainers(base, images)) : undefined;
    const isIt = (revision: TaskDefinition): boolean =>
      hasThem(revision, images) && (print === undefined || isWayBack(plan.service, revision));
    // Somebody else's newer revision may carry the image already.
    if (isIt(base)) return { kind: "done", result: { revision: base.arn } };
    const tag = { key: PLAN_TAG, value: planTag(plan, base) };
    const tagged = isRetry ? await services.revisionTagged(base.family, tag) : undefined;
    const earlier = tagged === undefined ? undefined : await services.taskDefinition(tagged);
    // The same plan may have brought the very images that this takes back.
    if (earlier && isIt(earlier)) return { kind: "done", result: { revision: earlier.arn } };
    // Whatever justified the base's images says nothing of these.
    const tags: Tags = {
      ...planTags(plan, base, [BREAK_GLASS_TAG]),
      ...(print !== undefined && { [WAY_BACK_TAG]: print }),
    };
    const revision = await services.register(revised(base.document, { pins: images }, tags));
    return { kind: "done", result: { revision } };
  },

  rebase: (step, revision) => ({ ...step, basedOn: revision }),
});
