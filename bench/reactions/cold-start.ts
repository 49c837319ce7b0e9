/** How long a function takes from its spawn to an answered event, beside a handler that only makes the same calls. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
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

/** A function that cannot do what the event asks for parks or returns it, and is quick at that. */
const refuseFailure = (name: string, { answers }: Answered, asked: readonly Asked[], acting: Acting): void => {
  const unanswered = asked.find(({ operation }) => acting.answers[operation] === undefined);
  if (unanswered) throw new Error(`measuring ${name}: its acting event has no answer to ${unanswered.operation}`);
  for (const answer of answers)
    if (JSON.parse(answer)?.batchItemFailures?.length > 0)
      throw new Error(`measuring ${name}: the acting event came back as failed; fine would be an event it acts on`);
};

interface Measured {
  readonly firstCallMs: number;
  readonly tookMs: readonly number[];
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
  return { firstCallMs: first.atMs - spawnedAtMs, tookMs: answered.tookMs, asked };
};

const timesOf = (starts: readonly Measured[]): StartTimes => ({
  firstCallMs: median(starts.map(({ firstCallMs }) => firstCallMs)),
  answeredMs: median(starts.map(({ tookMs: [cold = Number.NaN] }) => cold)),
});

/** Starts both by turns, so that whatever else the machine does hits both alike. */
export const measureColdStart = async (
  { name, folder }: { readonly name: string; readonly folder: string },
  acting: Acting,
  clients: readonly Client[],
  starts: number,
): Promise<ColdStart> => {
  const stub = await startStub(acting.answers);
  const bareFolder = mkdtempSync(join(tmpdir(), "ecs-reflex-bare-"));
  try {
    const { asked } = await measure(name, folder, stub, acting, 1);
    writeFileSync(join(bareFolder, "index.mjs"), await bareHandler(clients, asked));
    await measure(`${name}, bare`, bareFolder, stub, acting, 1);
    const ours: Measured[] = [];
    const bare: Measured[] = [];
    const warm: number[] = [];
    for (let start = 0; start < starts; start += 1) {
      const started = await measure(name, folder, stub, acting, 1 + WARM_EVENTS);
      ours.push(started);
      warm.push(...started.tookMs.slice(1));
      bare.push(await measure(`${name}, bare`, bareFolder, stub, acting, 1));
    }
    return { function: timesOf(ours), bare: timesOf(bare), warmMs: median(warm), asked };
  } finally {
    stub.close();
    rmSync(bareFolder, { recursive: true });
  }
};
