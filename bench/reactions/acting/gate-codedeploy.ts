/** CodeDeploy asks its hook about a deployment: the image that its AppSpec brings is judged, and CodeDeploy told. */
import { type Acting, CLUSTER, ecsArn, SERVICE } from "./acting.ts";
import { answers, BROUGHT } from "./gated-service.ts";

const DEPLOYMENT_ID = "d-A1B2C3D4E";

const TASK = ecsArn(`task/${CLUSTER}/${"7c".repeat(16)}`);

const appSpec = {
  version: 1,
  Resources: [{ TargetService: { Type: "AWS::ECS::Service", Properties: { TaskDefinition: BROUGHT } } }],
};

export const acting: Acting = {
  acts: "codedeploy.PutLifecycleEventHookExecutionStatus",
  payload: () => ({ DeploymentId: DEPLOYMENT_ID, LifecycleEventHookExecutionId: "ZXlKbGJtTnllWEIwWldSRVlYUmhJam9p" }),
  answers: {
    ...answers,
    "ecs.ListTasks": { taskArns: [TASK] },
    "ecs.DescribeTasks": {
      tasks: [{ taskArn: TASK, lastStatus: "RUNNING", containers: [{ imageDigest: `sha256:${"0".repeat(64)}` }] }],
    },
    "codedeploy.GetDeployment": {
      deploymentInfo: {
        deploymentId: DEPLOYMENT_ID,
        applicationName: "orders",
        deploymentGroupName: "blue-green",
        creator: "user",
        revision: { revisionType: "AppSpecContent", appSpecContent: { sha256: "5b".repeat(32) } },
      },
    },
    "codedeploy.GetDeploymentGroup": {
      deploymentGroupInfo: { ecsServices: [{ clusterName: CLUSTER, serviceName: SERVICE }] },
    },
    "codedeploy.GetApplicationRevision": {
      revision: { revisionType: "AppSpecContent", appSpecContent: { content: JSON.stringify(appSpec) } },
    },
    "codedeploy.PutLifecycleEventHookExecutionStatus": { lifecycleEventHookExecutionId: "1" },
  },
};
