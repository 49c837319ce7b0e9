import { createCloud } from "../../cloud.ts";
import type { Cloud, JsonObject, Principal, Service } from "../../contract.ts";
import type { CloudWatchDoor, EcsDoor } from "../../neighbours.ts";
import { createCloudWatchService } from "../cloudwatch/service.ts";
import { createEventsService } from "../events/service.ts";
import { createApplicationAutoScalingService } from "./service.ts";

/** The person at the machine. */
export const OWNER: Principal = { kind: "owner" };
const startAtMs = Date.parse("2026-01-02T03:00:00Z");
const TARGET = {
  ServiceNamespace: "ecs",
  ResourceId: "service/prod/web",
  ScalableDimension: "ecs:service:DesiredCount",
};

/** One service whose tasks start at once, and whose CPU follows a load shared by them. */
/** One service whose tasks start at once, and whose CPU follows a load that they share. */
export const world = () => {
  const service = { desired: 2, deploying: false, load: 100, changes: [] as number[] };
  const ecs = (cloud: Cloud): Service => {
    const door: Pick<EcsDoor, "service" | "setDesiredCount"> = {
      service: (cluster, name) =>
        cluster === "prod" && name === "web"
          ? {
              arn: "arn",
              cluster,
              name,
              desiredCount: service.desired,
              runningCount: service.desired,
              pendingCount: 0,
              isDeploying: service.deploying,
              taskDefinitionArn: "td",
              taskRoleArn: undefined,
              tags: {},
              bill: { vcpuSeconds: 0, gbSeconds: 0 },
              tasks: [],
            }
          : undefined,
      setDesiredCount: (_cluster, _name, count) => {
        service.desired = count;
        service.changes.push(count);
      },
    };
    cloud.expose("ecs", door);
    return { name: "world", operations: {}, resources: {} };
  };
  const services = [ecs, createEventsService, createCloudWatchService, createApplicationAutoScalingService];
  const local = createCloud({ startAtMs, services });
  for (const each of local.services.values()) each.start?.(local.cloud);
  const ask = (operation: string, input: JsonObject) =>
    local.request(OWNER, { service: "application-autoscaling", operation, input: { ...TARGET, ...input } });
  /** Lets minutes pass, each with its CPU reading of the load per task. */
  const minutes = async (count: number) => {
    const dimensions = { ClusterName: "prod", ServiceName: "web" };
    for (let minute = 0; minute < count; minute += 1) {
      const cpu = Math.min(100, service.load / service.desired);
      local.cloud.neighbour<CloudWatchDoor>("cloudwatch").put("AWS/ECS", "CPUUtilization", dimensions, cpu);
      await local.clock.advance(local.clock.now() + 60_000);
    }
  };
  const track = (configuration: JsonObject = {}) =>
    ask("PutScalingPolicy", {
      PolicyName: "cpu",
      PolicyType: "TargetTrackingScaling",
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 70,
        PredefinedMetricSpecification: { PredefinedMetricType: "ECSServiceAverageCPUUtilization" },
        ScaleOutCooldown: 300,
        ScaleInCooldown: 300,
        ...configuration,
      },
    });
  const register = (input: JsonObject = {}) =>
    ask("RegisterScalableTarget", { MinCapacity: 2, MaxCapacity: 20, ...input });
  return { service, local, ask, minutes, track, register };
};
