/** Ends when a deployment that was stopped has gone back. */
import { secondsBetween } from "#shared/domain/time.ts";
import type { Deployments } from "#shared/ports/deployments.ts";
import { defineStep } from "#shared/runtime/step-definition.ts";

/** Deployment events wake the plan sooner; this is the guarantee. */
const LOOK_AGAIN_SECONDS = 60;

export const waitUntilRolledBack = defineStep<"wait-until-rolled-back", { readonly deployments: Deployments }>({
  name: "wait-until-rolled-back",
  risk: "read-only",
  writes: false,
  permissions: [
    {
      actions: ["ecs:DescribeServiceDeployments"],
      on: "service-deployment",
      because: "a deployment that was sent back is watched until it is over",
    },
  ],

  async run({ deployment: arn, atMostSeconds }, { ports: { deployments }, now, startedAt }) {
    const deployment = await deployments.deployment(arn);
    if (deployment === undefined) return { kind: "superseded", because: "deployment-gone" };
    if (deployment.status === "completed") return { kind: "failed", because: "too-late" };
    if (deployment.status === "rollback-failed") return { kind: "failed", because: "rollback-failed" };
    if (deployment.status === "ended") {
      const until = deployment.finishedAt ?? now;
      return { kind: "done", result: { exposedSeconds: Math.round(secondsBetween(deployment.createdAt, until)) } };
    }
    if (secondsBetween(startedAt, now) > atMostSeconds) return { kind: "failed", because: "not-back-in-time" };
    return { kind: "wait", until: new Date(now.getTime() + LOOK_AGAIN_SECONDS * 1000), because: "rolling-back" };
  },
});
