/** Services: finding, making, describing. */
import { AwsError, arnOf, type JsonObject } from "../../contract.ts";
import { startDeployment } from "./deployments/start.ts";
import { describedDeployment, placementView, revisionCounts, workingDeployments } from "./deployments/view.ts";
import { clusterNotFound, invalidParameter, serviceNotFound } from "./errors.ts";
import { compact, flag, oneOf, required, structure, structures, text, whole } from "./input.ts";
import { counts, primaryOf } from "./scheduler/counts.ts";
import { checkConfiguration } from "./service-rules.ts";
import type { Cluster, Ecs, EcsService, RevisionSettings, Tags } from "./state.ts";
import { tagList } from "./tags.ts";
import { usableTaskDefinition } from "./task-definitions.ts";
import { asSeconds } from "./time.ts";

/** The last part of a name or ARN. */
export const nameIn = (reference: string): string => reference.slice(reference.lastIndexOf("/") + 1);

/** The cluster that a request names, by name or ARN; `default` when it names none. */
export function findCluster(ecs: Ecs, input: JsonObject): Cluster {
  const cluster = ecs.clusters.get(nameIn(text(input, "cluster") ?? "default"));
  if (cluster === undefined || cluster.status === "INACTIVE") throw clusterNotFound();
  return cluster;
}

/** The service that a request names. */
export function findService(ecs: Ecs, input: JsonObject): EcsService {
  const service = findCluster(ecs, input).services.get(nameIn(required(input, "service")));
  if (service === undefined) throw serviceNotFound();
  return service;
}

/** The members whose change makes a new revision, from a request, kept from `before` where it names none. */
export function settingsOf(input: JsonObject, before?: RevisionSettings): RevisionSettings {
  const strategy = structures(input, "capacityProviderStrategy");
  return {
    launchType: text(input, "launchType") ?? before?.launchType,
    capacityProviderStrategy: strategy ?? before?.capacityProviderStrategy ?? [],
    platformVersion: knownPlatform(text(input, "platformVersion")) ?? before?.platformVersion ?? "1.4.0",
    networkConfiguration: structure(input, "networkConfiguration") ?? before?.networkConfiguration ?? {},
    loadBalancers: structures(input, "loadBalancers") ?? before?.loadBalancers ?? [],
    serviceRegistries: structures(input, "serviceRegistries") ?? before?.serviceRegistries ?? [],
    serviceConnectConfiguration: structure(input, "serviceConnectConfiguration") ?? before?.serviceConnectConfiguration,
    volumeConfigurations: structures(input, "volumeConfigurations") ?? before?.volumeConfigurations ?? [],
    vpcLatticeConfigurations: structures(input, "vpcLatticeConfigurations") ?? before?.vpcLatticeConfigurations ?? [],
  };
}

function knownPlatform(version: string | undefined): string | undefined {
  if (version === undefined || version === "LATEST") return version && "1.4.0";
  if (version === "1.4.0" || version === "1.3.0") return version;
  throw new AwsError("PlatformUnknownException", `The specified platform version ${version} doesn't exist.`);
}

/** Makes a service and starts its first deployment. */
export function createService(ecs: Ecs, input: JsonObject, tags: Tags, createdBy: string): EcsService {
  const cluster = findCluster(ecs, input);
  const name = required(input, "serviceName");
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(name)) throw invalidParameter(`Invalid service name: ${name}.`);
  const present = cluster.services.get(name);
  if (present !== undefined && present.status !== "INACTIVE")
    throw invalidParameter("Creation of service was not idempotent.");
  const controller =
    oneOf(structure(input, "deploymentController") ?? {}, "type", ["ECS", "CODE_DEPLOY", "EXTERNAL"]) ?? "ECS";
  if (oneOf(input, "schedulingStrategy", ["REPLICA", "DAEMON"]) === "DAEMON")
    throw invalidParameter("The DAEMON scheduling strategy is not supported on Fargate.");
  const desiredCount = whole(input, "desiredCount");
  if (desiredCount === undefined || desiredCount < 0)
    throw invalidParameter("desiredCount must be given for a REPLICA service and cannot be negative.");
  const definition =
    controller === "EXTERNAL" ? undefined : usableTaskDefinition(ecs, required(input, "taskDefinition"));
  const settings = settingsOf(input);
  const strategy =
    settings.launchType === undefined && settings.capacityProviderStrategy.length === 0
      ? cluster.defaultStrategy
      : settings.capacityProviderStrategy;
  if (settings.launchType !== undefined && settings.capacityProviderStrategy.length > 0)
    throw invalidParameter(
      "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.",
    );
  if (settings.launchType !== undefined && settings.launchType !== "FARGATE")
    throw invalidParameter(`Only launch type FARGATE is modelled, not ${settings.launchType}.`);
  if (definition && structure(settings.networkConfiguration, "awsvpcConfiguration") === undefined)
    throw invalidParameter("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  const service: EcsService = {
    arn: arnOf(ecs.cloud, "ecs", `service/${cluster.name}/${name}`),
    name,
    cluster,
    status: "ACTIVE",
    desiredCount,
    settings: { ...settings, capacityProviderStrategy: strategy },
    deploymentConfiguration: checkConfiguration(structure(input, "deploymentConfiguration") ?? {}, {}),
    controller,
    healthCheckGracePeriodSeconds: whole(input, "healthCheckGracePeriodSeconds") ?? 0,
    availabilityZoneRebalancing: text(input, "availabilityZoneRebalancing") ?? "ENABLED",
    enableECSManagedTags: flag(input, "enableECSManagedTags") ?? false,
    enableExecuteCommand: flag(input, "enableExecuteCommand") ?? false,
    propagateTags: text(input, "propagateTags") ?? "NONE",
    placementConstraints: structures(input, "placementConstraints") ?? [],
    placementStrategy: structures(input, "placementStrategy") ?? [],
    tags,
    createdAtMs: ecs.cloud.clock.now(),
    createdBy,
    events: [],
    deployments: [],
    currentServiceDeployment: undefined,
    history: [],
    lastCompleted: undefined,
    tasks: new Set(),
    conditions: {},
    wake: undefined,
    steady: false,
    steadyTimer: undefined,
    blockedReported: false,
    bill: { vcpuSeconds: 0, gbSeconds: 0 },
  };
  cluster.services.set(name, service);
  if (definition) startDeployment(ecs, service, definition);
  return service;
}

/** A service as DescribeServices, CreateService and UpdateService answer it. */
export function describedService(ecs: Ecs, service: EcsService, withTags: boolean): JsonObject {
  const { settings, controller } = service;
  const primary = primaryOf(service);
  const deployed = controller === "ECS" ? service.deployments : [];
  return compact({
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: service.cluster.arn,
    loadBalancers: settings.loadBalancers,
    serviceRegistries: settings.serviceRegistries,
    status: service.status,
    desiredCount: service.desiredCount,
    ...counts(service.tasks),
    ...placementView(settings),
    taskDefinition: primary?.revision.definition.arn ?? service.history[0]?.target.definition.arn,
    deploymentConfiguration: service.deploymentConfiguration,
    deployments: deployed.map(describedDeployment),
    taskSets:
      controller === "ECS" ? undefined : service.deployments.map((each) => taskSet(service, describedDeployment(each))),
    roleArn: `arn:${ecs.cloud.partition}:iam::${ecs.cloud.account}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`,
    events: service.events.map(({ id, createdAtMs, message }) => ({ id, createdAt: asSeconds(createdAtMs), message })),
    createdAt: asSeconds(service.createdAtMs),
    currentServiceDeployment: controller === "ECS" ? service.currentServiceDeployment?.arn : undefined,
    currentServiceRevisions:
      controller === "ECS" ? workingDeployments(service.deployments).map(revisionCounts) : undefined,
    placementConstraints: service.placementConstraints,
    placementStrategy: service.placementStrategy,
    healthCheckGracePeriodSeconds: service.healthCheckGracePeriodSeconds,
    schedulingStrategy: "REPLICA",
    deploymentController: { type: controller },
    createdBy: service.createdBy,
    enableECSManagedTags: service.enableECSManagedTags,
    propagateTags: service.propagateTags,
    enableExecuteCommand: service.enableExecuteCommand,
    availabilityZoneRebalancing: service.availabilityZoneRebalancing,
    tags: withTags ? tagList(service.tags) : undefined,
  });
}

/** What a service of another controller shows in the place of deployments. */
const taskSet = (service: EcsService, deployment: JsonObject): JsonObject => ({
  id: deployment.id,
  taskSetArn: `${service.arn.replace(":service/", ":task-set/")}/${String(deployment.id)}`,
  serviceArn: service.arn,
  clusterArn: service.cluster.arn,
  status: deployment.status,
  taskDefinition: deployment.taskDefinition,
  computedDesiredCount: deployment.desiredCount,
  pendingCount: deployment.pendingCount,
  runningCount: deployment.runningCount,
  createdAt: deployment.createdAt,
  updatedAt: deployment.updatedAt,
  launchType: "FARGATE",
  scale: { value: 100, unit: "PERCENT" },
  stabilityStatus: "STEADY_STATE",
});
