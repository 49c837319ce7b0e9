/** Registers a revision with more memory: sizes, our tags and pinned images differ, nothing else. */
import type { StepResult } from "#shared/domain/plan.ts";
import type { TaskSize } from "#shared/domain/service.ts";
import type { StepOf } from "#shared/domain/step.ts";
import { PLAN_TAG } from "#shared/domain/tags.ts";
import { revised, type TaskDefinition } from "#shared/domain/task-definition.ts";
import type { Services } from "#shared/ports/services.ts";
import { defineStep } from "#shared/runtime/step-definition.ts";
import { planTag, planTags, registerPermissions } from "./registering.ts";

type RaiseMemory = StepOf<"raise-memory">;

/** Whether a revision, perhaps somebody else's, gives the killed container what we wanted to give it. */
const suffices = (size: TaskSize, { containers }: TaskDefinition, step: RaiseMemory): boolean =>
  size.memoryMiB >= step.size.memoryMiB &&
  step.containers.every(({ name, memoryMiB = 0 }) => {
    const limitMiB = containers.find((container) => container.name === name)?.memoryMiB;
    return limitMiB === undefined || limitMiB >= memoryMiB;
  });

/** A foreign revision keeps what it has of more CPU or memory than we wanted to give. */
const atLeast = (theirs: TaskSize, { size }: RaiseMemory): TaskSize => ({
  cpuUnits: Math.max(size.cpuUnits, theirs.cpuUnits),
  memoryMiB: Math.max(size.memoryMiB, theirs.memoryMiB),
});

const isSame = (one: TaskSize, other: TaskSize): boolean =>
  one.cpuUnits === other.cpuUnits && one.memoryMiB === other.memoryMiB;

const registered = (arn: string): { kind: "done"; result: StepResult } => ({ kind: "done", result: { revision: arn } });

export const raiseMemory = defineStep<"raise-memory", { readonly services: Services }>({
  name: "raise-memory",
  risk: "reversible",
  writes: true,
  permissions: [
    ...registerPermissions,
    { actions: ["ecs:DescribeServices"], on: "service", because: "an approved raise is made only of what still runs" },
  ],

  async run(step, { ports: { services }, plan, isRetry }) {
    const base = await services.taskDefinition(step.basedOn);
    if (!base?.size) return { kind: "failed", because: "base-gone", evidence: { revision: step.basedOn } };
    // An answer may come a day after the question: what was deployed meanwhile makes it void.
    if (plan.mode === "ask" && step.basedOn === plan.decidedFor) {
      const running = (await services.describe(plan.service))?.taskDefinitionArn;
      if (running !== step.basedOn) return { kind: "superseded", because: "already-replaced", evidence: { running } };
    }
    if (suffices(base.size, base, step)) return registered(base.arn);
    const size = atLeast(base.size, step);
    if (isRetry) {
      const tagged = await services.revisionTagged(base.family, { key: PLAN_TAG, value: planTag(plan, base) });
      const earlier = tagged === undefined ? undefined : await services.taskDefinition(tagged);
      // An earlier raise of the same revision, that came to nothing, may have left one of another size.
      if (earlier?.size && isSame(earlier.size, size) && suffices(size, earlier, step)) return registered(earlier.arn);
    }
    const change = {
      size,
      containers: step.containers.filter(({ name }) => base.containers.some((container) => container.name === name)),
      pins: step.pins,
    };
    return registered(await services.register(revised(base.document, change, planTags(plan, base))));
  },

  // What was pinned belongs to the revision before; theirs runs as they wrote it.
  rebase: (step, revision) => ({ ...step, basedOn: revision, pins: {} }),
});
