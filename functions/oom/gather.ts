/** Reads what the policy must know of a kill: the service, its revision, its digests, its stack, the account. */
import { explain, type Resolved, resolveSettings } from "#shared/config/resolve.ts";
import type { Config } from "#shared/config/schema.ts";
import { tagName } from "#shared/config/tag.ts";
import { inTroubleAround, servicesRemembered } from "#shared/domain/correlation.ts";
import type { ObservedKill } from "#shared/domain/kill.ts";
import type { PlanProgress } from "#shared/domain/plan.ts";
import type { ServiceState } from "#shared/domain/service.ts";
import { stackNameOf, type Tags } from "#shared/domain/tags.ts";
import { dayOf, hourOf, monthOf } from "#shared/domain/time.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { AccountState, Ledger, ServiceItem } from "#shared/ports/ledger.ts";
import type { Services, Stacks } from "#shared/ports/services.ts";
import type { Judgement } from "#shared/runtime/reaction.ts";
import type { AccountFacts, OomFacts, OomHistory, OomSettings, SeenFacts } from "./facts.ts";
import { decide, decideEarly } from "./policy.ts";
import type { OomDecision } from "./reasons.ts";

export interface GatherDeps {
  readonly config: Config;
  readonly services: Services;
  readonly stacks: Stacks;
  readonly ledger: Ledger;
  readonly clock: Clock;
}

/** AWS refills one task definition write a second for the whole account; half of it is ours.
 *  Source: ECS developer guide, request-throttling. */
const REGISTER_GROUP = "task-definition-write";
const REGISTER_INTERVAL_MS = 2000;

const MODE_TAG = tagName("oom", "mode");
const STACK_ID_TAG = "aws:cloudformation:stack-id";

/** What a kill has to wait for. Another reaction's proposal is a question to a person: it gives way to a raise. */
const inTheWay = ({ active }: ServiceItem): PlanProgress | undefined =>
  active?.status === "awaiting-approval" && active.plan.reaction !== "oom" ? undefined : active;

const planFacts = ({ plan }: PlanProgress): OomHistory["activePlan"] => ({
  id: plan.id,
  kind: plan.kind,
  decidedFor: plan.decidedFor,
});

const historyOf = (item: ServiceItem, active: PlanProgress | undefined, now: Date): OomHistory => ({
  kills: item.kills,
  activePlan: active && planFacts(active),
  cooldownUntil: item.cooldownUntil,
  raisesToday: item.acts.day === dayOf(now) ? item.acts.count : 0,
  breakerOpenUntil: item.breaker.openUntil,
  waitingForDeploymentSince: item.waiting?.since,
  addedUsdPerMonth: item.addedUsdPerMonth,
});

/** A death of what runs now. An old reason that rides on a scale-in, or a revision that is gone, is no sign of a storm. */
const isTrouble = (kill: ObservedKill, { taskDefinitionArn }: ServiceState): boolean =>
  !kill.wasBeingStopped && kill.revision === taskDefinitionArn;

const accountFacts = (account: AccountState | undefined, now: Date, servicesInTrouble = 0): AccountFacts => ({
  isPaused: account?.isPaused ?? false,
  servicesInTrouble,
  actsThisHour: account?.acts.hour === hourOf(now) ? account.acts.count : 0,
  addedUsdThisMonth: account?.addedUsd.month === monthOf(now) ? account.addedUsd.amount : 0,
});

const flat = ({ settings: { oom, limits, account, brakes } }: Resolved): OomSettings => ({
  ...oom,
  ...limits,
  ...account,
  ...brakes,
});

const judged = (decision: OomDecision, resolved: Resolved, account?: AccountState): Judgement => {
  const { oom, account: shared } = resolved.settings;
  const { cooldownSeconds, failuresUntilOpen, breakerOpenSeconds } = oom;
  return {
    decision,
    mode: oom.mode,
    aftermath: { cooldownSeconds, failuresUntilOpen, breakerOpenSeconds },
    admission: {
      group: REGISTER_GROUP,
      intervalMs: REGISTER_INTERVAL_MS,
      maxActsPerHour: shared.actsPerHour,
      maxUsdPerMonth: shared.addedUsdPerMonth,
    },
    settings: explain(resolved, ["oom", "limits", "account", "brakes"]),
    account,
  };
};

/** Gathers and decides; reads AWS only as far as the answer is still open. */
export const createJudge = ({ config, services, stacks, ledger, clock }: GatherDeps) => {
  const resolvedFor = (kill: ObservedKill, tags: Tags = {}): Resolved =>
    resolveSettings(config, kill.service && { ...kill.service, tags });

  return async (kill: ObservedKill, item: ServiceItem): Promise<Judgement> => {
    const now = clock.now();
    const active = inTheWay(item);
    const known = { trigger: "kill", now, kill, history: historyOf(item, active, now) } as const;
    const unread = {
      taskDefinition: undefined,
      running: undefined,
      stack: undefined,
      account: accountFacts(undefined, now),
    };
    if (!kill.service || active) {
      // The service's tags were read when its plan was made; its mode is still that plan's.
      const resolved = resolvedFor(kill, active ? { [MODE_TAG]: active.plan.mode } : {});
      return judged(decide({ ...known, ...unread, service: undefined }, flat(resolved)), resolved);
    }
    const service = await services.describe(kill.service);
    const resolved = resolvedFor(kill, service?.tags);
    const settings = flat(resolved);
    if (!service || settings.mode === "off")
      return judged(decide({ ...known, ...unread, service }, settings), resolved);

    const { correlationWindowSeconds, correlationServices } = resolved.settings.account;
    const [account, taskDefinition] = await Promise.all([
      isTrouble(kill, service)
        ? ledger.noteTrouble(kill.service, new Date(kill.at), servicesRemembered(correlationServices))
        : ledger.account(),
      services.taskDefinition(service.taskDefinitionArn),
    ]);
    const seen: SeenFacts = {
      ...known,
      service,
      taskDefinition,
      // Around the kill, not around now: one that is told late was part of its storm all the same.
      account: accountFacts(account, now, inTroubleAround(account.troubled, kill.at, correlationWindowSeconds).length),
    };
    const early = decideEarly(seen, settings);
    if (early) return judged(early, resolved, account);

    const stackId = service.tags[STACK_ID_TAG];
    const [revisions, isUpdating] = await Promise.all([
      services.revisions(service.serviceRevisionArns),
      stackId ? stacks.isUpdating(stackId) : undefined,
    ]);
    const facts: OomFacts = {
      ...seen,
      running: revisions.find((revision) => revision.taskDefinitionArn === service.taskDefinitionArn),
      stack: isUpdating === undefined ? undefined : { name: stackNameOf(service.tags) ?? "", isUpdating },
    };
    return judged(decide(facts, settings), resolved, account);
  };
};
