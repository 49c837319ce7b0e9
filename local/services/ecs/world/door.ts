/** The door of ECS: what the world outside the API may do to services, and what neighbours may ask. */
import type { Conditions, EcsDoor, EcsServiceView } from "../../../neighbours.ts";
import { counts, primaryOf } from "../scheduler/counts.ts";
import { serviceAction } from "../scheduler/say.ts";
import { wake } from "../scheduler/wake.ts";
import type { Ecs, EcsService } from "../state.ts";
import { findTaskDefinition } from "../task-definitions.ts";
import { feel } from "../tasks/die.ts";
import { mainContainer, memoryLimitMiB, taskMemoryUsedMiB } from "../tasks/memory.ts";
import type { TaskStatus } from "../tasks/task.ts";
import { billOf } from "./billing.ts";
import type { Consumers } from "./consumers.ts";

/** The door that neighbours and the control door reach ECS by. */
export function ecsDoor(ecs: Ecs, consumers: Consumers): EcsDoor {
  const found = (cluster: string, name: string): EcsService => {
    const service = ecs.clusters.get(cluster)?.services.get(name);
    if (service === undefined || service.status === "INACTIVE")
      throw new Error(`reaching service ${cluster}/${name}: there is none; there are ${names(ecs).join(", ")}`);
    return service;
  };
  return {
    services: () =>
      [...ecs.clusters.values()].flatMap(({ services }) =>
        [...services.values()].filter(({ status }) => status !== "INACTIVE").map((service) => view(ecs, service)),
      ),
    service: (cluster, name) => {
      const service = ecs.clusters.get(cluster)?.services.get(name);
      return service && service.status !== "INACTIVE" ? view(ecs, service) : undefined;
    },
    suffer: (cluster, name, conditions) => suffer(ecs, found(cluster, name), conditions),
    setDesiredCount: (cluster, name, count) => {
      const service = found(cluster, name);
      if (service.desiredCount === count) return;
      service.desiredCount = count;
      serviceAction(ecs, service, "INFO", "SERVICE_DESIRED_COUNT_UPDATED", { desiredCount: count });
      wake(ecs, service);
    },
    consume: (queueArn, consumption) => consumers.consume(queueArn, consumption),
    consumed: (queueArn) => consumers.tally(queueArn),
    setDeregistrationDelay: (targetGroupArn, seconds) => {
      ecs.drainSeconds.set(targetGroupArn, seconds);
    },
    images: () => {
      const definitions = [...ecs.families.values()].flatMap(({ revisions }) => revisions);
      return [...new Set(definitions.flatMap(({ containers }) => containers.map(({ image }) => image)))];
    },
  };
}

const ALIVE: ReadonlySet<TaskStatus> = new Set(["RUNNING", "DEACTIVATING"]);

const names = (ecs: Ecs): readonly string[] =>
  [...ecs.clusters.values()].flatMap(({ name, services }) => [...services.keys()].map((each) => `${name}/${each}`));

/** Conditions are merged: what is not named stays as it was. */
function suffer(ecs: Ecs, service: EcsService, conditions: Conditions): void {
  service.conditions = { ...service.conditions, ...conditions };
  for (const task of service.tasks)
    if (ALIVE.has(task.lastStatus) && task.executionStoppedAtMs === undefined) feel(ecs, task);
}

function view(ecs: Ecs, service: EcsService): EcsServiceView {
  const nowMs = ecs.cloud.clock.now();
  const primary = primaryOf(service);
  const definition = primary?.revision.definition ?? service.history[0]?.target.definition;
  const walk = service.currentServiceDeployment;
  return {
    arn: service.arn,
    cluster: service.cluster.name,
    name: service.name,
    desiredCount: service.desiredCount,
    ...counts(service.tasks),
    taskDefinitionArn: definition?.arn ?? "",
    taskRoleArn: findTaskDefinition(ecs, definition?.arn ?? "")?.taskRoleArn,
    tags: Object.fromEntries(service.tags),
    isDeploying: walk !== undefined && walk.finishedAtMs === undefined,
    bill: billOf(service, nowMs),
    tasks: [...service.tasks].map((task) => ({
      arn: task.arn,
      lastStatus: task.lastStatus,
      startedAtMs: task.startedAtMs,
      memoryUsedMiB: Math.round(taskMemoryUsedMiB(task, nowMs)),
      memoryLimitMiB: memoryLimitMiB(task, mainContainer(task.definition.containers).name),
      protectedUntilMs:
        task.protectedUntilMs !== undefined && task.protectedUntilMs > nowMs ? task.protectedUntilMs : undefined,
    })),
  };
}
