/** The raise itself: its size, its price, its digests, and the plan made of them. */
import { parseArn } from "#shared/domain/arn.ts";
import { act, type Evidence, escalate, hold } from "#shared/domain/decision.ts";
import type { ObservedKill } from "#shared/domain/kill.ts";
import type { PlanDraft } from "#shared/domain/plan.ts";
import { fargatePrices, roundUsd } from "#shared/domain/price.ts";
import type { ServiceState, TaskSize } from "#shared/domain/service.ts";
import type { TaskDefinition } from "#shared/domain/task-definition.ts";
import type { OomFacts, OomSettings } from "./facts.ts";
import { pinsOf } from "./pins.ts";
import type { OomDecision } from "./reasons.ts";
import { type Raise, sizeFor } from "./size.ts";
import type { Counted } from "./threshold.ts";

/** The plan that should hold, or the reason why there is none. */
export function raise(facts: OomFacts, service: ServiceState, counted: Counted, settings: OomSettings): OomDecision {
  const { kill, taskDefinition, running, history, account } = facts;
  if (taskDefinition?.arn !== service.taskDefinitionArn || !taskDefinition.size)
    return escalate("revision-unknown", { running: service.taskDefinitionArn });
  const { size } = taskDefinition;
  const prices = fargatePrices(parseArn(taskDefinition.arn)?.region, taskDefinition.architecture);
  const raised = sizeFor({
    size,
    containers: taskDefinition.containers,
    killed: kill.containers,
    injectedMiB: kill.injectedMiB,
    ratio: counted.isEarly ? Math.max(settings.raiseRatio, settings.earlyRaiseRatio) : settings.raiseRatio,
    desiredCount: service.desiredCount,
    prices,
    maxMemoryMiB: settings.maxMemoryMiB,
    maxCpuUnits: settings.maxCpuUnits,
    leftUsdPerMonth: settings.maxAddedUsdPerMonth - history.addedUsdPerMonth,
    allow32Vcpu: settings.allow32Vcpu,
  });
  if (raised.kind === "ceiling")
    return escalate("at-ceiling", { ceiling: raised.ceiling, memoryMiB: size.memoryMiB, neededMiB: raised.neededMiB });
  if (raised.usdPerMonth > 0 && account.addedUsdThisMonth + raised.usdPerMonth > settings.addedUsdPerMonth)
    return hold("budget-account", {
      addedUsdThisMonth: account.addedUsdThisMonth,
      usdPerMonth: roundUsd(raised.usdPerMonth),
    });
  const { pins, unknown } = pinsOf(taskDefinition, running);
  if (unknown.length > 0) return escalate("digest-unknown", { containers: unknown });
  const evidence = {
    ...counted,
    ...raiseEvidence(kill, taskDefinition, size, raised),
    priceIsEstimate: prices.isEstimate,
  };
  return act(planOf(service, running?.arn, raised, pins, settings), evidence);
}

/** The same load shows as this share of the old CPU utilisation, which scaling on CPU will follow. */
const cpuUtilizationFactor = (from: TaskSize, to: TaskSize): number => from.cpuUnits / to.cpuUnits;

function raiseEvidence(
  { container }: ObservedKill,
  { containers }: TaskDefinition,
  from: TaskSize,
  { size, ...raised }: Raise,
): Evidence {
  return {
    fromMemoryMiB: from.memoryMiB,
    toMemoryMiB: size.memoryMiB,
    fromCpuUnits: from.cpuUnits,
    toCpuUnits: size.cpuUnits,
    cpuRowChanged: size.cpuUnits !== from.cpuUnits,
    cpuUtilizationFactor: cpuUtilizationFactor(from, size),
    containerFromMiB: containers.find(({ name }) => name === container)?.memoryMiB,
    containerToMiB: raised.containers.find(({ name }) => name === container)?.memoryMiB,
    isFree: raised.usdPerMonth === 0,
    usdPerMonth: roundUsd(raised.usdPerMonth),
  };
}

function planOf(
  { ref, taskDefinitionArn }: ServiceState,
  serviceRevision: string | undefined,
  { size, containers, usdPerMonth }: Raise,
  pins: Readonly<Record<string, string>>,
  { steadyWithinSeconds, watchSeconds }: OomSettings,
): PlanDraft {
  return {
    kind: "raise-memory",
    service: ref,
    decidedFor: taskDefinitionArn,
    usdPerMonth: roundUsd(usdPerMonth),
    steps: [
      { do: "raise-memory", basedOn: taskDefinitionArn, size, containers, pins },
      { do: "deploy-revision", replaces: taskDefinitionArn, ...(serviceRevision && { serviceRevision }) },
      { do: "wait-until-steady", atMostSeconds: steadyWithinSeconds },
      { do: "watch-for-kills", forSeconds: watchSeconds },
    ],
  };
}
