/** How long a function takes from its spawn to an answered event, beside a handler that only makes the same calls. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Acting } from "./acting/acting.ts";
import { bareHandler } from "./bare-handler.ts";
import type { Client } from "./clients.ts";
import { type Answered, runOnce } from "./process.ts";
import { type Asked, type Stub, startStub } from "./stub.ts";

export interface StartTimes {
  /** From the spawn to the first ledger call, in milliseconds; the median of the starts. */
  readonly firstCallMs: number;
  /** From the spawn to the answer to the acting event. */
  readonly answeredMs: number;
  /** CPU time that the process had used by then. */
  readonly cpuMs: number;
}

export interface ColdStart {
  readonly function: StartTimes;
  readonly bare: StartTimes;
  /** From hand-over to answer in a process that has answered one before. */
  readonly warmMs: number;
  /** What the function asked of AWS for one acting event. */
  readonly asked: readonly Asked[];
}

/** Events that a started process answers: the cold one, and those that the warm time is the median of. */
const WARM_EVENTS = 3;

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [below = Number.NaN, above = Number.NaN] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 1 ? above : (below + above) / 2;
};

const payload = (acting: Acting): string => JSON.stringify(acting.payload(new Date()));

const isToDeadLetters = (input: unknown): boolean =>
  (input as { readonly QueueUrl?: string }).QueueUrl?.endsWith("-dead-letters") === true;

/** A function that cannot do what the event asks for parks it, returns it or does nothing, and is quick at that. */
const refuseFailure = (name: string, { answers, said }: Answered, asked: readonly Asked[], acting: Acting): void => {
  const unanswered = asked.find(({ operation }) => acting.answers[operation] === undefined);
  if (unanswered) throw new Error(`measuring ${name}: its acting event has no answer to ${unanswered.operation}`);
  const isParked = asked.some(({ input }) => isToDeadLetters(input));
  const isReturned = answers.some((answer) => JSON.parse(answer)?.batchItemFailures?.length > 0);
  if (isParked || isReturned || !asked.some(({ operation }) => operation === acting.acts))
    throw new Error(
      `measuring ${name}: it answered ${answers[0]} without ${acting.acts}; fine would be an event it acts on\n${said}`,
    );
};

interface Measurable {
  readonly name: string;
  readonly folder: string;
}

interface Measured {
  readonly firstCallMs: number;
  readonly tookMs: readonly number[];
  readonly cpuMs: readonly number[];
  readonly asked: readonly Asked[];
}

const measure = async (name: string, folder: string, stub: Stub, acting: Acting, events: number): Promise<Measured> => {
  stub.takeAsked();
  const payloads = Array.from({ length: events }, () => payload(acting));
  const spawnedAtMs = performance.now();
  const answered = await runOnce({ folder, endpoint: stub.endpoint, payloads });
  const asked = stub.takeAsked();
  refuseFailure(name, answered, asked, acting);
  const first = asked.find(({ operation }) => operation.startsWith("dynamodb."));
  if (!first) throw new Error(`measuring ${name}: it made no ledger call; fine would be an event it acts on`);
  return { firstCallMs: first.atMs - spawnedAtMs, tookMs: answered.tookMs, cpuMs: answered.cpuMs, asked };
};

const timesOf = (starts: readonly Measured[]): StartTimes => ({
  firstCallMs: median(starts.map(({ firstCallMs }) => firstCallMs)),
  answeredMs: median(starts.map(({ tookMs: [cold = Number.NaN] }) => cold)),
  cpuMs: median(starts.map(({ cpuMs: [cold = Number.NaN] }) => cold)),
});

/** The folder of the bundle, or of a copy that has the configuration under which it acts. */
const actingFolder = (folder: string, { config }: Acting, into: string): string => {
  if (config === undefined) return folder;
  mkdirSync(into);
  copyFileSync(join(folder, "index.mjs"), join(into, "index.mjs"));
  writeFileSync(join(into, "config.json"), JSON.stringify(config));
  return into;
};

/** Starts a process of one of the two, and hands it so many acting events. */
type Starting = (which: "function" | "bare", events: number) => Promise<Measured>;

const withStub = async <Result>(
  { name, folder }: Measurable,
  acting: Acting,
  work: (start: Starting, bareFolder: string) => Promise<Result>,
): Promise<Result> => {
  const stub = await startStub(acting.answers);
  const scratch = mkdtempSync(join(tmpdir(), "ecs-reflex-cold-"));
  const folders = { function: actingFolder(folder, acting, join(scratch, "function")), bare: join(scratch, "bare") };
  mkdirSync(folders.bare);
  try {
    return await work(
      (which, events) => measure(`${name}, ${which}`, folders[which], stub, acting, events),
      folders.bare,
    );
  } finally {
    stub.close();
    rmSync(scratch, { recursive: true });
  }
};

/** What the function asks of AWS for its acting event; an event that it does not act on is refused. */
export const callsToAct = (one: Measurable, acting: Acting): Promise<readonly Asked[]> =>
  withStub(one, acting, async (start) => (await start("function", 1)).asked);

/** Starts both by turns, so that whatever else the machine does hits both alike. */
export const measureColdStart = (
  one: Measurable,
  acting: Acting,
  clients: readonly Client[],
  starts: number,
): Promise<ColdStart> =>
  withStub(one, acting, async (start, bareFolder) => {
    const { asked } = await start("function", 1);
    writeFileSync(join(bareFolder, "index.mjs"), await bareHandler(clients, asked));
    await start("bare", 1);
    const ours: Measured[] = [];
    const bare: Measured[] = [];
    for (let taken = 0; taken < starts; taken += 1) {
      ours.push(await start("function", 1 + WARM_EVENTS));
      bare.push(await start("bare", 1));
    }
    const warm = ours.flatMap(({ tookMs }) => tookMs.slice(1));
    return { function: timesOf(ours), bare: timesOf(bare), warmMs: median(warm), asked };
  });
