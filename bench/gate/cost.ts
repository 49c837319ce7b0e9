/** What a judgement costs beside the parsing of its pages, both as CPU time of the one thread that does them. */
import type { Threats } from "#shared/domain/finding.ts";
import type { Waiver } from "#shared/domain/waiver.ts";
import { judge } from "#shared/gate/judge.ts";
import { readScan } from "#shared/gate/read-scan.ts";
import type { GateSettings } from "#shared/gate/settings.ts";
import { gateSettings, judgeFacts, waiver } from "../../test/builders/gate.ts";

/** Judging costs at most so many times the parsing of the same pages. */
export const MOST_RATIO = 3;

/** A policy, and what is known beside the scan. */
export interface Question {
  readonly name: string;
  readonly settings: Partial<GateSettings>;
  readonly threats: Threats;
  readonly waivers: readonly Waiver[];
}

export interface Cost {
  readonly parseMs: number;
  readonly judgeMs: number;
  readonly ratio: number;
}

const many = <Item>(count: number, of: (number: number) => Item): readonly Item[] =>
  Array.from({ length: count }, (_, number) => of(number));

const waivers = many(200, (number) => waiver({ finding: `CVE-2026-${number * 7}` }));

/** Every other vulnerability is known, each fifth of those as one that is likely to be exploited. */
const threats: Threats = Object.fromEntries(
  many(5000, (number) => [
    `CVE-2026-${number * 2}`,
    { inspector: { saidAt: "2026-11-20T00:00:00.000Z", epss: (number % 5) / 5, hasExploit: number % 50 === 0 } },
  ]),
);

const CHOICE = { maxCritical: 900, maxHigh: 700, maxMedium: 500 };
const GRACE = { graceDaysCritical: 10, graceDaysHigh: 10, graceDaysMedium: 10, graceDaysLow: 10 };

/** From the shipped policy to one in which everything has to be looked at. */
export const questions: readonly Question[] = [
  { name: "as shipped", settings: {}, threats: {}, waivers: [] },
  { name: "a choice of updates, grace, waivers", settings: { ...CHOICE, ...GRACE }, threats: {}, waivers },
  {
    name: "all of it, with threats",
    settings: { ...CHOICE, ...GRACE, maxLow: 0, exploitAvailable: "ask" },
    threats,
    waivers,
  },
];

const cpuMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

/**
 * CPU time of one run, as the mean of as many as are needed to use so much of it: the time of a thread is counted in ticks
 * of some milliseconds, and other processes do not count.
 */
const cpuMsOfOne = (work: () => unknown, leastCpuMs: number): number => {
  const from = cpuMs();
  let runs = 0;
  while (runs === 0 || cpuMs() - from < leastCpuMs) {
    work();
    runs += 1;
  }
  return (cpuMs() - from) / runs;
};

/** What both cost once the code is warm, measured by turns: the least of the rounds, for the rest is compiling and cleaning up. */
export function costOf(
  pages: readonly string[],
  { settings: over, threats: known, waivers: given }: Question,
  { rounds, cpuMsPerRound }: { readonly rounds: number; readonly cpuMsPerRound: number },
): Cost {
  const settings = gateSettings(over);
  const parse = () => pages.map((page) => JSON.parse(page) as unknown);
  const parsed = parse();
  const decide = () => judge(judgeFacts({ scan: readScan(parsed), waivers: given, threats: known }), settings);
  const measured = Array.from({ length: rounds + 1 }, () => ({
    parseMs: cpuMsOfOne(parse, cpuMsPerRound),
    judgeMs: cpuMsOfOne(decide, cpuMsPerRound),
  })).slice(1);
  const parseMs = Math.min(...measured.map((round) => round.parseMs));
  const judgeMs = Math.min(...measured.map((round) => round.judgeMs));
  return { parseMs, judgeMs, ratio: judgeMs / parseMs };
}
