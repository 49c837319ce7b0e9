import { describe, expect, test } from "vitest";
import {
  at,
  container,
  DIGEST,
  deploying,
  earlierKill,
  facts,
  history,
  kill,
  REGISTRY,
  REVISION,
  running,
  service,
  settings,
  taskDefinition,
} from "../../test/builders/oom.ts";
import type { OomFacts, OomSettings } from "./facts.ts";
import { decide, decideEarly } from "./policy.ts";
import { escalationMeanings, holdMeanings } from "./reasons.ts";

const account = (over: Partial<OomFacts["account"]>) => ({ account: { ...facts().account, ...over } });
const killed = (over: Partial<ReturnType<typeof kill>>) => ({ kill: kill(over) });
const past = (over: Partial<ReturnType<typeof history>>) => ({
  history: history({ kills: [earlierKill(2, "09:00:00")], ...over }),
});
const NEWER = REVISION.replace(":7", ":8");

type Row = readonly [sentence: string, facts: Partial<OomFacts>, settings: Partial<OomSettings>, answer: string];

// biome-ignore format: a table reads as a table
const rows: readonly Row[] = [
  ["two kills of a revision in a day",                   {},                                                          {},                        "act"],
  ["a service that is not enrolled",                     {},                                                          { mode: "off" },           "hold not-enrolled"],
  ["observing decides the same; the road does not act",  {},                                                          { mode: "observe" },       "act"],
  ["a service that is paused",                           {},                                                          { paused: true },          "hold paused"],
  ["an account that is paused",                          account({ isPaused: true }),                                 {},                        "hold paused"],
  ["a task of no service",                               killed({ service: undefined, group: "family:x" }),           {},                        "hold standalone-task"],
  ["the last second before a kill is stale",             { now: at("12:30:00") },                                     {},                        "act"],
  ["a stale kill",                                       { now: at("12:30:01") },                                     {},                        "hold stale"],
  ["a kill from a clock ahead of ours",                  { now: at("11:59:00") },                                     {},                        "act"],
  ["waiting for a deployment does not make a kill stale", { now: at("12:59:00"), ...past({ waitingForDeploymentSince: at("12:01:00") }) }, {},  "act"],
  ["but it was stale before it waited",                  { now: at("14:00:00"), ...past({ waitingForDeploymentSince: at("12:31:00") }) }, {},   "hold stale"],
  ["an earlier kill's waiting does not save a later one", { now: at("12:31:00"), ...past({ waitingForDeploymentSince: at("11:00:00") }) }, {},  "hold stale"],
  ["a task that was being stopped anyway",               killed({ wasBeingStopped: true }),                           {},                        "hold being-stopped"],
  ["AWS's own container above its own limit",            killed({ isInjected: true, injectedMiB: 128 }),              {},                        "hold injected-container"],
  ["AWS's own container without a limit of its own",     killed({ isInjected: true, containers: ["agent"] }),         {},                        "act"],
  ["a plan under way, whatever the service looks like",  { service: undefined, ...past({ activePlan: { id: "p", kind: "raise-memory", decidedFor: REVISION } }) }, {}, "hold already-under-way"],
  ["a service deleted meanwhile",                        { service: undefined },                                      {},                        "hold service-gone"],
  ["a service that is draining",                         { service: service({ status: "DRAINING" }) },                {},                        "hold service-gone"],
  ["a service under CodeDeploy",                         { service: service({ controller: "CODE_DEPLOY" }) },         {},                        "hold other-controller"],
  ["a service of task sets",                             { service: service({ controller: "EXTERNAL" }) },            {},                        "hold other-controller"],
  ["a service on instances",                             { service: service({ launchType: "EC2" }) },                 {},                        "hold ec2-launch-type"],
  ["a Windows service",                                  { service: service({ isWindows: true }) },                   {},                        "hold windows"],
  ["a Windows task definition",                          { taskDefinition: taskDefinition({ isWindows: true }) },     {},                        "hold windows"],
  ["a kill of the revision before",                      { service: service({ taskDefinitionArn: NEWER }) },          {},                        "hold already-replaced"],
  ["the first kill of a large service",                  { ...past({ kills: [] }) },                                  {},                        "hold below-threshold"],
  ["a second kill of another revision",                  { ...past({ kills: [{ ...earlierKill(2, "09:00:00"), revision: NEWER }] }) }, {},      "hold below-threshold"],
  ["a second kill outside the window",                   {},                                                          { windowHours: 3 },        "hold below-threshold"],
  ["the last second of the window",                      { now: at("12:00:00") },                                     { windowHours: 3 },        "act"],
  ["the same kill told twice",                           { ...past({ kills: [kill({ version: 5, at: at("11:59:59") })] }) }, {},                 "hold below-threshold"],
  ["two containers of one task killed",                  { ...past({ kills: [kill({ container: "otel" })] }) },        {},                        "act"],
  ["the first kill, soon after the start",               { ...killed({ ranSeconds: 600 }), ...past({ kills: [] }) },  {},                        "act"],
  ["the first kill, a second later",                     { ...killed({ ranSeconds: 601 }), ...past({ kills: [] }) },  {},                        "hold below-threshold"],
  ["the first kill, its start unknown",                  { ...killed({ ranSeconds: undefined }), ...past({ kills: [] }) }, {},                   "hold below-threshold"],
  ["a third of the tasks",                               { ...past({ kills: [] }) },                                  { killedTasksPercent: 33 }, "act"],
  ["less than a third is asked for than was killed",     { ...past({ kills: [] }) },                                  { killedTasksPercent: 34 }, "hold below-threshold"],
  ["a service wanted at zero counts as one task",        { ...past({ kills: [] }), service: service({ desiredCount: 0 }) }, { killedTasksPercent: 100 }, "act"],
  ["many services in trouble at once",                   account({ servicesInTrouble: 5 }),                           {},                        "hold correlation"],
  ["one service less",                                   account({ servicesInTrouble: 4 }),                           {},                        "act"],
  ["someone else's deployment",                          { service: deploying() },                                    {},                        "hold deployment-in-progress"],
  ["someone else's deployment, waited for long",         { service: deploying(), now: at("13:00:59"), ...past({ waitingForDeploymentSince: at("12:01:00") }) }, {}, "hold deployment-in-progress"],
  ["someone else's deployment, waited for too long",     { service: deploying(), now: at("13:01:00"), ...past({ waitingForDeploymentSince: at("12:01:00") }) }, {}, "escalate deployment-never-ends"],
  ["a deployment that is over",                          { service: deploying("COMPLETED") },                         {},                        "act"],
  ["a stack at work",                                    { stack: { name: "s", isUpdating: true } },                  {},                        "hold stack-in-progress"],
  ["a stack at rest",                                    { stack: { name: "s", isUpdating: false } },                 {},                        "act"],
  ["the last second of the cooldown",                    { ...past({ cooldownUntil: at("12:01:01") }) },              {},                        "hold cooldown"],
  ["the cooldown just over",                             { ...past({ cooldownUntil: at("12:01:00") }) },              {},                        "act"],
  ["the day's last raise",                               { ...past({ raisesToday: 2 }) },                             {},                        "act"],
  ["a raise too many for the day",                       { ...past({ raisesToday: 3 }) },                             {},                        "hold budget-service"],
  ["the hour's last act",                                account({ actsThisHour: 9 }),                                {},                        "act"],
  ["an act too many for the hour",                       account({ actsThisHour: 10 }),                               {},                        "hold budget-account"],
  ["our own fixes failed",                               { ...past({ breakerOpenUntil: at("12:02:00") }) },           {},                        "escalate breaker-open"],
  ["our own fixes failed long ago",                      { ...past({ breakerOpenUntil: at("12:00:00") }) },           {},                        "act"],
  ["a revision that cannot be read",                     { taskDefinition: undefined },                               {},                        "escalate revision-unknown"],
  ["a revision that is not the one that runs",           { taskDefinition: taskDefinition({ arn: NEWER }) },          {},                        "escalate revision-unknown"],
  ["a revision without a size",                          { taskDefinition: taskDefinition({ size: undefined }) },     {},                        "escalate revision-unknown"],
  ["no larger size allowed",                             {},                                                          { maxMemoryMiB: 1535 },    "escalate at-ceiling"],
  ["more than the service may cost, past raises counted", { ...past({ addedUsdPerMonth: 191 }) },                     {},                        "escalate at-ceiling"],
  ["just what the service may still cost",               { ...past({ addedUsdPerMonth: 190.2 }) },                    {},                        "act"],
  ["more than the account may add this month",           account({ addedUsdThisMonth: 491 }),                         {},                        "hold budget-account"],
  ["just what the account may still add",                account({ addedUsdThisMonth: 490.2 }),                       {},                        "act"],
  ["a raise that is free, the money spent",              { ...account({ addedUsdThisMonth: 600 }), taskDefinition: taskDefinition({ containers: [container({ memoryMiB: 512 })] }) }, {}, "act"],
  ["a running digest that is not known",                 { running: running({ images: [] }) },                        {},                        "escalate digest-unknown"],
  ["no running revision known",                          { running: undefined },                                      {},                        "escalate digest-unknown"],
];

test.each(rows)("%s", (_, factsOver, settingsOver, answer) => {
  const decision = decide(facts(factsOver), settings(settingsOver));
  expect(decision.kind === "act" ? "act" : `${decision.kind} ${decision.reason}`).toBe(answer);
});

test("a kill in a storm, one of too few and one that waits for a deployment are answered early, a raise is not", () => {
  const early = (over: Partial<OomFacts>) => decideEarly(facts(over), settings());
  expect(early(account({ servicesInTrouble: 7 }))).toMatchObject({ reason: "correlation" });
  expect(early(past({ kills: [] }))).toMatchObject({ reason: "below-threshold" });
  expect(early({ service: deploying() })).toMatchObject({ reason: "deployment-in-progress" });
  expect(early({})).toBeUndefined();
});

test("a storm is told before a deployment, a deployment before a stack's update, and that before a cooldown", () => {
  const [storm, deployment] = [account({ servicesInTrouble: 7 }), { service: deploying() }];
  const later = { stack: { name: "s", isUpdating: true }, ...past({ cooldownUntil: at("12:30:00"), raisesToday: 3 }) };
  const answer = (over: Partial<OomFacts>) => decide(facts(over), settings());
  expect(answer({ ...later, ...deployment, ...storm })).toMatchObject({ reason: "correlation" });
  expect(answer({ ...later, ...deployment })).toMatchObject({ reason: "deployment-in-progress" });
  expect(answer(later)).toMatchObject({ reason: "stack-in-progress" });
  expect(answer({ ...later, stack: undefined })).toMatchObject({ reason: "cooldown" });
});

test("every reason has a row and a meaning", () => {
  const answered = new Set(rows.map(([, , , answer]) => answer.split(" ")[1]));
  const meant = [...Object.keys(holdMeanings), ...Object.keys(escalationMeanings)];
  expect(meant.filter((reason) => !answered.has(reason))).toEqual([]);
});

test("reasons are asked in the order of their list: the first that holds is told", () => {
  const everything = facts({
    ...killed({ wasBeingStopped: true, isInjected: true, injectedMiB: 1 }),
    ...account({ isPaused: true }),
    ...past({ activePlan: { id: "p", kind: "raise-memory", decidedFor: REVISION } }),
    service: service({ status: "INACTIVE" }),
    now: at("20:00:00"),
  });
  expect(decide(everything, settings())).toMatchObject({ reason: "paused" });
  expect(decide({ ...everything, account: facts().account }, settings())).toMatchObject({ reason: "stale" });
  expect(decide({ ...everything, account: facts().account, now: at("12:01:00") }, settings())).toMatchObject({
    reason: "being-stopped",
  });
});

const PLAN = { id: "p", kind: "raise-memory", decidedFor: REVISION };
const waited = { service: deploying(), now: at("12:31:00"), ...past({ waitingForDeploymentSince: at("12:01:00") }) };

// biome-ignore format: a table reads as a table
test.each<[string, Partial<OomFacts>, Partial<OomSettings>, object]>([
  ["a pause says whose it is",                          {},                                                           { paused: true },   { by: "settings" }],
  ["the account's as well",                             account({ isPaused: true }),                                  {},                 { by: "account" }],
  ["a task of no service tells its group",              killed({ service: undefined, group: "family:x" }),            {},                 { group: "family:x" }],
  ["a stale kill tells its age",                        { now: at("12:30:01") },                                      {},                 { ageSeconds: 1801 }],
  ["AWS's own container tells its limit",               killed({ isInjected: true, injectedMiB: 128 }),               {},                 { injectedMiB: 128 }],
  ["a plan under way is named",                         past({ activePlan: PLAN }),                                   {},                 { plan: "p", planKind: "raise-memory" }],
  ["the controller is named",                           { service: service({ controller: "EXTERNAL" }) },             {},                 { controller: "EXTERNAL" }],
  ["the launch type is named",                          { service: service({ launchType: "EC2" }) },                  {},                 { launchType: "EC2" }],
  ["the running revision is named",                     { service: service({ taskDefinitionArn: NEWER }) },           {},                 { running: NEWER }],
  ["too few kills are counted",                         past({ kills: [] }),                                          {},                 { killsInWindow: 1, killedTasksPercent: 33 }],
  ["services in trouble are counted",                   account({ servicesInTrouble: 7 }),                            {},                 { servicesInTrouble: 7 }],
  ["a deployment is named, with the time it took",      waited,                                                       {},                 { deployment: "ecs-svc/1", waitedSeconds: 1800 }],
  ["one that never ends as well",                       waited,                                                       { foreignDeploymentLimitSeconds: 60 }, { deployment: "ecs-svc/1", waitedSeconds: 1800 }],
  ["a stack is named",                                  { stack: { name: "s", isUpdating: true } },                   {},                 { stack: "s" }],
  ["a cooldown tells its end",                          past({ cooldownUntil: at("12:30:00") }),                      {},                 { until: at("12:30:00") }],
  ["the day's raises are counted",                      past({ raisesToday: 3 }),                                     {},                 { raisesToday: 3 }],
  ["the hour's acts are counted",                       account({ actsThisHour: 11 }),                                {},                 { actsThisHour: 11 }],
  ["the month's dollars are told, and those asked for", account({ addedUsdThisMonth: 495 }),                          {},                 { addedUsdThisMonth: 495, usdPerMonth: 9.73 }],
  ["an open breaker tells its end",                     past({ breakerOpenUntil: at("23:00:00") }),                   {},                 { until: at("23:00:00") }],
  ["a revision that cannot be read is named",           { taskDefinition: undefined },                                {},                 { running: REVISION }],
  ["the containers without a digest are named",         { running: undefined },                                       {},                 { containers: ["app"] }],
  ["a share of the tasks names itself as the trigger",  past({ kills: [] }),                                          { killedTasksPercent: 20 }, { trigger: "killed-tasks", killedTasksPercent: 33 }],
])("evidence: %s", (_, factsOver, settingsOver, evidence) => {
  expect(decide(facts(factsOver), settings(settingsOver)).evidence).toMatchObject({ ...evidence, container: "app" });
});

describe("the plan", () => {
  test("raises, deploys, waits and watches, pinned to what runs now", () => {
    expect(decide(facts(), settings())).toEqual({
      kind: "act",
      plan: {
        kind: "raise-memory",
        service: facts().kill.service,
        decidedFor: REVISION,
        usdPerMonth: 9.73,
        steps: [
          {
            do: "raise-memory",
            basedOn: REVISION,
            size: { cpuUnits: 512, memoryMiB: 2048 },
            containers: [],
            pins: { app: `${REGISTRY}/order-service@${DIGEST}` },
          },
          { do: "deploy-revision", replaces: REVISION, serviceRevision: facts().running?.arn },
          { do: "wait-until-steady", atMostSeconds: 1800 },
          { do: "watch-for-kills", forSeconds: 3600 },
        ],
      },
      evidence: {
        container: "app",
        killedContainers: ["app"],
        taskArn: "arn:aws:ecs:us-east-1:111122223333:task/production/1",
        revision: REVISION,
        killedAt: at("12:00:00"),
        ranSeconds: 9000,
        trigger: "kills-in-window",
        isEarly: false,
        killsInWindow: 2,
        killedTasksPercent: 67,
        fromMemoryMiB: 1024,
        toMemoryMiB: 2048,
        fromCpuUnits: 512,
        toCpuUnits: 512,
        cpuRowChanged: false,
        cpuUtilizationFactor: 1,
        containerFromMiB: undefined,
        containerToMiB: undefined,
        isFree: false,
        usdPerMonth: 9.73,
        priceIsEstimate: false,
      },
    });
  });

  test("an early death asks for twice the memory, and names itself as the trigger", () => {
    const { evidence } = decide(
      facts({
        ...killed({ ranSeconds: 60 }),
        taskDefinition: taskDefinition({ size: { cpuUnits: 1024, memoryMiB: 2048 } }),
      }),
      settings(),
    );
    expect(evidence).toMatchObject({ trigger: "early-death", toMemoryMiB: 4096 });
  });

  test("an early death never asks for less than any other", () => {
    const { evidence } = decide(facts(killed({ ranSeconds: 60 })), settings({ raiseRatio: 3, earlyRaiseRatio: 1.1 }));
    expect(evidence).toMatchObject({ toMemoryMiB: 3072 });
  });

  test("more CPU, forced by the memory, is told with what it does to CPU utilisation", () => {
    const top = taskDefinition({ size: { cpuUnits: 512, memoryMiB: 4096 } });
    expect(decide(facts({ taskDefinition: top }), settings()).evidence).toMatchObject({
      toMemoryMiB: 6144,
      toCpuUnits: 1024,
      cpuRowChanged: true,
      cpuUtilizationFactor: 0.5,
    });
  });

  test("the container's own limit is raised first when the task has room, which costs nothing", () => {
    const roomy = taskDefinition({ containers: [container({ memoryMiB: 512 })] });
    const decision = decide(facts({ taskDefinition: roomy }), settings());
    expect(decision).toMatchObject({
      plan: {
        usdPerMonth: 0,
        steps: [{ size: roomy.size, containers: [{ name: "app", memoryMiB: 768 }] }, {}, {}, {}],
      },
    });
    expect(decision.evidence).toMatchObject({ containerFromMiB: 512, containerToMiB: 768, isFree: true });
  });

  test.each([
    ["another region", REVISION.replace("us-east-1", "eu-south-2")],
    ["a revision without an ARN", "order-service:7"],
  ])("%s has no price of its own, so its dollars are an estimate that says so; ARM costs less", (_, elsewhere) => {
    const decision = decide(
      facts({
        ...killed({ revision: elsewhere }),
        ...past({ kills: [{ ...earlierKill(2, "09:00:00"), revision: elsewhere }] }),
        service: service({ taskDefinitionArn: elsewhere }),
        taskDefinition: taskDefinition({ arn: elsewhere, architecture: "ARM64" }),
        running: running({ taskDefinitionArn: elsewhere }),
      }),
      settings(),
    );
    expect(decision.evidence).toMatchObject({ priceIsEstimate: true, usdPerMonth: 7.8 });
  });

  test("the ceiling that is in the way is named, with what was needed", () => {
    expect(decide(facts(), settings({ maxMemoryMiB: 1024 })).evidence).toMatchObject({
      ceiling: "memory",
      memoryMiB: 1024,
      neededMiB: 1536,
    });
  });
});
