/** Which stopped tasks are worth telling the oom reaction again. */
import * as v from "valibot";
import type { StoppedTask } from "#shared/ports/stopped-tasks.ts";

const Reasons = v.object({
  stoppedReason: v.nullish(v.string()),
  containers: v.nullish(v.array(v.object({ reason: v.nullish(v.string()) }))),
});

const namesMemory = (reason: string | null | undefined): boolean => /^outofmemory/i.test(reason ?? "");

/** Whether a reason of the task or of one of its containers names memory; what that means, the oom reaction decides. */
export const isKilledForMemory = (task: StoppedTask): boolean => {
  const read = v.safeParse(Reasons, task);
  if (!read.success) return false;
  const { stoppedReason, containers } = read.output;
  return namesMemory(stoppedReason) || (containers ?? []).some(({ reason }) => namesMemory(reason));
};
