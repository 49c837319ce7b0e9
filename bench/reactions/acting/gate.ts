/** A deployment held by a PAUSE hook before its first task: its image is judged, and the deployment let on. */
import { ACCOUNT, type Acting, CLUSTER, ecsArn, queued, REGION, SERVICE_ARN } from "./acting.ts";
import { answers, DEPLOYMENT } from "./gated-service.ts";

export const acting: Acting = {
  acts: "ecs.ContinueServiceDeployment",
  payload: (now) =>
    queued({
      id: "7d1b3c5e-2f40-4a6b-8c9d-0e1f2a3b4c5d",
      source: "aws.ecs",
      "detail-type": "ECS Hook State Change",
      account: ACCOUNT,
      region: REGION,
      time: now.toISOString(),
      resources: [SERVICE_ARN],
      detail: {
        eventType: "INFO",
        eventName: "HOOK_AWAITING_ACTION",
        hookId: "ecs-pause-0123456789",
        hookType: "PAUSE",
        lifecycleStage: "PRE_SCALE_UP",
        clusterArn: ecsArn(`cluster/${CLUSTER}`),
        serviceArn: SERVICE_ARN,
        serviceDeploymentArn: DEPLOYMENT,
      },
    }),
  answers: { ...answers, "ecs.ContinueServiceDeployment": { serviceDeploymentArn: DEPLOYMENT } },
};
