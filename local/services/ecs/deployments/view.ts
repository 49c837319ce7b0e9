/** Deployments, service deployments and service revisions as describe calls answer them. */
import type { JsonObject } from "../../../contract.ts";
import { compact, text } from "../input.ts";
import { counts, isLive, primaryOf, tasksOf } from "../scheduler/counts.ts";
import { breakerThreshold } from "../scheduler/failures.ts";
import type { RevisionSettings } from "../state.ts";
import { asSeconds, asSecondsIf } from "../time.ts";
import { alarmsView } from "./alarms.ts";
import type { Deployment, ServiceDeployment, ServiceRevision } from "./deployment.ts";

/** Launch type or capacity providers, whichever the service names, with platform and network. */
export const placementView = (settings: RevisionSettings): JsonObject =>
  compact({
    launchType: settings.capacityProviderStrategy.length > 0 ? undefined : settings.launchType,
    capacityProviderStrategy:
      settings.capacityProviderStrategy.length > 0 ? settings.capacityProviderStrategy : undefined,
    platformVersion: settings.platformVersion,
    platformFamily: "Linux",
    networkConfiguration: settings.networkConfiguration,
  });

/** Tasks that a deployment is to have at this moment. */
const requested = (deployment: Deployment): number => {
  const { service } = deployment;
  const isCurrent = deployment.status === "PRIMARY" ? deployment.launching : deployment.wanted;
  return isCurrent ? service.desiredCount : tasksOf(deployment).filter(isLive).length;
};

/** An entry of `deployments` in DescribeServices. */
export const describedDeployment = (deployment: Deployment): JsonObject => ({
  id: deployment.id,
  status: deployment.status,
  taskDefinition: deployment.revision.definition.arn,
  desiredCount: requested(deployment),
  ...counts(tasksOf(deployment)),
  failedTasks: deployment.failedTasks,
  createdAt: asSeconds(deployment.createdAtMs),
  updatedAt: asSeconds(deployment.updatedAtMs),
  ...placementView(deployment.revision.settings),
  rolloutState: deployment.rolloutState,
  rolloutStateReason: deployment.rolloutStateReason,
});

/** An entry of `currentServiceRevisions`. */
export const revisionCounts = (deployment: Deployment): JsonObject => {
  const { runningCount, pendingCount } = counts(tasksOf(deployment));
  return {
    arn: deployment.revision.arn,
    requestedTaskCount: requested(deployment),
    runningTaskCount: runningCount,
    pendingTaskCount: pendingCount,
  };
};

const summary = (walk: ServiceDeployment, revision: ServiceRevision, weight: number): JsonObject => {
  const deployment = walk.service.deployments.find((each) => each.revision === revision);
  const shifts = (text(walk.configuration, "strategy") ?? "ROLLING") !== "ROLLING";
  return compact({
    arn: revision.arn,
    ...(deployment ? revisionCounts(deployment) : { requestedTaskCount: 0, runningTaskCount: 0, pendingTaskCount: 0 }),
    requestedProductionTrafficWeight: shifts ? weight : undefined,
  });
};

/** An answer of DescribeServiceDeployments. */
export const describedServiceDeployment = (walk: ServiceDeployment): JsonObject =>
  compact({
    ...briefServiceDeployment(walk),
    targetServiceRevisionArn: undefined,
    stoppedAt: asSecondsIf(walk.stoppedAtMs),
    updatedAt: asSeconds(walk.updatedAtMs),
    sourceServiceRevisions: walk.sources.map((source) => summary(walk, source, 100 - walk.targetWeight)),
    targetServiceRevision: summary(walk, walk.target, walk.targetWeight),
    lifecycleStage: walk.lifecycleStage,
    lifecycleHookDetails:
      walk.hooks.length === 0
        ? undefined
        : walk.hooks.map((hook) =>
            compact({
              hookId: hook.id,
              targetType: hook.type,
              targetArn: hook.type === "PAUSE" ? undefined : hook.targetArn,
              status: hook.status,
              expiresAt: asSeconds(hook.expiresAtMs),
              timeoutAction: hook.timeoutAction,
            }),
          ),
    deploymentConfiguration: walk.configuration,
    rollback: walk.rollback && {
      reason: walk.rollback.reason,
      startedAt: asSeconds(walk.rollback.startedAtMs),
      serviceRevisionArn: walk.rollback.revision.arn,
    },
    deploymentCircuitBreaker: {
      status: walk.deployment.breaker,
      failureCount: walk.deployment.failedTasks,
      threshold: breakerThreshold(walk.service),
    },
    alarms: alarmsView(walk),
  });

/** An entry of ListServiceDeployments. */
export const briefServiceDeployment = (walk: ServiceDeployment): JsonObject =>
  compact({
    serviceDeploymentArn: walk.arn,
    serviceArn: walk.service.arn,
    clusterArn: walk.service.cluster.arn,
    createdAt: asSeconds(walk.createdAtMs),
    startedAt: asSecondsIf(walk.startedAtMs),
    finishedAt: asSecondsIf(walk.finishedAtMs),
    targetServiceRevisionArn: walk.target.arn,
    status: walk.status,
    statusReason: walk.statusReason,
  });

/** An answer of DescribeServiceRevisions: digests are absent until a first task has started. */
export const describedServiceRevision = (revision: ServiceRevision): JsonObject =>
  compact({
    serviceRevisionArn: revision.arn,
    serviceArn: revision.service.arn,
    clusterArn: revision.service.cluster.arn,
    taskDefinition: revision.definition.arn,
    ...placementView(revision.settings),
    loadBalancers: revision.settings.loadBalancers.length > 0 ? revision.settings.loadBalancers : undefined,
    serviceRegistries: revision.settings.serviceRegistries.length > 0 ? revision.settings.serviceRegistries : undefined,
    containerImages: revision.definition.containers.map(({ name, image }) =>
      compact({ containerName: name, imageDigest: revision.digests.get(name), image }),
    ),
    guardDutyEnabled: false,
    serviceConnectConfiguration: revision.settings.serviceConnectConfiguration ?? { enabled: false },
    createdAt: asSeconds(revision.createdAtMs),
  });

/** The deployments that stand for revisions at work, PRIMARY first. */
export const workingDeployments = (deployments: readonly Deployment[]): readonly Deployment[] =>
  deployments.filter((each) => each === primaryOf(each.service) || tasksOf(each).some(isLive));
