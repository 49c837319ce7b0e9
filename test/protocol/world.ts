/** One service, one ledger, and processes of the oom reaction that may crash: the smallest world the protocol lives in. */
import { parseConfig } from "#shared/config/parse.ts";
import type { Message } from "#shared/runtime/inbox.ts";
import type { Outcome } from "#shared/runtime/reaction.ts";
import { createOom } from "../../functions/oom/handler.ts";
import { fakeClock } from "../fakes/clock.ts";
import { type FaultPlan, type FaultyProcess, faultyProcess } from "../fakes/faults.ts";
import { fakeLedger } from "../fakes/ledger.ts";
import { fakeServices, REF } from "../fakes/services.ts";

const NO_FAULT: FaultPlan = { at: undefined, fault: "throttled" };

export const createWorld = (document: unknown = { clusters: ["production"], oom: { watchSeconds: 600 } }) => {
  const clock = fakeClock();
  const ledger = fakeLedger();
  const services = fakeServices(clock);
  const config = parseConfig(document, "test");
  const mail: { readonly message: unknown; readonly delaySeconds: number }[] = [];
  const published: unknown[] = [];
  let invocations = 0;

  /** A fresh process of the function, with its own faults. */
  const spawn = (
    plan: FaultPlan = NO_FAULT,
  ): { readonly process: FaultyProcess; readonly handle: (message: Message) => Promise<Outcome | "crashed"> } => {
    const process = faultyProcess(plan);
    invocations += 1;
    const owner = `invocation-${invocations}`;
    const handle = createOom({
      config,
      services: process.wrap(services),
      stacks: process.wrap({ isUpdating: async () => false }),
      ledger: process.wrap(ledger),
      publisher: process.wrap({ publish: async (records: readonly unknown[]) => void published.push(...records) }),
      mailbox: process.wrap({
        send: async (message: unknown, options?: { delaySeconds?: number }) =>
          void mail.push({ message, delaySeconds: options?.delaySeconds ?? 0 }),
      }),
      clock,
      invocation: { owner: () => owner, secondsLeft: () => 25 },
    });
    return { process, handle: (message) => Promise.race([handle(message), process.crashed]) };
  };

  /** One round of the sweep: whatever is due goes back to its owner. */
  const sweep = async () => {
    for (const item of await ledger.due(clock.now(), 100)) {
      if (item.kind !== "message") await spawn().handle({ kind: "resume", service: item.ref });
    }
  };

  return {
    clock,
    ledger,
    services,
    mail,
    published,
    spawn,
    sweep,
    /** Time passes and deployments settle until nothing is due any more. */
    async passTime(rounds = 20) {
      for (let round = 0; round < rounds; round += 1) {
        clock.advance(120);
        await sweep();
        services.settle();
      }
    },
    item: () => ledger.service(REF),
  };
};

export type World = ReturnType<typeof createWorld>;
