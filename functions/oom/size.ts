/** How much memory should hold: first the killed container's own limit, which is free, then the task's size. */
import { cheapestSizeHolding } from "#shared/domain/fargate.ts";
import { type FargatePrices, usdPerMonth } from "#shared/domain/price.ts";
import type { TaskSize } from "#shared/domain/service.ts";
import type { ContainerLimits } from "#shared/domain/step.ts";
import type { ContainerDefinition } from "#shared/domain/task-definition.ts";

export interface SizeRequest {
  readonly size: TaskSize;
  readonly containers: readonly ContainerDefinition[];
  /** Names of the containers killed for memory. */
  readonly killed: readonly string[];
  /** Limits of the containers that AWS adds; they count against the task's memory. */
  readonly injectedMiB: number;
  /** The new memory is at least the old times this. */
  readonly ratio: number;
  readonly desiredCount: number;
  readonly prices: FargatePrices;
  readonly maxMemoryMiB: number;
  readonly maxCpuUnits: number;
  /** What may still be added to the service's monthly bill. */
  readonly leftUsdPerMonth: number;
  readonly allow32Vcpu: boolean;
}

export interface Raise {
  readonly kind: "raise";
  readonly size: TaskSize;
  /** New hard limits of the killed containers that have one. */
  readonly containers: readonly ContainerLimits[];
  /** Added US dollars a month at the desired count. */
  readonly usdPerMonth: number;
}

/** What stands in the way of the memory that should hold. */
export interface Ceiling {
  readonly kind: "ceiling";
  readonly ceiling: "memory" | "cpu" | "money" | "table";
  readonly neededMiB: number;
  readonly usdPerMonth: number | undefined;
}

interface Limited {
  readonly name: string;
  readonly limitMiB: number;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** The killed containers with a hard limit of their own: only that limit, raised, gives them more. */
const limitedOf = ({ containers, killed }: SizeRequest): readonly Limited[] =>
  containers.flatMap(({ name, memoryMiB }) =>
    memoryMiB !== undefined && killed.includes(name) ? [{ name, limitMiB: memoryMiB }] : [],
  );

/** What is spoken for beside them: the hard limit of every other container, else its reservation, and AWS's own. */
const spokenForMiB = ({ containers, injectedMiB }: SizeRequest, limited: readonly Limited[]): number =>
  injectedMiB +
  sum(
    containers
      .filter(({ name }) => !limited.some((one) => one.name === name))
      .map(({ memoryMiB, memoryReservationMiB = 0 }) => memoryMiB ?? memoryReservationMiB),
  );

const targetMiB = ({ limitMiB }: Limited, ratio: number): number => Math.ceil(limitMiB * ratio);

/**
 * New limits in a larger task: each keeps its share of what the task gained, and gets its target at least.
 * limit = max(⌈old × ratio⌉, old + gained × old ÷ sum of old), unless that does not fit; then the targets.
 */
function limitsIn(
  gainedMiB: number,
  roomMiB: number,
  limited: readonly Limited[],
  ratio: number,
): readonly ContainerLimits[] {
  const oldMiB = sum(limited.map(({ limitMiB }) => limitMiB));
  const shared = limited.map((one) => ({
    name: one.name,
    memoryMiB: Math.max(targetMiB(one, ratio), one.limitMiB + Math.floor((gainedMiB * one.limitMiB) / oldMiB)),
  }));
  if (sum(shared.map(({ memoryMiB }) => memoryMiB)) <= roomMiB) return shared;
  return limited.map((one) => ({ name: one.name, memoryMiB: targetMiB(one, ratio) }));
}

/** The raise that should hold, or the ceiling in its way. CPU is never lowered. */
export function sizeFor(request: SizeRequest): Raise | Ceiling {
  const { size, ratio, prices, desiredCount, killed, containers } = request;
  const limited = limitedOf(request);
  const spokenMiB = spokenForMiB(request, limited);
  const targetsMiB = sum(limited.map((one) => targetMiB(one, ratio)));
  const isLimitTheCause =
    limited.length > 0 && containers.every(({ name, memoryMiB }) => !killed.includes(name) || memoryMiB !== undefined);
  if (isLimitTheCause && spokenMiB + targetsMiB <= size.memoryMiB)
    return { kind: "raise", size, containers: limitsIn(0, size.memoryMiB - spokenMiB, limited, ratio), usdPerMonth: 0 };

  const neededMiB = Math.max(Math.ceil(size.memoryMiB * ratio), spokenMiB + targetsMiB);
  const to = cheapestSizeHolding(neededMiB, size.cpuUnits, prices, { allow32Vcpu: request.allow32Vcpu });
  if (to === undefined) return { kind: "ceiling", ceiling: "table", neededMiB, usdPerMonth: undefined };
  const usd = usdPerMonth(to, desiredCount, prices) - usdPerMonth(size, desiredCount, prices);
  const ceiling = ceilingOf(to, usd, request);
  if (ceiling !== undefined) return { kind: "ceiling", ceiling, neededMiB, usdPerMonth: usd };
  const limits = limitsIn(to.memoryMiB - size.memoryMiB, to.memoryMiB - spokenMiB, limited, ratio);
  return { kind: "raise", size: to, containers: limits, usdPerMonth: usd };
}

function ceilingOf(to: TaskSize, usd: number, request: SizeRequest): Ceiling["ceiling"] | undefined {
  if (to.memoryMiB > request.maxMemoryMiB) return "memory";
  if (to.cpuUnits > request.maxCpuUnits) return "cpu";
  return usd > request.leftUsdPerMonth ? "money" : undefined;
}
