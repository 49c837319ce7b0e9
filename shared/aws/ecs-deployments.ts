/** `Deployments` on Amazon ECS: SDK shapes in, domain words out, no decisions. */
import {
  ContinueServiceDeploymentCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServicesCommand,
  type ECSClient,
  type Service as EcsService,
  type ServiceDeployment as EcsServiceDeployment,
  paginateListServices,
  StopServiceDeploymentCommand,
} from "@aws-sdk/client-ecs";
import { parseServiceArn } from "#shared/domain/arn.ts";
import type { ServiceRef } from "#shared/domain/service.ts";
import type {
  DeployingService,
  Deployments,
  LifecycleHook,
  ServiceDeployment,
  ServiceDeploymentStatus,
} from "#shared/ports/deployments.ts";
import { listDeployments } from "./ecs-service-deployments.ts";
import { stateOf } from "./ecs-services.ts";
import { isNamed, translate } from "./errors.ts";

/** DescribeServices takes at most this many. Source: ECS API reference. */
const SERVICES_PER_CALL = 10;

const STATUSES: Readonly<Record<string, ServiceDeploymentStatus>> = {
  PENDING: "going-on",
  IN_PROGRESS: "going-on",
  SUCCESSFUL: "completed",
  STOP_REQUESTED: "rolling-back",
  ROLLBACK_REQUESTED: "rolling-back",
  ROLLBACK_IN_PROGRESS: "rolling-back",
  ROLLBACK_FAILED: "rollback-failed",
};

const hooksOf = ({ deploymentConfiguration }: EcsService): readonly LifecycleHook[] =>
  (deploymentConfiguration?.lifecycleHooks ?? []).map(({ targetType, hookTargetArn, lifecycleStages = [] }) => ({
    type: targetType === "PAUSE" ? "PAUSE" : "AWS_LAMBDA",
    targetArn: hookTargetArn,
    stages: lifecycleStages,
  }));

const deployingOf = (ref: ServiceRef, service: EcsService): DeployingService => ({
  ...stateOf(ref, service),
  serviceDeployment: service.currentServiceDeployment,
  hooks: hooksOf(service),
});

const deploymentOf = (deployment: EcsServiceDeployment): ServiceDeployment => ({
  arn: deployment.serviceDeploymentArn ?? "",
  status: STATUSES[deployment.status ?? ""] ?? "ended",
  targetRevision: deployment.targetServiceRevision?.arn ?? "",
  sourceRevisions: (deployment.sourceServiceRevisions ?? []).flatMap(({ arn }) => arn ?? []),
  createdAt: (deployment.createdAt ?? new Date(0)).toISOString(),
  finishedAt: deployment.finishedAt?.toISOString(),
  stage: deployment.lifecycleStage,
  waitingHooks: (deployment.lifecycleHookDetails ?? []).flatMap(({ hookId, targetType, status }) =>
    targetType === "PAUSE" && status === "AWAITING_ACTION" && hookId !== undefined ? [hookId] : [],
  ),
});

/** The ECS of one account and region. `writing` never repeats a call by itself: a lost answer is the plan's to look into. */
export const ecsDeployments = (ecs: ECSClient, writing: ECSClient): Deployments => ({
  async service(ref) {
    const { services: [service] = [] } = await ecs
      .send(new DescribeServicesCommand({ cluster: ref.cluster, services: [ref.name], include: ["TAGS"] }))
      .catch((error: unknown) => {
        if (isNamed(error, "ClusterNotFoundException")) return { services: [] };
        throw translate(error, `describing service ${ref.arn}`);
      });
    return service && deployingOf(parseServiceArn(service.serviceArn ?? "", service.clusterArn) ?? ref, service);
  },

  async services(cluster) {
    const found: DeployingService[] = [];
    try {
      for await (const { serviceArns = [] } of paginateListServices(
        { client: ecs, pageSize: SERVICES_PER_CALL },
        { cluster },
      )) {
        if (serviceArns.length === 0) continue;
        const { services = [] } = await ecs.send(
          new DescribeServicesCommand({ cluster, services: serviceArns, include: ["TAGS"] }),
        );
        for (const service of services) {
          const ref = parseServiceArn(service.serviceArn ?? "", service.clusterArn);
          if (ref && service.status === "ACTIVE") found.push(deployingOf(ref, service));
        }
      }
      return found;
    } catch (error) {
      if (isNamed(error, "ClusterNotFoundException")) return [];
      throw translate(error, `describing the services of cluster ${cluster}`);
    }
  },

  async deployment(arn) {
    const { serviceDeployments: [deployment] = [] } = await ecs
      .send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [arn] }))
      .catch((error: unknown) => {
        throw translate(error, `describing service deployment ${arn}`);
      });
    return deployment && deploymentOf(deployment);
  },

  async completedBefore(ref, before) {
    const fit = { status: ["SUCCESSFUL" as const], createdAt: { before } };
    const completed = await listDeployments(ecs, ref, fit).catch((error: unknown) => {
      throw translate(error, `listing the completed deployments of ${ref.arn}`);
    });
    // AWS does not say whether the instant itself is before it, and with it the very deployment that was created then.
    const last = completed.find(({ createdAt }) => createdAt !== undefined && createdAt < before);
    if (!last) return undefined;
    const { targetServiceRevisionArn: arn, ...brief } = last;
    return deploymentOf({ ...brief, targetServiceRevision: { arn } });
  },

  async answerHook(deployment, hookId, action) {
    try {
      await writing.send(new ContinueServiceDeploymentCommand({ serviceDeploymentArn: deployment, hookId, action }));
      return true;
    } catch (error) {
      if (isNamed(error, "InvalidParameterException", "ConflictException", "ServiceDeploymentNotFoundException"))
        return false;
      throw translate(error, `answering hook ${hookId} of ${deployment} with ${action}`);
    }
  },

  async rollBack(deployment) {
    try {
      await writing.send(new StopServiceDeploymentCommand({ serviceDeploymentArn: deployment, stopType: "ROLLBACK" }));
      return true;
    } catch (error) {
      if (isNamed(error, "ConflictException", "ServiceDeploymentNotFoundException", "UnsupportedFeatureException"))
        return false;
      throw translate(error, `stopping ${deployment}`);
    }
  },
});
