/** Gathers the facts of a memory kill and wires the reaction to the road; every decision is the policy's. */
import * as v from "valibot";
import { explain, type Resolved, resolveSettings } from "#shared/config/resolve.ts";
import type { Config } from "#shared/config/schema.ts";
import { parseServiceArn } from "#shared/domain/arn.ts";
import { stackNameOf, type Tags } from "#shared/domain/tags.ts";
import { dayOf, hourOf, monthOf, secondsBetween } from "#shared/domain/time.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { AccountState, Ledger, ServiceItem } from "#shared/ports/ledger.ts";
import type { Mailbox } from "#shared/ports/mailbox.ts";
import type { Publisher } from "#shared/ports/publisher.ts";
import type { Services, Stacks } from "#shared/ports/services.ts";
import { createEngine } from "#shared/runtime/engine.ts";
import { type Message, parseEvent } from "#shared/runtime/inbox.ts";
import type { Invocation } from "#shared/runtime/lambda.ts";
import { createRoad, type Judgement, type Outcome, type Reaction } from "#shared/runtime/reaction.ts";
import { killOf, TaskStateChange } from "./event.ts";
import type { AccountFacts, ObservedKill, OomFacts, OomHistory } from "./facts.ts";
import { decide } from "./policy.ts";
import { oomSteps } from "./steps.ts";

export interface OomDeps {
  readonly config: Config;
  readonly services: Services;
  readonly stacks: Stacks;
  readonly ledger: Ledger;
  readonly publisher: Publisher;
  readonly mailbox: Mailbox;
  readonly clock: Clock;
  readonly invocation: Invocation;
}

/** Kills kept per service: enough for any window's count, small in an item. */
const KILLS_KEPT = 50;

/** Longer than the function's timeout of one minute, so that a holder whose lease is over is dead. */
const LEASE_SECONDS = 90;

/** AWS refills one task definition write a second for the whole account; half of it is ours.
 *  Source: ECS developer guide, request-throttling. */
const REGISTER_GROUP = "task-definition-write";
const REGISTER_INTERVAL_MS = 2000;

const DeploymentChange = v.object({ resources: v.pipe(v.array(v.string()), v.minLength(1)) });

const isSame = (kill: { taskArn: string; container: string }, other: ObservedKill): boolean =>
  kill.taskArn === other.taskArn && kill.container === other.container;

const stored = ({ taskArn, container, revision, at, ranSeconds, version }: ObservedKill) => ({
  taskArn,
  container,
  revision,
  at,
  ranSeconds,
  version,
});

const historyOf = ({ active, ...item }: ServiceItem, now: Date): OomHistory => ({
  kills: item.kills,
  activePlan: active && { id: active.plan.id, kind: active.plan.kind, decidedFor: active.plan.decidedFor },
  cooldownUntil: item.cooldownUntil,
  raisesToday: item.acts.day === dayOf(now) ? item.acts.count : 0,
  breakerOpenUntil: item.breaker.openUntil,
  waitingForDeploymentSince: item.waitingForDeploymentSince,
  addedUsdPerMonth: item.addedUsdPerMonth,
});

const accountFacts = (account: AccountState | undefined, now: Date, windowSeconds: number): AccountFacts => ({
  isPaused: account?.isPaused ?? false,
  servicesInTrouble: Object.values(account?.troubled ?? {}).filter((at) => secondsBetween(at, now) <= windowSeconds)
    .length,
  actsThisHour: account?.acts.hour === hourOf(now) ? account.acts.count : 0,
  addedUsdThisMonth: account?.addedUsd.month === monthOf(now) ? account.addedUsd.amount : 0,
});

const settingsOf = ({ settings: { oom, limits, account, brakes } }: Resolved) => ({
  ...oom,
  ...limits,
  ...account,
  ...brakes,
});

/** The reaction to memory kills, over its ports. */
export const createOom = (deps: OomDeps): ((message: Message) => Promise<Outcome>) => {
  const { config, services, stacks, ledger, publisher, mailbox, clock, invocation } = deps;

  const resolvedFor = (kill: ObservedKill, tags: Tags = {}): Resolved =>
    resolveSettings(config, kill.service && { ...kill.service, tags });

  const judged = (facts: OomFacts, resolved: Resolved, account: AccountState | undefined): Judgement => {
    const settings = settingsOf(resolved);
    const explained = explain(resolved, ["oom", "limits", "account", "brakes"]);
    const { cooldownSeconds, failuresUntilOpen, breakerOpenSeconds } = settings;
    return {
      decision: decide(facts, settings),
      mode: settings.mode,
      admission: {
        group: REGISTER_GROUP,
        intervalMs: REGISTER_INTERVAL_MS,
        maxActsPerHour: settings.actsPerHour,
        maxUsdPerMonth: settings.addedUsdPerMonth,
      },
      aftermath: { cooldownSeconds, failuresUntilOpen, breakerOpenSeconds },
      settings: explained,
      account,
    };
  };

  const judge = async (kill: ObservedKill, item: ServiceItem): Promise<Judgement> => {
    const now = clock.now();
    const nothing = { service: undefined, taskDefinition: undefined, running: undefined, stack: undefined };
    const known = { trigger: "kill", now, kill, history: historyOf(item, now) } as const;
    if (!kill.service || item.active) {
      const resolved = resolvedFor(kill);
      return judged({ ...known, ...nothing, account: accountFacts(undefined, now, 0) }, resolved, undefined);
    }
    const service = await services.describe(kill.service);
    const resolved = resolvedFor(kill, service?.tags);
    const { correlationWindowSeconds: windowSeconds, correlationServices } = resolved.settings.account;
    if (!service || resolved.settings.oom.mode === "off") {
      return judged({ ...known, ...nothing, service, account: accountFacts(undefined, now, 0) }, resolved, undefined);
    }
    const stackId = service.tags["aws:cloudformation:stack-id"];
    const [account, taskDefinition, revisions, isUpdating] = await Promise.all([
      ledger.noteTrouble(kill.service, new Date(kill.at), correlationServices * 4),
      services.taskDefinition(service.taskDefinitionArn),
      services.revisions(service.serviceRevisionArns),
      stackId ? stacks.isUpdating(stackId) : undefined,
    ]);
    const facts: OomFacts = {
      ...known,
      service,
      taskDefinition,
      running: revisions.find((revision) => revision.taskDefinitionArn === service.taskDefinitionArn),
      stack: isUpdating === undefined ? undefined : { name: stackNameOf(service.tags) ?? "", isUpdating },
      account: accountFacts(account, now, windowSeconds),
    };
    return judged(facts, resolved, account);
  };

  const reaction: Reaction<ObservedKill> = {
    name: "oom",
    service: (kill) => kill.service,
    incident: ({ service, group, revision }) =>
      `oom/${service ? `${service.cluster}/${service.name}` : group}/${revision.slice(revision.lastIndexOf("/") + 1)}`,
    isKnown: ({ kills }, kill) => kills.some((one) => isSame(one, kill)),
    remember: (item, kill, reason) => ({
      ...item,
      kills: [...item.kills, stored(kill)].slice(-KILLS_KEPT),
      waitingForDeploymentSince:
        reason === "deployment-in-progress" ? (item.waitingForDeploymentSince ?? clock.now().toISOString()) : undefined,
    }),
    judge,
  };

  const engine = createEngine({
    ledger,
    publisher,
    mailbox,
    clock,
    ports: { services },
    steps: oomSteps,
    leaseSeconds: LEASE_SECONDS,
    ...invocation,
  });
  const road = createRoad(reaction, { ledger, publisher, clock, engine });

  const wake = async (event: unknown): Promise<Outcome> => {
    const { resources } = parseEvent(DeploymentChange, event, "an ECS deployment state change");
    const ref = parseServiceArn(resources[0] ?? "");
    if (ref) await engine.resume(ref, { isWoken: true });
    return { decision: "resumed", reason: "deployment-changed", incident: undefined };
  };

  return async (message) => {
    if (message.kind === "resume") {
      await engine.resume(message.service, { isWoken: false });
      return { decision: "resumed", reason: undefined, incident: undefined };
    }
    if (message.kind === "resend") return { decision: "ignored", reason: "not-ours", incident: undefined };
    if (message.detailType === "ECS Deployment State Change") return wake(message.event);
    const kill = killOf(parseEvent(TaskStateChange, message.event, "an ECS task state change"));
    return kill ? road.handle(kill) : { decision: "ignored", reason: "no-memory-kill", incident: undefined };
  };
};
