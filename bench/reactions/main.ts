/** `npm run bench -- reactions [--json OUT] [--starts N]`: bundles, cold starts and calls of the functions, asked and measured. */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type Bundle, bundleFunctions, STAND_INS } from "../../scripts/bundle.ts";
import { type Acting, actingOf } from "./acting/acting.ts";
import { clientsAlone, clientsIn, clientsOf } from "./clients.ts";
import { measureColdStart } from "./cold-start.ts";
import { type Figures, rowsOf, type Times, tableOf } from "./figures.ts";
import { type CallCount, callsOfRaise } from "./story-calls.ts";
import type { Asked } from "./stub.ts";

const DEFAULT_STARTS = 20;

const options = { json: { type: "string" }, starts: { type: "string" } } as const;

const startsOf = (text: string | undefined): number => {
  const starts = text === undefined ? DEFAULT_STARTS : Number(text);
  if (Number.isInteger(starts) && starts > 0) return starts;
  throw new Error(`reading --starts ${text}: fine would be a whole number above 0`);
};

/** What one acting event cost against the stub. */
const counted = (asked: readonly Asked[]): CallCount => {
  const operations = asked.map(({ operation }) => operation);
  const ledger = operations.filter((operation) => operation.startsWith("dynamodb."));
  return { ledger, aws: operations.filter((operation) => !/^(dynamodb|slack)\./.test(operation)) };
};

const KiB = (bytes: number): number => Number((bytes / 1024).toFixed(1));
const rounded = (value: number): number => Number(value.toFixed(2));

const timesOf = async (bundle: Bundle, acting: Acting, starts: number): Promise<Times> => {
  const cold = await measureColdStart(bundle, acting, clientsOf(bundle.name), starts);
  const { aws, ledger } = counted(cold.asked);
  return {
    coldStartMs: rounded(cold.function.answeredMs),
    bareColdStartMs: rounded(cold.bare.answeredMs),
    coldStartRatio: rounded(cold.function.answeredMs / cold.bare.answeredMs),
    coldStartCpuMs: rounded(cold.function.cpuMs),
    bareColdStartCpuMs: rounded(cold.bare.cpuMs),
    coldStartCpuRatio: rounded(cold.function.cpuMs / cold.bare.cpuMs),
    firstCallMs: rounded(cold.function.firstCallMs),
    bareFirstCallMs: rounded(cold.bare.firstCallMs),
    firstCallRatio: rounded(cold.function.firstCallMs / cold.bare.firstCallMs),
    warmMs: rounded(cold.warmMs),
    awsCalls: aws.length,
    ledgerCalls: ledger.length,
  };
};

const figuresOf = async (bundle: Bundle, starts: number, story: CallCount): Promise<Figures> => {
  const { name } = bundle;
  const clients = clientsOf(name);
  const constructed = new Set(clients.map((client) => client.package));
  return {
    name,
    bundleKiB: KiB(bundle.bytes),
    clientsOnlyKiB: KiB(await clientsAlone(clients)),
    clientsWithoutChainKiB: KiB(await clientsAlone(clients, { alias: STAND_INS })),
    strangeClients: clientsIn(bundle.metafile).filter((client) => !constructed.has(client)),
    ...(await timesOf(bundle, await actingOf(name), starts)),
    ...(name === "oom" && { awsCalls: story.aws.length, ledgerCalls: story.ledger.length }),
  };
};

export const main = async (args: readonly string[]): Promise<number> => {
  const { values } = parseArgs({ args: [...args], options });
  const starts = startsOf(values.starts);
  const bundles = await bundleFunctions();
  console.log(`each ${starts} times, the function and a handler that makes the same calls by turns; medians`);
  const story = await callsOfRaise((line) => console.log(line));
  const reactions: Figures[] = [];
  for (const bundle of bundles) {
    const figures = await figuresOf(bundle, starts, story);
    reactions.push(figures);
    console.log(tableOf(figures));
  }
  console.log(
    `\noom from a kill to UpdateService: ${[...story.aws, ...story.ledger].join(", ")}`.replace(
      /(.{1,78})(?: |$)/g,
      "$1\n",
    ),
  );
  if (values.json !== undefined)
    writeFileSync(values.json, `${JSON.stringify({ node: process.version, reactions }, undefined, 2)}\n`);
  const missed = reactions.flatMap((figures) => rowsOf(figures).filter(({ isGood }) => isGood === false));
  return missed.length === 0 ? 0 : 1;
};
