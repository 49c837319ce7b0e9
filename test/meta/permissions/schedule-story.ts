/** A schedule whose queue takes nothing: what it sent goes to its dead letters. */
import { expect } from "vitest";
import { AwsError } from "../../../local/contract.ts";
import type { World } from "../../scenarios/world.ts";

/** Refuses the schedule's tries at the reaction's queue until it gives one up, within so many seconds. */
export const queueTakesNothing =
  (reaction: string, seconds: number) =>
  async (world: World): Promise<void> => {
    for (const call of [1, 2, 3, 4])
      world.interrupt({
        when: "before",
        service: "sqs",
        operation: "SendMessage",
        caller: "scheduler",
        where: ({ QueueUrl }) => String(QueueUrl).endsWith(`/reflex-${reaction}`),
        call,
        happen: () => {
          throw new AwsError("InternalError", "SQS is not itself", { status: 500 });
        },
      });
    await world.pass(seconds);
    expect(world.isUninterrupted).toBe(true);
  };
