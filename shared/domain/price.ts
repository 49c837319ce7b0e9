/** What Fargate costs, on demand, on Linux. */
import type { TaskSize } from "./service.ts";

export type Architecture = "X86_64" | "ARM64";

export interface FargatePrices {
  readonly usdPerVcpuHour: number;
  readonly usdPerGBHour: number;
  /** True when the region's own price is not in the table and that of us-east-1 stands in. */
  readonly isEstimate: boolean;
}

/** AWS's own convention for a month. */
const HOURS_PER_MONTH = 730;

/** us-east-1, Linux, on demand. Source: https://www.vantage.sh/blog/fargate-pricing, compared on 2026-11-23. */
const US_EAST_1: Readonly<Record<Architecture, Omit<FargatePrices, "isEstimate">>> = {
  X86_64: { usdPerVcpuHour: 0.04048, usdPerGBHour: 0.004445 },
  ARM64: { usdPerVcpuHour: 0.03238, usdPerGBHour: 0.00356 },
};

/** The prices of a region; outside us-east-1 they are an estimate, and say so. */
export const fargatePrices = (region: string | undefined, architecture: Architecture): FargatePrices => ({
  ...US_EAST_1[architecture],
  isEstimate: region !== "us-east-1",
});

/** usd/h = vCPU × usd per vCPU-hour + GiB × usd per GB-hour (AWS's GB is 1,024 MiB here). */
export const usdPerHour = ({ cpuUnits, memoryMiB }: TaskSize, prices: FargatePrices): number =>
  (cpuUnits / 1024) * prices.usdPerVcpuHour + (memoryMiB / 1024) * prices.usdPerGBHour;

/** What so many tasks of this size cost in US dollars a month, when they run all of it. */
export const usdPerMonth = (size: TaskSize, taskCount: number, prices: FargatePrices): number =>
  usdPerHour(size, prices) * taskCount * HOURS_PER_MONTH;

/** Dollars to the cent. */
export const roundUsd = (usd: number): number => Math.round(usd * 100) / 100;
