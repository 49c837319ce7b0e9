/** One worker, one queue, one ledger, and processes of the scale reaction that may crash. */
import { parseConfig } from "#shared/config/parse.ts";
import type { LedgerRecord } from "#shared/domain/record.ts";
import type { Message } from "#shared/runtime/inbox.ts";
import { createScale } from "../../functions/scale/handler.ts";
import { memoryOf } from "../../functions/scale/memory.ts";
import { fakeClock } from "../fakes/clock.ts";
import { type FaultPlan, faultyProcess } from "../fakes/faults.ts";
import { fakeLedger } from "../fakes/ledger.ts";
import { fakeWorker, SERVICES_ARN, WORKER } from "../fakes/worker.ts";

type Json = Readonly<Record<string, unknown>>;

const NO_FAULT: FaultPlan = { at: undefined, fault: "throttled" };

export const event = (detailType: string, rest: Json): Message => ({
  kind: "event",
  detailType,
  event: { "detail-type": detailType, ...rest },
});

/** The world of one worker with 10-second ticks, from three in the morning. */
export const createScalingWorld = (scale: Json = {}, document: Json = {}) => {
  const clock = fakeClock();
  const ledger = fakeLedger();
  const worker = fakeWorker();
  const published: LedgerRecord[] = [];
  const timers: { readonly message: unknown; readonly delaySeconds: number }[] = [];
  const config = parseConfig(
    {
      services: { "production/worker": { scale: { queueName: "jobs", secondsPerMessage: 2, max: 5, ...scale } } },
      ...document,
    },
    "test",
  );
  let slot = 0;
  const spawn = (plan = NO_FAULT, secondsLeft = 25) => {
    const process = faultyProcess(plan);
    const handle = createScale({
      config,
      servicesArn: SERVICES_ARN,
      queues: worker.queues,
      metrics: worker.metrics,
      tasks: process.wrap(worker.tasks),
      targets: process.wrap(worker.targets),
      timers: { set: async (more) => void timers.push(...more) },
      ledger: process.wrap(ledger),
      publisher: process.wrap({ publish: async (records: readonly LedgerRecord[]) => void published.push(...records) }),
      clock,
      invocation: { owner: () => "one", secondsLeft: () => secondsLeft },
    });
    return {
      process,
      handle: (message: Message) => Promise.race([handle(message), process.crashed]),
    };
  };
  const tickMessage = (late = 0) => {
    const dueAt = new Date(clock.now().getTime() - late * 1000).toISOString();
    return event("Reflex Tick", { detail: { service: "production/worker", slot, dueAt } });
  };
  return {
    clock,
    ledger,
    worker,
    published,
    timers,
    spawn,
    tickMessage,
    /** The next tick, ten seconds later. */
    async tick(plan?: FaultPlan, secondsLeft?: number) {
      clock.advance(10);
      slot += 1;
      return spawn(plan, secondsLeft).handle(tickMessage());
    },
    handle: (message: Message) => spawn().handle(message),
    memory: async () => memoryOf((await ledger.service(WORKER)).scaling),
  };
};

/** A backlog that one task cannot work off in a minute. */
export const FLOOD = { visibleMessages: 200, inFlightMessages: 1 };
