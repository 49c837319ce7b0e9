/** What the scaler takes for a quiet queue: the deployed bundle, warm, in a process of its own, with AWS answering from loopback. */
import { bundleFunctions } from "../../scripts/bundle.ts";
import { type Acting, actingOf, queued } from "../reactions/acting/acting.ts";
import { runOnce } from "../reactions/process.ts";
import { startStub } from "../reactions/stub.ts";
import { ANSWERS_AFTER_MS, type Run } from "./bill.ts";

/** The first events of a process compile and read what later ones remember. */
const WARMING_EVENTS = 20;
const MEASURED_EVENTS = 41;
const TICK_MS = 10_000;

const EMPTY_QUEUE = {
  Attributes: {
    ApproximateNumberOfMessages: "0",
    ApproximateNumberOfMessagesNotVisible: "0",
    ApproximateNumberOfMessagesDelayed: "0",
  },
};

/** The ledger gives back what the tick before wrote. */
const rememberingLedger = (): Acting["answers"] => {
  let Item: unknown;
  return {
    "dynamodb.GetItem": () => ({ Item }),
    "dynamodb.PutItem": (input: { readonly Item: unknown }) => {
      Item = input.Item;
      return {};
    },
  };
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** The median run of the events, each of which must lead to the call `acts`. */
const measure = async (folder: string, { payload, answers, acts }: Acting): Promise<Run> => {
  const stub = await startStub(answers, ANSWERS_AFTER_MS);
  try {
    const fromMs = Date.now();
    const payloads = Array.from({ length: WARMING_EVENTS + MEASURED_EVENTS }, (_, index) =>
      JSON.stringify(payload(new Date(fromMs + index * TICK_MS))),
    );
    const { tookMs, cpuMs, said } = await runOnce({ folder, endpoint: stub.endpoint, payloads });
    const acted = stub.takeAsked().filter(({ operation }) => operation === acts).length;
    if (acted !== payloads.length)
      throw new Error(`measuring a tick: ${acted} of ${payloads.length} led to ${acts}\n${said}`);
    const cpu = cpuMs.map((usedMs, index) => usedMs - (cpuMs[index - 1] ?? 0));
    const wait = tookMs.map((took, index) => took - (cpu[index] ?? 0));
    return { cpuMs: median(cpu.slice(WARMING_EVENTS)), waitMs: median(wait.slice(WARMING_EVENTS)) };
  } finally {
    stub.close();
  }
};

/** A tick that finds the queue empty, and a minute that is divided into ticks. */
export const measureQuietRuns = async (): Promise<{ readonly tick: Run; readonly minute: Run }> => {
  const bundle = (await bundleFunctions()).find(({ name }) => name === "scale");
  if (!bundle) throw new Error("measuring a tick: there is no bundle of scale");
  const { payload, answers } = await actingOf("scale");
  return {
    tick: await measure(bundle.folder, {
      acts: "sqs.GetQueueAttributes",
      payload,
      answers: { ...answers, ...rememberingLedger(), "sqs.GetQueueAttributes": EMPTY_QUEUE },
    }),
    minute: await measure(bundle.folder, {
      acts: "sqs.SendMessageBatch",
      payload: (now) =>
        queued({ source: "ecs-reflex.scale", "detail-type": "Reflex Schedule", time: now.toISOString(), detail: {} }),
      answers: { "sqs.SendMessageBatch": { Successful: [], Failed: [] } },
    }),
  };
};
