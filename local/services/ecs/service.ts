/** Amazon ECS on Fargate: an honest small model of its API, its service scheduler and its tasks. */
import type { Cloud, Service } from "../../contract.ts";
import { checkWalk, tripBreaker } from "./deployments/walk.ts";
import { clusterOperations } from "./operations/clusters.ts";
import { deploymentOperations } from "./operations/deployments.ts";
import { protectionOperations } from "./operations/protection.ts";
import { serviceOperations } from "./operations/services.ts";
import { tagOperations } from "./operations/tags.ts";
import { taskDefinitionOperations } from "./operations/task-definitions.ts";
import { taskOperations } from "./operations/tasks.ts";
import { updateServiceOperation } from "./operations/update-service.ts";
import { ecsResources } from "./resources/resources.ts";
import { countFailure, countHealthy } from "./scheduler/failures.ts";
import { reconcile } from "./scheduler/reconcile.ts";
import { wake } from "./scheduler/wake.ts";
import type { Ecs } from "./state.ts";
import { billStopped } from "./world/billing.ts";
import { Consumers } from "./world/consumers.ts";
import { ecsDoor } from "./world/door.ts";
import { startMetrics } from "./world/metrics.ts";

/** Creates ECS; its door is named `ecs`. */
export function createEcsService(cloud: Cloud): Service {
  const ecs: Ecs = {
    cloud,
    clusters: new Map(),
    families: new Map(),
    tasks: new Map(),
    serviceDeployments: new Map(),
    serviceRevisions: new Map(),
    launches: { tokens: 100, filledAtMs: cloud.clock.now() },
    drainSeconds: new Map(),
    listeners: {
      changed: (task) => {
        if (task.lastStatus === "RUNNING" && task.desiredStatus === "RUNNING") consumers.running(task);
        billStopped(task, cloud.clock.now());
        if (task.service) wake(ecs, task.service);
      },
      healthy: (task) => {
        if (task.deployment) countHealthy(task.deployment);
        if (task.service) wake(ecs, task.service);
      },
      failed: (task) => countFailure(ecs, task),
      woken: (service) => reconcile(ecs, service),
      reconciled: (walk) => checkWalk(ecs, walk),
      tripped: (walk) => tripBreaker(ecs, walk),
      terminated: (task) => consumers.terminated(task),
      ended: (task) => consumers.ended(task),
      busyFraction: (task) => consumers.busyFraction(task),
    },
  };
  const consumers = new Consumers(ecs);
  cloud.expose("ecs", ecsDoor(ecs, consumers));
  return {
    name: "ecs",
    operations: {
      ...clusterOperations(ecs),
      ...taskDefinitionOperations(ecs),
      ...serviceOperations(ecs),
      UpdateService: updateServiceOperation(ecs),
      ...taskOperations(ecs),
      ...deploymentOperations(ecs),
      ...protectionOperations(ecs),
      ...tagOperations(ecs),
    },
    resources: ecsResources(ecs),
    start: () => startMetrics(ecs),
  };
}
