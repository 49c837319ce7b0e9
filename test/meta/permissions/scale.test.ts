/** From the minute's schedule to the count of tasks: no role on this way may do more than it needs. */
import { expect, test } from "vitest";
import type { JsonObject } from "../../../local/contract.ts";
import { CLUSTER } from "../../scenarios/world.ts";
import { type Proof, prove } from "./proof.ts";
import { queueTakesNothing } from "./schedule-story.ts";

const WORKER = "worker";

/** What happens to a worker and its scaler in a bad hour. */
const stories: Proof["stories"] = {
  "more comes than one task can work": async (world) => {
    world.door.loadQueue(WORKER, { ratePerSecond: 0.7 });
    await world.until("more tasks", () => world.service(WORKER).desiredCount > 1, 120);
  },
  "somebody else scales the worker as well": async (world) => {
    const target = {
      ServiceNamespace: "ecs",
      ResourceId: `service/${CLUSTER}/${WORKER}`,
      ScalableDimension: "ecs:service:DesiredCount",
    };
    await world.ask("application-autoscaling", "PutScalingPolicy", {
      ...target,
      PolicyName: "cpu",
      PolicyType: "TargetTrackingScaling",
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 70,
        PredefinedMetricSpecification: { PredefinedMetricType: "ECSServiceAverageCPUUtilization" },
      },
    });
    await world.pass(310);
    world.door.loadQueue(WORKER, { messages: 200 });
    await world.until("a higher minimum", async () => {
      const { ScalableTargets } = await world.ask("application-autoscaling", "DescribeScalableTargets", {
        ServiceNamespace: target.ServiceNamespace,
        ResourceIds: [target.ResourceId],
      });
      return (ScalableTargets as readonly JsonObject[]).some(({ MinCapacity }) => Number(MinCapacity) > 1);
    });
  },
  "a message comes that nobody can read": async (world) => {
    await world.send("scale", "not JSON");
    await world.pass(10);
    expect(await world.deadLetters("scale")).toHaveLength(1);
  },
  "the scaler's queue takes nothing for a while": queueTakesNothing("scale", 180),
};

test("every statement of the scaler's roles is the sole reason for a call, every action of it is used, and no call is denied", () =>
  prove("scale", { config: undefined, stories }));
