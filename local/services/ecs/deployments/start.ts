/** A new deployment of a service: its revision, its place before the others, its first step. */
import { arnOf } from "../../../contract.ts";
import { flag, text } from "../input.ts";
import { tasksOf } from "../scheduler/counts.ts";
import { breakerOf } from "../scheduler/failures.ts";
import { deploymentEvent } from "../scheduler/say.ts";
import type { Ecs, EcsService, TaskDefinition } from "../state.ts";
import { watchAlarms } from "./alarms.ts";
import type { Deployment, ServiceDeployment, ServiceRevision } from "./deployment.ts";
import { stopHooks } from "./hooks.ts";
import { stepsOf } from "./steps.ts";
import { begin } from "./walk.ts";

/** Seconds from PENDING to IN_PROGRESS; 1.6 in the published answer. */
const PENDING_SECONDS = 1.5;

/** Starts a deployment of the service as it now stands, with this task definition. */
export function startDeployment(ecs: Ecs, service: EcsService, definition: TaskDefinition): ServiceDeployment {
  const nowMs = ecs.cloud.clock.now();
  supersede(ecs, service);
  const rolling = (text(service.deploymentConfiguration, "strategy") ?? "ROLLING") === "ROLLING";
  const revision = newRevision(ecs, service, definition);
  const deployment: Deployment = {
    id: `ecs-svc/${digits(ecs)}`,
    service,
    revision,
    status: "PRIMARY",
    rolloutState: "IN_PROGRESS",
    rolloutStateReason: "",
    failedTasks: 0,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    launching: false,
    wanted: false,
    startFailures: 0,
    launchAfterMs: 0,
    impairedReported: false,
    breaker: rolling && flag(breakerOf(service), "enable") ? "MONITORING" : "DISABLED",
  };
  const sources = service.deployments.filter((old) => old === service.lastCompleted || tasksOf(old).length > 0);
  for (const old of service.deployments) {
    old.status = "ACTIVE";
    old.wanted = !rolling && old === service.lastCompleted;
  }
  service.deployments = [deployment, ...service.deployments];
  service.blockedReported = false;
  const started: ServiceDeployment = {
    arn: arnOf(ecs.cloud, "ecs", `service-deployment/${service.cluster.name}/${service.name}/${letters(ecs, 21)}`),
    service,
    deployment,
    sources: sources.map((old) => old.revision),
    target: revision,
    fallback: service.lastCompleted,
    configuration: service.deploymentConfiguration,
    createdAtMs: nowMs,
    startedAtMs: undefined,
    finishedAtMs: undefined,
    stoppedAtMs: undefined,
    updatedAtMs: nowMs,
    status: "PENDING",
    statusReason: undefined,
    rollback: undefined,
    lifecycleStage: undefined,
    hooks: [],
    steps: stepsOf(service.deploymentConfiguration, sources.length),
    stepIndex: -1,
    stepTimer: undefined,
    triggeredAlarms: [],
    testShifted: false,
    targetWeight: 0,
  };
  service.currentServiceDeployment = started;
  service.history.unshift(started);
  ecs.serviceDeployments.set(started.arn, started);
  deploymentEvent(ecs, deployment, "IN_PROGRESS", `ECS deployment ${deployment.id} in progress.`);
  started.stepTimer = ecs.cloud.clock.at(nowMs + PENDING_SECONDS * 1000, `start of ${deployment.id}`, () => {
    started.status = "IN_PROGRESS";
    started.startedAtMs = ecs.cloud.clock.now();
    watchAlarms(ecs, started);
    begin(ecs, started);
  });
  return started;
}

/** A deployment that is still under way gives way to the next. */
function supersede(ecs: Ecs, service: EcsService): void {
  const current = service.currentServiceDeployment;
  if (current === undefined || current.finishedAtMs !== undefined) return;
  stopHooks(current);
  current.stepTimer?.cancel();
  current.status = "STOPPED";
  current.statusReason = "A newer service deployment was started.";
  current.stoppedAtMs = ecs.cloud.clock.now();
  current.finishedAtMs = ecs.cloud.clock.now();
  current.updatedAtMs = ecs.cloud.clock.now();
  current.deployment.launching = false;
}

function newRevision(ecs: Ecs, service: EcsService, definition: TaskDefinition): ServiceRevision {
  const arn = arnOf(ecs.cloud, "ecs", `service-revision/${service.cluster.name}/${service.name}/${digits(ecs)}`);
  const createdAtMs = ecs.cloud.clock.now();
  const revision = { arn, service, definition, settings: service.settings, createdAtMs, digests: new Map() };
  ecs.serviceRevisions.set(arn, revision);
  return revision;
}

const pick = (ecs: Ecs, alphabet: string, length: number): string =>
  Array.from({ length }, () => alphabet[Math.floor(ecs.cloud.random.next() * alphabet.length)]).join("");

const digits = (ecs: Ecs): string => pick(ecs, "123456789", 1) + pick(ecs, "0123456789", 18);

/** An id as ECS makes them for service deployments. */
const letters = (ecs: Ecs, length: number): string =>
  pick(ecs, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", length);
