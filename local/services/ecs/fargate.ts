/** The task sizes that Fargate sells. Source: ECS developer guide, "fargate-tasks-services". */

const GIB = 1024;
const steps = (fromGiB: number, toGiB: number, stepGiB: number): readonly number[] =>
  Array.from({ length: (toGiB - fromGiB) / stepGiB + 1 }, (_, index) => (fromGiB + index * stepGiB) * GIB);

/** Memory sizes in MiB by CPU units. The 32 vCPU row of the page is left out: the API text stops at 16. */
export const FARGATE_MEMORY_MIB: ReadonlyMap<number, readonly number[]> = new Map([
  [256, [512, 1 * GIB, 2 * GIB]],
  [512, steps(1, 4, 1)],
  [1024, steps(2, 8, 1)],
  [2048, steps(4, 16, 1)],
  [4096, steps(8, 30, 1)],
  [8192, steps(16, 60, 4)],
  [16384, steps(32, 120, 8)],
]);

/** CPU units of `256`, `.25 vCPU` or `1 vCPU`; undefined when it is neither. */
export const cpuUnitsOf = (cpu: string): number | undefined => {
  if (/^\d+$/.test(cpu)) return Number(cpu);
  const virtual = /^(\d*\.?\d+)\s*vcpu$/i.exec(cpu.trim());
  return virtual ? Number(virtual[1]) * 1024 : undefined;
};

/** MiB of `512`, `1 GB` or `0.5GB`; undefined when it is neither. */
export const memoryMiBOf = (memory: string): number | undefined => {
  if (/^\d+$/.test(memory)) return Number(memory);
  const gigabytes = /^(\d*\.?\d+)\s*gb$/i.exec(memory.trim());
  return gigabytes ? Number(gigabytes[1]) * GIB : undefined;
};
