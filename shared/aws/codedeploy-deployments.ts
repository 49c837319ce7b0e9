/** `CodeDeployments` on AWS CodeDeploy: SDK shapes in, domain words out, no decisions. */
import {
  type CodeDeployClient,
  type DeploymentInfo,
  GetApplicationRevisionCommand,
  GetDeploymentCommand,
  GetDeploymentGroupCommand,
  PutLifecycleEventHookExecutionStatusCommand,
} from "@aws-sdk/client-codedeploy";
import type { CodeDeployments } from "#shared/ports/code-deployments.ts";
import { isNamed, translate } from "./errors.ts";

/** Creators of deployments that go back. Source: CodeDeploy API reference, DeploymentInfo. */
const ROLLBACK_CREATORS: ReadonlySet<string> = new Set(["codeDeployRollback", "CloudFormationRollback"]);

/** The CodeDeploy of one account and region. */
export const codedeployDeployments = (codedeploy: CodeDeployClient): CodeDeployments => {
  /** GetDeployment tells only the hash of an AppSpec, never its text. Source: CodeDeploy API reference, GetDeployment. */
  const appSpecOf = async ({ applicationName, revision }: DeploymentInfo): Promise<string | undefined> => {
    const { revisionType, appSpecContent, string } = revision ?? {};
    const told = appSpecContent?.content ?? string?.content;
    if (told !== undefined) return told;
    const sha256 = appSpecContent?.sha256 ?? string?.sha256;
    if (revisionType === undefined || sha256 === undefined) return undefined;
    const hashed = revisionType === "String" ? { string: { sha256 } } : { appSpecContent: { sha256 } };
    const { revision: found } = await codedeploy.send(
      new GetApplicationRevisionCommand({ applicationName, revision: { revisionType, ...hashed } }),
    );
    return found?.appSpecContent?.content ?? found?.string?.content;
  };

  const serviceOf = async ({ applicationName, deploymentGroupName }: DeploymentInfo) => {
    const { deploymentGroupInfo } = await codedeploy.send(
      new GetDeploymentGroupCommand({ applicationName, deploymentGroupName }),
    );
    const [only, ...more] = deploymentGroupInfo?.ecsServices ?? [];
    if (only?.clusterName === undefined || only.serviceName === undefined || more.length > 0) return undefined;
    return { cluster: only.clusterName, name: only.serviceName };
  };

  return {
    async deployment(id) {
      try {
        const { deploymentInfo } = await codedeploy.send(new GetDeploymentCommand({ deploymentId: id }));
        if (!deploymentInfo) return undefined;
        const [service, appSpec] = await Promise.all([serviceOf(deploymentInfo), appSpecOf(deploymentInfo)]);
        return { id, isRollback: ROLLBACK_CREATORS.has(deploymentInfo.creator ?? ""), service, appSpec };
      } catch (error) {
        if (isNamed(error, "DeploymentDoesNotExistException", "InvalidDeploymentIdException")) return undefined;
        throw translate(error, `reading CodeDeploy's deployment ${id}`);
      }
    },

    async endHook(deploymentId, lifecycleEventHookExecutionId, status) {
      try {
        await codedeploy.send(
          new PutLifecycleEventHookExecutionStatusCommand({ deploymentId, lifecycleEventHookExecutionId, status }),
        );
        return true;
      } catch (error) {
        if (isNamed(error, "LifecycleEventAlreadyCompletedException")) return false;
        throw translate(error, `ending hook ${lifecycleEventHookExecutionId} of ${deploymentId} with ${status}`);
      }
    },
  };
};
