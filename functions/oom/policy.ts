/** Give a service whose tasks are killed for memory the size that should hold, or name the reason why not. */
import { type Evidence, escalate, hold } from "#shared/domain/decision.ts";
import type { ObservedKill } from "#shared/domain/kill.ts";
import type { ServiceState } from "#shared/domain/service.ts";
import { isBefore, isOlderThan, secondsBetween } from "#shared/domain/time.ts";
import type { OomFacts, OomSettings, SeenFacts } from "./facts.ts";
import { raise } from "./raise.ts";
import type { No, OomDecision } from "./reasons.ts";
import { type Counted, countKills } from "./threshold.ts";

/** What every answer about a kill tells of it. */
const killEvidence = ({ kill }: SeenFacts): Evidence => ({
  container: kill.container,
  killedContainers: kill.containers,
  taskArn: kill.taskArn,
  revision: kill.revision,
  killedAt: kill.at,
  ranSeconds: kill.ranSeconds,
});

const withKill = (facts: SeenFacts, decision: OomDecision): OomDecision => ({
  ...decision,
  evidence: { ...killEvidence(facts), ...decision.evidence },
});

/** The decision about one kill. Reasons are asked in the order of `OomHold`; the first that holds is the answer. */
export function decide(facts: OomFacts, settings: OomSettings): OomDecision {
  const seen = judgeSeen(facts, settings);
  if (seen.kind !== "open") return withKill(facts, seen);
  const { service, counted } = seen;
  return withKill(facts, notNow(facts, settings) ?? raise(facts, service, counted, settings));
}

/** The same decision where it does not depend on what else would be read; undefined where it does. A storm's kills end here. */
export function decideEarly(facts: SeenFacts, settings: OomSettings): OomDecision | undefined {
  const seen = judgeSeen(facts, settings);
  return seen.kind === "open" ? undefined : withKill(facts, seen);
}

interface Open {
  readonly kind: "open";
  readonly service: ServiceState;
  readonly counted: Counted;
}

function judgeSeen(facts: SeenFacts, settings: OomSettings): No | Open {
  const { service } = facts;
  const no = switchedOff(facts, settings) ?? notThisKill(facts, settings);
  if (no) return no;
  if (service?.status !== "ACTIVE") return hold("service-gone");
  const counted = countKills(facts, service, settings);
  return (
    notThisService(facts, service) ??
    tooFew(facts, counted, settings) ??
    foreignDeployment(facts, service, settings) ?? { kind: "open", service, counted }
  );
}

function switchedOff({ account }: SeenFacts, { mode, paused }: OomSettings): No | undefined {
  if (mode === "off") return hold("not-enrolled");
  return paused || account.isPaused ? hold("paused", { by: paused ? "settings" : "account" }) : undefined;
}

/** AWS's own container with a limit of its own: a larger task gives it nothing. */
const hasItsOwnLimit = ({ isInjected, injectedMiB }: ObservedKill): boolean => isInjected && injectedMiB > 0;

/** What the kill and the ledger tell, before the service itself is looked at. */
function notThisKill({ kill, history, now }: SeenFacts, settings: OomSettings): No | undefined {
  if (kill.service === undefined) return hold("standalone-task", { group: kill.group });
  // A kill that waits for someone else's deployment is as old as it was when it began to wait.
  const waitingSince = history.waitingForDeploymentSince;
  const seenAt = waitingSince !== undefined && isBefore(kill.at, waitingSince) ? waitingSince : now;
  if (isOlderThan(kill.at, settings.staleAfterSeconds, seenAt))
    return hold("stale", { ageSeconds: secondsBetween(kill.at, seenAt) });
  if (kill.wasBeingStopped) return hold("being-stopped");
  if (hasItsOwnLimit(kill)) return hold("injected-container", { injectedMiB: kill.injectedMiB });
  const { activePlan } = history;
  return activePlan ? hold("already-under-way", { plan: activePlan.id, planKind: activePlan.kind }) : undefined;
}

function notThisService({ kill, taskDefinition }: SeenFacts, service: ServiceState): No | undefined {
  const { controller, launchType, isWindows, taskDefinitionArn } = service;
  if (controller !== "ECS") return hold("other-controller", { controller });
  if (launchType !== "FARGATE") return hold("ec2-launch-type", { launchType });
  if (isWindows || taskDefinition?.isWindows) return hold("windows");
  return kill.revision === taskDefinitionArn ? undefined : hold("already-replaced", { running: taskDefinitionArn });
}

function tooFew({ account }: SeenFacts, counted: Counted, settings: OomSettings): No | undefined {
  const { killsInWindow, killedTasksPercent, trigger } = counted;
  if (trigger === undefined) return hold("below-threshold", { killsInWindow, killedTasksPercent });
  return account.servicesInTrouble >= settings.correlationServices
    ? hold("correlation", { servicesInTrouble: account.servicesInTrouble })
    : undefined;
}

function foreignDeployment(
  { history, now }: SeenFacts,
  { deployments }: ServiceState,
  settings: OomSettings,
): No | undefined {
  const deployment = deployments.find(({ rolloutState }) => rolloutState === "IN_PROGRESS")?.id;
  if (deployment === undefined) return undefined;
  const waitedSeconds = secondsBetween(history.waitingForDeploymentSince ?? now, now);
  return waitedSeconds >= settings.foreignDeploymentLimitSeconds
    ? escalate("deployment-never-ends", { deployment, waitedSeconds })
    : hold("deployment-in-progress", { deployment, waitedSeconds });
}

const isAhead = (until: string | undefined, { now }: OomFacts): until is string =>
  until !== undefined && isBefore(now, until);

function notNow(facts: OomFacts, settings: OomSettings): No | undefined {
  const { history, account, stack } = facts;
  if (stack?.isUpdating) return hold("stack-in-progress", { stack: stack.name });
  if (isAhead(history.cooldownUntil, facts)) return hold("cooldown", { until: history.cooldownUntil });
  if (history.raisesToday >= settings.maxRaisesPerDay)
    return hold("budget-service", { raisesToday: history.raisesToday });
  if (account.actsThisHour >= settings.actsPerHour)
    return hold("budget-account", { actsThisHour: account.actsThisHour });
  return isAhead(history.breakerOpenUntil, facts)
    ? escalate("breaker-open", { until: history.breakerOpenUntil })
    : undefined;
}
