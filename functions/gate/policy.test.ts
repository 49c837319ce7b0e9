import { describe, expect, test } from "vitest";
import { judge } from "#shared/gate/judge.ts";
import type { DeploymentVerdict } from "#shared/gate/judge-deployment.ts";
import { finding, gateSettings, judgeFacts, NOW, scan } from "../../test/builders/gate.ts";
import { decideHook, decideRolling, type GateSwitches, type HookFacts, type RollingFacts } from "./policy.ts";
import { escalationMeanings, holdMeanings } from "./reasons.ts";

const SUBJECT = {
  arn: "arn:aws:ecs:us-east-1:111122223333:service/production/api#1",
  cluster: "production",
  name: "api",
};
const TARGET = "arn:aws:ecs:us-east-1:111122223333:task-definition/api:2";
const EARLIER = "arn:aws:ecs:us-east-1:111122223333:task-definition/api:1";
const DEPLOYMENT = "arn:aws:ecs:us-east-1:111122223333:service-deployment/production/api/1";

const verdict = (
  over: Partial<DeploymentVerdict> = {},
  severities: ("CRITICAL" | "HIGH")[] = [],
): DeploymentVerdict => {
  const judged = judge(judgeFacts({ scan: scan(severities.map((severity) => finding({ severity }))) }), gateSettings());
  return {
    outcome: judged.outcome,
    isPending: false,
    passes: undefined,
    justification: undefined,
    containers: [{ container: "app", reference: "api:v1", repository: "api", digest: "sha256:1", verdict: judged }],
    ...over,
  };
};
const ALLOW = verdict();
const ASK = verdict({
  outcome: "ask",
  containers: ALLOW.containers.map((each) => ({ ...each, verdict: { ...each.verdict, outcome: "ask" } })),
});
const BLOCK = verdict({}, ["CRITICAL"]);
const PENDING = verdict({ outcome: "ask", isPending: true });

const switches = (over: Partial<GateSwitches> = {}): GateSwitches => ({
  mode: "act",
  paused: false,
  answersPauseHooks: true,
  rollingMode: "act",
  promoteMode: "act",
  gateSteadyWithinSeconds: 1800,
  ...over,
});

const hook = (over: Partial<HookFacts> = {}): HookFacts => ({
  subject: SUBJECT,
  deployment: DEPLOYMENT,
  hookId: "ecs-pause-1",
  isPaused: false,
  service: { isActive: true, deployment: DEPLOYMENT },
  taskDefinitionArn: TARGET,
  verdict: ALLOW,
  ...over,
});

const said = ({ decision, mode }: ReturnType<typeof decideHook>) =>
  decision.kind === "act"
    ? [decision.plan.steps.map((step) => ("action" in step ? step.action : step.do)).join(" "), mode]
    : [decision.reason];

describe("a waiting hook", () => {
  // biome-ignore format: a table reads as a table
  test.each<[string, Partial<HookFacts>, Partial<GateSwitches>, string[]]>([
    ["lets on what passes", {}, {}, ["CONTINUE", "act"]],
    ["sends back what is blocked", { verdict: BLOCK }, {}, ["ROLLBACK", "act"]],
    ["asks a person whether to let on what is asked about", { verdict: ASK }, {}, ["CONTINUE", "ask"]],
    ["offers to send back, where it may only ask", { verdict: BLOCK }, { mode: "ask" }, ["ROLLBACK", "ask"]],
    ["lets on what passes where it may only ask", {}, { mode: "ask" }, ["CONTINUE", "act"]],
    ["lets everything on while it observes", { verdict: BLOCK }, { mode: "observe" }, ["CONTINUE", "act"]],
    ["does not wait for a scan while it observes", { verdict: PENDING }, { mode: "observe" }, ["CONTINUE", "act"]],
    ["waits for a scan", { verdict: PENDING }, {}, ["scan-in-progress"]],
    ["is left alone where the gate is off", {}, { mode: "off" }, ["not-enrolled"]],
    ["is left alone where it is somebody else's", {}, { answersPauseHooks: false }, ["not-our-hook"]],
    ["is left alone while the account is paused", { isPaused: true }, {}, ["paused"]],
    ["is left alone while the service is paused", {}, { paused: true }, ["paused"]],
    ["of a service that is gone", { service: undefined }, {}, ["service-gone"]],
    ["of a service that is being deleted", { service: { isActive: false, deployment: DEPLOYMENT } }, {}, ["service-gone"]],
    ["of a deployment that another one replaced", { service: { isActive: true, deployment: "another" } }, {}, ["deployment-over"]],
    ["of a service that does not tell its deployment is judged", { service: { isActive: true, deployment: undefined } }, {}, ["CONTINUE", "act"]],
    ["whose deployment brings nothing that can be told", { verdict: undefined }, {}, ["deployment-over"]],
    ["whose revision cannot be told", { taskDefinitionArn: undefined }, {}, ["deployment-over"]],
  ])("%s", (_, facts, by, expected) => {
    expect(said(decideHook(hook(facts), switches(by)))).toEqual(expected);
  });

  test("that is only observed says what it would have said", () => {
    const { decision } = decideHook(hook({ verdict: BLOCK }), switches({ mode: "observe" }));
    expect(decision.evidence).toMatchObject({ observed: "block", verdict: "block" });
  });

  test("is answered by one call, told as what it leads to", () => {
    const planOf = (facts: Partial<HookFacts>) => {
      const { decision } = decideHook(hook(facts), switches());
      return [decision.evidence, decision.kind === "act" ? decision.plan : undefined];
    };
    const plan = { service: SUBJECT, decidedFor: TARGET, usdPerMonth: 0 };
    const answer = { do: "continue-deployment", deployment: DEPLOYMENT, hookId: "ecs-pause-1" };
    const evidence = { door: "hook", revision: TARGET, deployment: DEPLOYMENT, hookId: "ecs-pause-1" };
    expect(planOf({})).toEqual([
      expect.objectContaining({ ...evidence, verdict: "allow" }),
      { ...plan, kind: "let-deployment-on", steps: [{ ...answer, action: "CONTINUE" }] },
    ]);
    expect(planOf({ verdict: BLOCK })).toEqual([
      expect.objectContaining({ ...evidence, verdict: "block" }),
      { ...plan, kind: "send-deployment-back", steps: [{ ...answer, action: "ROLLBACK" }] },
    ]);
  });

  test("says who paused it", () => {
    expect(decideHook(hook({ isPaused: true }), switches()).decision.evidence).toEqual({ by: "account" });
    expect(decideHook(hook(), switches({ paused: true })).decision.evidence).toEqual({ by: "settings" });
  });
});

const rolling = (over: Partial<RollingFacts> = {}): RollingFacts => ({
  subject: SUBJECT,
  now: NOW,
  isPaused: false,
  service: { isActive: true, controller: "ECS", isHooked: false },
  isRollback: false,
  isAskedAgain: false,
  deployment: { arn: DEPLOYMENT, status: "going-on", createdAt: "2026-11-23T11:58:20.000Z" },
  taskDefinitionArn: TARGET,
  verdict: BLOCK,
  wasKnownBad: true,
  isCriticalAndExploitable: false,
  isOurs: false,
  target: { taskDefinitionArn: EARLIER, verdict: ALLOW, images: { app: "api@sha256:0" } },
  serviceRevision: "arn:revision/2",
  images: { app: "api@sha256:1" },
  ...over,
});

describe("a deployment that no hook holds", () => {
  const service = { isActive: true, controller: "ECS", isHooked: false };
  const created = { arn: DEPLOYMENT, createdAt: "2026-11-23T11:58:20.000Z" };
  const back = "stop-deployment wait-until-rolled-back";
  // biome-ignore format: a table reads as a table
  test.each<[string, Partial<RollingFacts>, Partial<GateSwitches>, string[]]>([
    ["is stopped when its image was known as bad", {}, {}, [back, "act"]],
    ["is stopped when a critical finding can be exploited", { wasKnownBad: false, isCriticalAndExploitable: true }, {}, [back, "act"]],
    ["is only offered to be stopped when it was found bad meanwhile", { wasKnownBad: false }, {}, [back, "ask"]],
    ["is only offered to be stopped where that is the setting", {}, { rollingMode: "ask" }, [back, "ask"]],
    ["is only offered to be stopped where the gate may only ask", {}, { mode: "ask" }, [back, "ask"]],
    ["is only told where the gate observes", {}, { mode: "observe" }, [back, "observe"]],
    ["is only offered to be stopped when it is our own", { isOurs: true }, {}, [back, "ask"]],
    ["is only offered to be stopped when a person is to be asked", { verdict: ASK }, {}, [back, "ask"]],
    ["that passes", { verdict: ALLOW }, {}, ["passed"]],
    ["that changes no image", { verdict: verdict({ outcome: "allow", passes: "unchanged" }) }, {}, ["unchanged"]],
    ["that goes back", { verdict: verdict({ outcome: "allow", passes: "goes-back" }) }, {}, ["goes-back"]],
    ["that breaks the glass", { verdict: verdict({ outcome: "allow", passes: "break-glass" }) }, {}, ["break-glass"]],
    ["whose scan goes on", { verdict: PENDING }, {}, ["scan-in-progress"]],
    ["that has nothing to go back to", { target: undefined }, {}, ["nothing-to-go-back-to"]],
    ["that would go back to something as bad", { target: { taskDefinitionArn: EARLIER, verdict: BLOCK, images: {} } }, {}, ["no-better-target"]],
    ["that goes back already, as its event says", { isRollback: true }, {}, ["rolling-back"]],
    ["that goes back already, as ECS says", { deployment: { ...created, status: "rolling-back" } }, {}, ["rolling-back"]],
    ["that is over", { deployment: { ...created, status: "ended" } }, {}, ["deployment-over"]],
    ["that could not go back", { deployment: { ...created, status: "rollback-failed" } }, {}, ["deployment-over"]],
    ["that another one replaced", { deployment: undefined }, {}, ["deployment-over"]],
    ["whose verdict cannot be told", { verdict: undefined }, {}, ["deployment-over"]],
    ["whose revision cannot be told", { taskDefinitionArn: undefined }, {}, ["deployment-over"]],
    ["of a hooked service", { service: { ...service, isHooked: true } }, {}, ["hooked"]],
    ["of CodeDeploy", { service: { ...service, controller: "CODE_DEPLOY" } }, {}, ["other-controller"]],
    ["of a service that is gone", { service: undefined }, {}, ["service-gone"]],
    ["of a service that is being deleted", { service: { ...service, isActive: false } }, {}, ["service-gone"]],
    ["where the gate is off", {}, { mode: "off" }, ["not-enrolled"]],
    ["while the account is paused", { isPaused: true }, {}, ["paused"]],
    ["while the service is paused", {}, { paused: true }, ["paused"]],
    ["whose rollback is offered already", { isAskedAgain: true }, {}, ["already-under-way"]],
    ["that is complete before its rollback was approved is offered to be replaced by the earlier image", { isAskedAgain: true, deployment: { ...created, status: "completed" } }, {}, ["deploy-image deploy-revision wait-until-steady", "ask"]],
    ["that is complete is offered to be replaced by the earlier image", { deployment: { ...created, status: "completed" } }, {}, ["deploy-image deploy-revision wait-until-steady", "ask"]],
  ])("%s", (_, facts, by, expected) => {
    expect(said(decideRolling(rolling(facts), switches(by)))).toEqual(expected);
  });

  test("says why it is left alone", () => {
    const evidence = (facts: Partial<RollingFacts>, by: Partial<GateSwitches> = {}) =>
      decideRolling(rolling(facts), switches(by)).decision.evidence;
    expect(evidence({ isPaused: true })).toEqual({ by: "account" });
    expect(evidence({}, { paused: true })).toEqual({ by: "settings" });
    expect(evidence({ service: { ...service, controller: "EXTERNAL" } })).toEqual({ controller: "EXTERNAL" });
  });

  test("says how long the image has been exposed, and why it may be stopped", () => {
    const { decision } = decideRolling(rolling(), switches());
    expect(decision).toMatchObject({ plan: { kind: "roll-back-deployment", decidedFor: TARGET } });
    expect(decision.evidence).toMatchObject({
      door: "event",
      exposedSeconds: 100,
      wasKnownBad: true,
      targetVerdict: "allow",
    });
  });

  test("that is complete goes back to the earlier images by digest, and knows the way forward again", () => {
    const completed = { ...created, status: "completed" } as const;
    const { decision } = decideRolling(rolling({ deployment: completed }), switches());
    expect(decision).toMatchObject({
      evidence: { tooLate: true },
      plan: {
        kind: "return-to-earlier-image",
        steps: [
          { do: "deploy-image", basedOn: EARLIER, images: { app: "api@sha256:0" }, goesBack: true },
          {
            do: "deploy-revision",
            replaces: TARGET,
            serviceRevision: "arn:revision/2",
            backTo: { app: "api@sha256:1" },
          },
          { do: "wait-until-steady" },
        ],
      },
    });
  });
});

test("every reason says what it means in a sentence", () => {
  for (const meaning of Object.values({ ...holdMeanings, ...escalationMeanings }))
    expect(meaning).toMatch(/^[A-Z].*\.$/);
});
