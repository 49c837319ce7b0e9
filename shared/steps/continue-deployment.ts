/** Answers a PAUSE hook, always with an explicit action. */
import type { Deployments, ServiceDeployment } from "#shared/ports/deployments.ts";
import { defineStep } from "#shared/runtime/step-definition.ts";

/** Whether the deployment looks as if it had been given this answer. */
const looksAnswered = (deployment: ServiceDeployment | undefined, action: "CONTINUE" | "ROLLBACK"): boolean => {
  if (deployment === undefined) return false;
  const { status } = deployment;
  const goesOn = status === "going-on" || status === "completed";
  return goesOn === (action === "CONTINUE");
};

export const continueDeployment = defineStep<"continue-deployment", { readonly deployments: Deployments }>({
  name: "continue-deployment",
  risk: "disruptive",
  writes: true,
  permissions: [
    {
      actions: ["ecs:ContinueServiceDeployment"],
      on: "service-deployment",
      because: "a deployment that waits for the gate is let on or sent back",
    },
    {
      actions: ["ecs:DescribeServiceDeployments"],
      on: "service-deployment",
      because: "after a lost answer the deployment itself tells whether it was carried out",
    },
  ],

  async run({ deployment, hookId, action }, { ports: { deployments }, isRetry }) {
    if (await deployments.answerHook(deployment, hookId, action)) return { kind: "done", result: { action } };
    const isOurs = isRetry && looksAnswered(await deployments.deployment(deployment), action);
    return isOurs ? { kind: "done", result: { action } } : { kind: "superseded", because: "hook-over" };
  },
});
