/** CodeDeploy as the hooks of its ECS deployments see it: deployments to read, and the answer that ends a hook. */
import { createHash } from "node:crypto";
import { AwsError, arnOf, type Cloud, type JsonObject, type Operation, type Service } from "../../contract.ts";
import type { LambdaDoor } from "../../neighbours.ts";
import type { CodeDeployDoor, GivenCodeDeployment } from "./door.ts";

interface Deployment extends GivenCodeDeployment {
  readonly id: string;
  readonly createdAtMs: number;
  readonly sha256: string;
  readonly hooks: Map<string, string | undefined>;
  status: "InProgress" | "Failed";
}

/** How long a hook may go unanswered. Source: CodeDeploy user guide, "AppSpec 'hooks' section" for Amazon ECS. */
const HOOK_MS = 3_600_000;

const refusal = (code: string, message: string): AwsError => new AwsError(code, message);

/** Where the revision is, or the hash of its text. Source: CodeDeploy API reference, RevisionLocation. */
const locationOf = ({ revisionType = "AppSpecContent", sha256, id }: Deployment): JsonObject => {
  switch (revisionType) {
    case "AppSpecContent":
      return { revisionType, appSpecContent: { sha256 } };
    case "String":
      return { revisionType, string: { sha256 } };
    case "S3":
      return { revisionType, s3Location: { bucket: "releases", key: `${id}.yaml`, bundleType: "YAML" } };
  }
};

/** Creates CodeDeploy; its door is named `codedeploy`. */
export const createCodeDeployService = (cloud: Cloud): Service => {
  const deployments = new Map<string, Deployment>();

  const find = ({ deploymentId }: JsonObject): Deployment => {
    if (typeof deploymentId !== "string")
      throw refusal("DeploymentIdRequiredException", "At least one deployment ID must be specified.");
    if (!/^d-[A-Z0-9]+$/.test(deploymentId))
      throw refusal("InvalidDeploymentIdException", `Deployment ID ${deploymentId} is not valid.`);
    const found = deployments.get(deploymentId);
    if (!found) throw refusal("DeploymentDoesNotExistException", `The deployment ${deploymentId} could not be found`);
    return found;
  };
  const groupArn = ({ applicationName, deploymentGroupName }: JsonObject): string =>
    arnOf(cloud, "codedeploy", `deploymentgroup:${String(applicationName)}/${String(deploymentGroupName)}`);
  const ended = (deployment: Deployment, executionId: string, status: string): void => {
    deployment.hooks.set(executionId, status);
    if (status === "Failed") deployment.status = "Failed";
  };

  const door: CodeDeployDoor = {
    create(given) {
      const id = `d-${cloud.random.hex(9).toUpperCase()}`;
      const sha256 = createHash("sha256").update(given.appSpec).digest("hex");
      const createdAtMs = cloud.clock.now();
      deployments.set(id, { ...given, id, sha256, createdAtMs, hooks: new Map(), status: "InProgress" });
      return id;
    },
    askHook(deploymentId, functionArn) {
      const deployment = find({ deploymentId });
      const executionId = cloud.random.hex(40);
      deployment.hooks.set(executionId, undefined);
      cloud.clock.at(cloud.clock.now() + HOOK_MS, `the hook of ${deploymentId} is over`, () => {
        if (deployment.hooks.get(executionId) === undefined) ended(deployment, executionId, "Failed");
      });
      cloud
        .neighbour<LambdaDoor>("lambda")
        .invokeAsync(functionArn, { DeploymentId: deploymentId, LifecycleEventHookExecutionId: executionId });
      return executionId;
    },
    look(deploymentId) {
      const { status, hooks } = find({ deploymentId });
      return { status, answers: [...hooks.values()].flatMap((answer) => answer ?? []) };
    },
  };
  cloud.expose("codedeploy", door);

  const operations: Record<string, Operation> = {
    GetDeployment: {
      needs: ({ deploymentId }) => {
        const { applicationName, deploymentGroupName } = deployments.get(String(deploymentId)) ?? {};
        return [{ action: "codedeploy:GetDeployment", resource: groupArn({ applicationName, deploymentGroupName }) }];
      },
      run: (input) => {
        const found = find(input);
        const { id, applicationName, deploymentGroupName, status, creator = "user", createdAtMs } = found;
        return {
          deploymentInfo: {
            applicationName,
            deploymentGroupName,
            deploymentConfigName: "CodeDeployDefault.ECSAllAtOnce",
            deploymentId: id,
            // The text itself is never told here. Source: CodeDeploy API reference, GetDeployment.
            revision: locationOf(found),
            status,
            createTime: createdAtMs / 1000,
            creator,
            deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
            computePlatform: "ECS",
          },
        };
      },
    },
    GetDeploymentGroup: {
      needs: (input) => [{ action: "codedeploy:GetDeploymentGroup", resource: groupArn(input) }],
      run: ({ applicationName, deploymentGroupName }) => {
        const of = [...deployments.values()].filter((each) => each.applicationName === applicationName);
        if (of.length === 0)
          throw refusal("ApplicationDoesNotExistException", `No application found for name: ${applicationName}`);
        const last = of.findLast((each) => each.deploymentGroupName === deploymentGroupName);
        if (!last)
          throw refusal(
            "DeploymentGroupDoesNotExistException",
            `No Deployment Group found for name: ${deploymentGroupName}`,
          );
        const ecsServices = last.ecsServices.map((each) => ({ ...each }));
        return { deploymentGroupInfo: { applicationName, deploymentGroupName, ecsServices, computePlatform: "ECS" } };
      },
    },
    GetApplicationRevision: {
      needs: ({ applicationName }) => [
        {
          action: "codedeploy:GetApplicationRevision",
          resource: arnOf(cloud, "codedeploy", `application:${String(applicationName)}`),
        },
      ],
      run: ({ applicationName, revision }) => {
        const asked = JSON.stringify(revision ?? {});
        const of = [...deployments.values()].filter((each) => each.applicationName === applicationName);
        const found = of.find((each) => JSON.stringify(locationOf(each)) === asked);
        if (!found) throw refusal("RevisionDoesNotExistException", "The revision is not registered with CodeDeploy");
        const location = locationOf(found);
        const field = found.revisionType === "String" ? "string" : "appSpecContent";
        const text = { content: found.appSpec, sha256: found.sha256 };
        return {
          applicationName,
          revision: found.revisionType === "S3" ? location : { ...location, [field]: text },
        };
      },
    },
    PutLifecycleEventHookExecutionStatus: {
      needs: () => [{ action: "codedeploy:PutLifecycleEventHookExecutionStatus", resource: "*" }],
      run: (input) => {
        const deployment = find(input);
        const { lifecycleEventHookExecutionId: executionId, status } = input;
        if (typeof executionId !== "string" || !deployment.hooks.has(executionId))
          throw refusal(
            "InvalidLifecycleEventHookExecutionIdException",
            `The lifecycle event hook execution ID ${String(executionId)} is not valid`,
          );
        if (status !== "Succeeded" && status !== "Failed")
          throw refusal(
            "InvalidLifecycleEventHookExecutionStatusException",
            "The lifecycle event hook execution status must be Succeeded or Failed",
          );
        if (deployment.hooks.get(executionId) !== undefined)
          throw refusal("LifecycleEventAlreadyCompletedException", "The lifecycle event has already completed");
        ended(deployment, executionId, status);
        return { lifecycleEventHookExecutionId: executionId };
      },
    },
  };
  return { name: "codedeploy", operations, resources: {} };
};
