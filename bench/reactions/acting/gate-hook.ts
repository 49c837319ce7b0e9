/** ECS asks the Lambda hook about a deployment: its image is judged, and the answer kept and told. */
import { type Acting, SERVICE_ARN } from "./acting.ts";
import { answers, DEPLOYMENT, SERVICE_REVISION } from "./gated-service.ts";

export const acting: Acting = {
  acts: "events.PutEvents",
  payload: () => ({
    executionId: "e8d5a28f-eb01-4f3c-9454-a30ba6dc54bc",
    lifecycleStage: "PRE_SCALE_UP",
    resourceArn: DEPLOYMENT,
    executionDetails: { serviceArn: SERVICE_ARN, targetServiceRevisionArn: SERVICE_REVISION },
  }),
  answers,
};
