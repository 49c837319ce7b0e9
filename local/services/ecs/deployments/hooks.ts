/** Lifecycle hooks of one stage: Lambda functions that are asked, pauses that wait for an answer. */
import type { Json, JsonObject } from "../../../contract.ts";
import type { CallsDoor, IamDoor, LambdaDoor } from "../../../neighbours.ts";
import { structure, text, whole } from "../input.ts";
import type { Ecs } from "../state.ts";
import { asIso } from "../time.ts";
import type { Hook, ServiceDeployment } from "./deployment.ts";
import { hooksAt } from "./steps.ts";

const DEFAULT_TIMEOUT_MINUTES = 1440;
const DEFAULT_CALL_BACK_SECONDS = 30;
const ANSWERS: ReadonlySet<string> = new Set(["SUCCEEDED", "FAILED", "IN_PROGRESS"]);

/** Runs all hooks of a stage side by side; `done` hears why the stage failed, or nothing when it may go on. */
export function runHooks(
  ecs: Ecs,
  walk: ServiceDeployment,
  stage: string,
  restSeconds: number,
  done: (failure?: string) => void,
): void {
  const { clock } = ecs.cloud;
  const configured = hooksAt(walk.configuration, stage);
  if (configured.length === 0) {
    walk.hooks = [];
    walk.stepTimer = clock.at(clock.now() + restSeconds * 1000, `${stage} of ${walk.deployment.id}`, () => done());
    return;
  }
  const hooks = configured.map((configuration) => newHook(ecs, configuration, stage));
  walk.hooks = hooks;
  const settle = (hook: Hook, status: "SUCCEEDED" | "FAILED" | "TIMED_OUT"): void => {
    if (isSettled(hook)) return;
    hook.status = status;
    for (const timer of hook.timers) timer.cancel();
    announce(ecs, walk, hook, status);
    const passes = status === "SUCCEEDED" || (status === "TIMED_OUT" && hook.timeoutAction === "CONTINUE");
    if (!passes) {
      stopHooks(walk);
      done(`Lifecycle hook ${hook.id} ${status === "FAILED" ? "failed" : "timed out"} at ${stage}.`);
      return;
    }
    if (hooks.every(isSettled)) done();
  };
  for (const hook of hooks) {
    hook.timers.push(clock.at(hook.expiresAtMs, `end of ${hook.id}`, () => settle(hook, "TIMED_OUT")));
    hook.settle = (status) => settle(hook, status);
    announce(ecs, walk, hook, hook.type === "PAUSE" ? "AWAITING_ACTION" : "IN_PROGRESS");
    if (hook.type === "AWS_LAMBDA") ask(ecs, walk, hook);
  }
}

const isSettled = ({ status }: Hook): boolean => status !== "IN_PROGRESS" && status !== "AWAITING_ACTION";

/** Nobody waits for the hooks of this deployment any more. */
export function stopHooks(walk: ServiceDeployment): void {
  for (const hook of walk.hooks) {
    for (const timer of hook.timers) timer.cancel();
    hook.settle = () => {};
  }
}

function newHook(ecs: Ecs, configuration: JsonObject, stage: string): Hook {
  const type = text(configuration, "targetType") === "PAUSE" ? "PAUSE" : "AWS_LAMBDA";
  const timeout = structure(configuration, "timeoutConfiguration") ?? {};
  const minutes = whole(timeout, "timeoutInMinutes") ?? DEFAULT_TIMEOUT_MINUTES;
  const bytes = Buffer.from(ecs.cloud.random.hex(64), "hex").toString("base64url");
  return {
    id: `ecs-${type === "PAUSE" ? "pause" : "lambda"}-${bytes}`,
    type,
    stage,
    targetArn: text(configuration, "hookTargetArn"),
    roleArn: text(configuration, "roleArn"),
    status: type === "PAUSE" ? "AWAITING_ACTION" : "IN_PROGRESS",
    expiresAtMs: ecs.cloud.clock.now() + minutes * 60_000,
    timeoutAction: text(timeout, "action") === "CONTINUE" ? "CONTINUE" : "ROLLBACK",
    details: structure(configuration, "hookDetails") ?? {},
    timers: [],
    settle: () => {},
  };
}

/** `ECS Hook State Change`. */
function announce(ecs: Ecs, walk: ServiceDeployment, hook: Hook, state: string): void {
  const { clock, random } = ecs.cloud;
  const nanoseconds = String(Math.floor(random.next() * 1e6)).padStart(6, "0");
  ecs.cloud.emit({
    source: "aws.ecs",
    detailType: "ECS Hook State Change",
    resources: [walk.arn],
    detail: {
      eventType: state === "FAILED" || state === "TIMED_OUT" ? "ERROR" : "INFO",
      eventName: `HOOK_${state}`,
      hookId: hook.id,
      hookType: hook.type,
      expiresAt: asIso(Math.floor(hook.expiresAtMs / 1000) * 1000),
      lifecycleStage: hook.stage,
      clusterArn: walk.service.cluster.arn,
      serviceArn: walk.service.arn,
      serviceDeploymentArn: walk.arn,
      updatedAt: new Date(clock.now()).toISOString().replace("Z", `${nanoseconds}Z`),
    },
  });
}

/** Calls the hook's function as the hook's role, and again as often as it answers IN_PROGRESS. */
function ask(ecs: Ecs, walk: ServiceDeployment, hook: Hook): void {
  const { targetArn, roleArn } = hook;
  if (targetArn === undefined || roleArn === undefined || !mayInvoke(ecs, targetArn, roleArn)) {
    hook.settle("FAILED");
    return;
  }
  // The promise is not the clock's: a function may sleep in virtual time, and holds the clock while it works.
  void ecs.cloud
    .neighbour<LambdaDoor>("lambda")
    .invoke(targetArn, payload(ecs, walk, hook))
    .then(
      (answer) => take(ecs, walk, hook, answer.functionError === undefined ? answer.payload : null),
      () => hook.settle("FAILED"),
    );
}

function mayInvoke(ecs: Ecs, functionArn: string, roleArn: string): boolean {
  if (!ecs.cloud.neighbour<IamDoor>("iam").trusts(roleArn, "ecs.amazonaws.com")) return false;
  const principal = { kind: "role", roleArn, sessionName: "ECS-Lambda-Execution" } as const;
  const needs = [{ action: "lambda:InvokeFunction", resource: functionArn }];
  return ecs.cloud.neighbour<CallsDoor>("calls").check(principal, "lambda", "Invoke", needs);
}

const objectOf = (value: Json | undefined): JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};

function take(ecs: Ecs, walk: ServiceDeployment, hook: Hook, answer: Json): void {
  if (isSettled(hook)) return;
  const { hookStatus, callBackDelay, hookDetails } = objectOf(answer);
  if (typeof hookStatus !== "string" || !ANSWERS.has(hookStatus)) {
    hook.settle("FAILED");
    return;
  }
  if (hookStatus !== "IN_PROGRESS") {
    hook.settle(hookStatus === "SUCCEEDED" ? "SUCCEEDED" : "FAILED");
    return;
  }
  hook.details = { ...hook.details, ...objectOf(hookDetails) };
  const seconds = typeof callBackDelay === "number" && callBackDelay > 0 ? callBackDelay : DEFAULT_CALL_BACK_SECONDS;
  const atMs = ecs.cloud.clock.now() + seconds * 1000;
  hook.timers.push(ecs.cloud.clock.at(atMs, `next call of ${hook.id}`, () => ask(ecs, walk, hook)));
}

function payload(ecs: Ecs, walk: ServiceDeployment, hook: Hook): Json {
  const weights = (percent: number): JsonObject => ({
    [walk.target.arn]: percent,
    ...Object.fromEntries(walk.sources.slice(0, 1).map(({ arn }) => [arn, 100 - percent])),
  });
  const back = walk.rollback !== undefined;
  return {
    executionId: ecs.cloud.random.uuid(),
    lifecycleStage: hook.stage,
    resourceArn: walk.arn,
    executionDetails: {
      serviceArn: walk.service.arn,
      targetServiceRevisionArn: walk.target.arn,
      testTrafficWeights: hook.stage === "TEST_TRAFFIC_SHIFT" ? weights(back ? 0 : 100) : {},
      productionTrafficWeights: /^(PRE_)?PRODUCTION_TRAFFIC_SHIFT$/.test(hook.stage) ? weights(walk.targetWeight) : {},
    },
    ...(Object.keys(hook.details).length > 0 ? { hookDetails: hook.details } : {}),
  };
}
