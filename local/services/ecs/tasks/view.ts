/** A task as its event and as DescribeTasks show it. Shapes: captured "ECS Task State Change" events, platform 1.4.0. */
import type { JsonObject } from "../../../contract.ts";
import { compact } from "../input.ts";
import { tagList } from "../tags.ts";
import { asIso, asIsoIf, asSeconds, asSecondsIf } from "../time.ts";
import type { Container, Task } from "./task.ts";

const INSTANTS = [
  ["createdAt", "createdAtMs"],
  ["connectivityAt", "connectivityAtMs"],
  ["pullStartedAt", "pullStartedAtMs"],
  ["pullStoppedAt", "pullStoppedAtMs"],
  ["startedAt", "startedAtMs"],
  ["stoppingAt", "stoppingAtMs"],
  ["executionStoppedAt", "executionStoppedAtMs"],
  ["stoppedAt", "stoppedAtMs"],
] as const;

/** The `detail` of the task's state change event: numbers as text, instants as ISO 8601, no health. */
export const taskEventDetail = (task: Task): JsonObject =>
  compact({
    ...shared(task),
    containers: task.containers.map((container) => containerView(task, container)),
    ...Object.fromEntries(INSTANTS.map(([member, field]) => [member, asIsoIf(task[field])])),
    updatedAt: asIso(task.updatedAtMs),
  });

/** The task as DescribeTasks answers it: instants in seconds, health included. */
export const describedTask = (task: Task, withTags: boolean): JsonObject =>
  compact({
    ...shared(task),
    containers: task.containers.map((container) => ({
      ...containerView(task, container),
      healthStatus: container.healthStatus,
    })),
    ...Object.fromEntries(INSTANTS.map(([member, field]) => [member, asSecondsIf(task[field])])),
    healthStatus: taskHealth(task),
    platformFamily: "Linux",
    fargateEphemeralStorage: { sizeInGiB: 20 },
    tags: withTags ? tagList(task.tags) : [],
  });

/** A protection's end, for GetTaskProtection. */
export const protectionView = (task: Task, nowMs: number): JsonObject => {
  const on = task.protectedUntilMs !== undefined && task.protectedUntilMs > nowMs;
  return compact({
    taskArn: task.arn,
    protectionEnabled: on,
    expirationDate: on ? asSeconds(task.protectedUntilMs ?? 0) : undefined,
  });
};

const taskHealth = (task: Task): string => {
  const checked = task.containers.filter(({ spec }) => spec.essential && spec.healthCheck !== undefined);
  if (checked.some(({ healthStatus }) => healthStatus === "UNHEALTHY")) return "UNHEALTHY";
  return checked.length > 0 && checked.every(({ healthStatus }) => healthStatus === "HEALTHY") ? "HEALTHY" : "UNKNOWN";
};

const shared = (task: Task): JsonObject => ({
  attachments: [attachment(task)],
  attributes: [{ name: "ecs.cpu-architecture", value: architecture(task) }],
  availabilityZone: task.placement.zone,
  capacityProviderName: task.capacityProviderName,
  clusterArn: task.cluster.arn,
  connectivity: task.connectivityAtMs === undefined ? undefined : "CONNECTED",
  cpu: String(task.cpuUnits),
  desiredStatus: task.desiredStatus,
  enableExecuteCommand: task.enableExecuteCommand,
  ephemeralStorage: { sizeInGiB: 20 },
  group: task.group,
  launchType: "FARGATE",
  lastStatus: task.lastStatus,
  memory: String(task.memoryMiB),
  overrides: { containerOverrides: overridesOf(task) },
  platformVersion: "1.4.0",
  startedBy: task.startedBy,
  stopCode: task.stopCode,
  stoppedReason: task.stoppedReason,
  taskArn: task.arn,
  taskDefinitionArn: task.definition.arn,
  version: task.version,
});

const overridesOf = (task: Task): readonly JsonObject[] =>
  task.containers.map(({ spec }) => ({
    ...task.overrides.find((override) => override.name === spec.name),
    name: spec.name,
  }));

const architecture = (task: Task): string => {
  const platform = task.definition.body.runtimePlatform;
  const chosen =
    typeof platform === "object" && platform !== null && "cpuArchitecture" in platform ? platform.cpuArchitecture : "";
  return chosen === "ARM64" ? "arm64" : "x86_64";
};

const attachment = ({ placement, attachmentStatus, cluster }: Task): JsonObject & { id: string } => ({
  id: placement.attachmentId,
  type: "eni",
  status: attachmentStatus,
  details: [
    { name: "subnetId", value: placement.subnetId },
    ...(attachmentStatus === "PRECREATED"
      ? []
      : [
          { name: "networkInterfaceId", value: placement.eni },
          { name: "macAddress", value: placement.mac },
          { name: "privateDnsName", value: privateName(placement.address, cluster.arn.split(":")[3] ?? "") },
          { name: "privateIPv4Address", value: placement.address },
        ]),
  ],
});

const privateName = (address: string, region: string): string =>
  `ip-${address.replaceAll(".", "-")}.${region === "us-east-1" ? "ec2" : `${region}.compute`}.internal`;

const containerView = (task: Task, container: Container): JsonObject => {
  const { spec } = container;
  return compact({
    containerArn: container.arn,
    exitCode: container.exitCode,
    lastStatus: container.lastStatus,
    name: spec.name,
    image: spec.image,
    imageDigest: container.imageDigest,
    reason: container.reason,
    runtimeId: container.started ? container.runtimeId : undefined,
    taskArn: task.arn,
    networkInterfaces:
      task.attachmentStatus === "PRECREATED"
        ? []
        : [{ attachmentId: task.placement.attachmentId, privateIpv4Address: task.placement.address }],
    cpu: String(spec.cpuUnits),
    memory: spec.memoryMiB === undefined ? undefined : String(spec.memoryMiB),
    memoryReservation: spec.memoryReservationMiB === undefined ? undefined : String(spec.memoryReservationMiB),
    managedAgents: task.enableExecuteCommand
      ? [{ name: "ExecuteCommandAgent", status: container.lastStatus === "STOPPED" ? "STOPPED" : "PENDING" }]
      : undefined,
  });
};
