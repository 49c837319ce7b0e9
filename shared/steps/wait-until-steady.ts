/** Ends when ECS calls the deployment of our revision completed. */
import type { Services } from "#shared/ports/services.ts";
import { defineStep } from "#shared/runtime/step-definition.ts";

/** Deployment events wake the plan sooner; this is the guarantee. */
const LOOK_AGAIN_SECONDS = 60;

export const waitUntilSteady = defineStep<"wait-until-steady", { readonly services: Services }>({
  name: "wait-until-steady",
  risk: "read-only",
  writes: false,
  permissions: [
    { actions: ["ecs:DescribeServices"], on: "service", because: "the deployment is watched until it is steady" },
  ],

  async run({ atMostSeconds }, { ports: { services }, plan, now, startedAt, results }) {
    const { revision, replaced } = results.at(-1) ?? {};
    const service = await services.describe(plan.service);
    if (service?.status !== "ACTIVE") return { kind: "superseded", because: "service-gone" };
    if (service.taskDefinitionArn !== revision) {
      return service.taskDefinitionArn === replaced
        ? { kind: "failed", because: "rolled-back" }
        : { kind: "superseded", because: "already-replaced", evidence: { running: service.taskDefinitionArn } };
    }
    const primary = service.deployments.find(({ status }) => status === "PRIMARY");
    if (primary?.rolloutState === "COMPLETED") return { kind: "done", result: { revision, replaced: replaced ?? "" } };
    if (primary?.rolloutState === "FAILED") return { kind: "failed", because: "deployment-failed" };
    if (now.getTime() - startedAt.getTime() > atMostSeconds * 1000) {
      return {
        kind: "failed",
        because: "not-steady-in-time",
        evidence: { runningCount: service.runningCount, desiredCount: service.desiredCount, atMostSeconds },
      };
    }
    return { kind: "wait", until: new Date(now.getTime() + LOOK_AGAIN_SECONDS * 1000), because: "rolling-out" };
  },
});
