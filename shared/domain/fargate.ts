/** The task sizes that Fargate sells. Source: ECS developer guide, "Task CPU and memory" (fargate-tasks-services). */
import { type FargatePrices, usdPerHour } from "./price.ts";
import type { TaskSize } from "./service.ts";

const GIB = 1024;

/** Memory sizes from `from` to `to` GiB in steps. */
const gibs = (from: number, to: number, step: number): readonly number[] =>
  Array.from({ length: (to - from) / step + 1 }, (_, index) => (from + index * step) * GIB);

interface Row {
  readonly cpuUnits: number;
  readonly memoriesMiB: readonly number[];
  readonly windows: boolean;
}

const ROWS: readonly Row[] = [
  { cpuUnits: 256, memoriesMiB: [512, 1 * GIB, 2 * GIB], windows: false },
  { cpuUnits: 512, memoriesMiB: gibs(1, 4, 1), windows: false },
  { cpuUnits: 1024, memoriesMiB: gibs(2, 8, 1), windows: true },
  { cpuUnits: 2048, memoriesMiB: gibs(4, 16, 1), windows: true },
  { cpuUnits: 4096, memoriesMiB: gibs(8, 30, 1), windows: true },
  { cpuUnits: 8192, memoriesMiB: gibs(16, 60, 4), windows: false },
  { cpuUnits: 16384, memoriesMiB: gibs(32, 120, 8), windows: false },
];

/** On the developer guide's page only; RegisterTaskDefinition's own text stops at 16 vCPU, so it needs an opt-in. */
const ROW_OF_32_VCPU: Row = { cpuUnits: 32768, memoriesMiB: [60 * GIB, 120 * GIB, 244 * GIB], windows: false };

export interface SizeOptions {
  readonly isWindows?: boolean;
  /** Whether 32 vCPU may be offered; off unless asked for. */
  readonly allow32Vcpu?: boolean;
}

/** Every size on offer, CPU first, memory second, both rising. */
export const fargateSizes = ({ isWindows = false, allow32Vcpu = false }: SizeOptions = {}): readonly TaskSize[] =>
  (allow32Vcpu ? [...ROWS, ROW_OF_32_VCPU] : ROWS)
    .filter(({ windows }) => windows || !isWindows)
    .flatMap(({ cpuUnits, memoriesMiB }) => memoriesMiB.map((memoryMiB) => ({ cpuUnits, memoryMiB })));

/** True when Fargate sells this pair. */
export const isFargateSize = (size: TaskSize, options: SizeOptions = {}): boolean =>
  fargateSizes(options).some(({ cpuUnits, memoryMiB }) => cpuUnits === size.cpuUnits && memoryMiB === size.memoryMiB);

/** The cheapest size with at least this memory and no less CPU; undefined when none is sold. */
export function cheapestSizeHolding(
  memoryMiB: number,
  notBelowCpuUnits: number,
  prices: FargatePrices,
  options: SizeOptions = {},
): TaskSize | undefined {
  return fargateSizes(options)
    .filter((size) => size.memoryMiB >= memoryMiB && size.cpuUnits >= notBelowCpuUnits)
    .toSorted((one, other) => usdPerHour(one, prices) - usdPerHour(other, prices))[0];
}
