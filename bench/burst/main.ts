/** `npm run bench -- burst [--services N] [--events N]`: 10,000 kills of 500 services in a minute, without brakes and with them. */
import { rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { assemblyWith, shippedAssembly, UNBRAKED } from "../../test/builders/assembly.ts";
import { type BurstResult, mostWithin, playBurst } from "./burst.ts";

const tell = (title: string, events: number, result: BurstResult): void => {
  const { services, registeredAtMs } = result;
  const tally = new Map<string, number>();
  for (const { decisions } of services)
    for (const decision of new Set(decisions)) tally.set(decision, (tally.get(decision) ?? 0) + 1);
  const lines = [
    ["real seconds", result.realSeconds.toFixed(1)],
    ["kills known", `${result.killsKnown} of ${events}`],
    ["services with one plan", `${services.filter(({ plans }) => plans === 1).length} of ${services.length}`],
    ["services with several", services.filter(({ plans }) => plans > 1).length],
    ["plans done", result.plansDone],
    ["services by decision", [...tally].map(([decision, count]) => `${decision} ${count}`).join(", ")],
    ["registrations", `${registeredAtMs.length}, at most ${mostWithin(registeredAtMs, 60)} in 60 s`],
    ["messages", result.messages.length],
    [
      "steps put off",
      Object.entries(result.putOff)
        .map(([why, count]) => `${why} ${count}`)
        .join(", ") || "none",
    ],
    ["waiting in the queue", result.waiting],
    ["dead letters", result.deadLetters.length],
    ...result.deadLetters.slice(0, 5).map((letter) => ["", letter.slice(0, 300)] as const),
    ["ledger calls", `${result.ledgerCalls}, ${(result.ledgerCalls / events).toFixed(2)} an event`],
    ["ECS calls", result.awsCalls],
    ["peak function memory", `${result.peakFunctionMiB ?? "?"} MiB`],
  ];
  console.log(`\n${title}`);
  for (const [name, value] of lines) console.log(`  ${String(name).padEnd(24)} ${value}`);
};

/** Plays the burst twice and prints what came of it; 1 when an event was lost or a service has two plans. */
export const main = async (args: readonly string[]): Promise<number> => {
  const { values } = parseArgs({
    args: [...args],
    options: { services: { type: "string", default: "500" }, events: { type: "string", default: "10000" } },
  });
  const [services, events] = [Number(values.services), Number(values.events)];
  const folder = assemblyWith(UNBRAKED);
  try {
    const free = await playBurst({ assemblyFolder: folder, services, events, restSeconds: services * 2 + 1200 });
    tell("budgets and correlation lifted", events, free);
    const braked = await playBurst({ assemblyFolder: shippedAssembly(), services, events, restSeconds: 2400 });
    tell("budgets and correlation in force", events, braked);
    const isGood =
      free.services.every(({ plans, kills }) => plans === 1 && kills > 0) &&
      free.deadLetters.length === 0 &&
      braked.deadLetters.length === 0 &&
      braked.services.every(({ decisions }) => decisions.length > 0);
    return isGood ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
