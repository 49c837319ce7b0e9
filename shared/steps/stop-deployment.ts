/** Stops a deployment that goes on; ECS then goes back to the last one that was completed. */
import { secondsBetween } from "#shared/domain/time.ts";
import type { Deployments } from "#shared/ports/deployments.ts";
import { defineStep } from "#shared/runtime/step-definition.ts";

export const stopDeployment = defineStep<"stop-deployment", { readonly deployments: Deployments }>({
  name: "stop-deployment",
  risk: "disruptive",
  writes: true,
  permissions: [
    {
      actions: ["ecs:DescribeServiceDeployments"],
      on: "service-deployment",
      because: "whether the deployment still goes on is read just before it is stopped",
    },
    { actions: ["ecs:StopServiceDeployment"], on: "service-deployment", because: "a deployment is sent back" },
  ],

  async run({ deployment: arn }, { ports: { deployments }, now, isRetry }) {
    const deployment = await deployments.deployment(arn);
    if (deployment === undefined) return { kind: "superseded", because: "deployment-gone" };
    const stopped = {
      kind: "done",
      result: { exposedSeconds: Math.round(secondsBetween(deployment.createdAt, now)) },
    } as const;
    switch (deployment.status) {
      case "going-on":
        return (await deployments.rollBack(arn)) ? stopped : { kind: "failed", because: "cannot-be-stopped" };
      case "rolling-back":
        return isRetry ? stopped : { kind: "superseded", because: "already-rolling-back" };
      case "completed":
        return { kind: "failed", because: "too-late" };
      case "rollback-failed":
      case "ended":
        return isRetry ? stopped : { kind: "superseded", because: "deployment-over" };
    }
  },
});
