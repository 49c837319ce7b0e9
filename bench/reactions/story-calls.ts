/** What a kill costs in calls, counted in the local cloud's log: from the event to UpdateService, everything that the function asked. */
import { startLocalCloud } from "../../local/start.ts";
import { synthesized } from "../../local/synthesized.ts";

export interface CallCount {
  /** Calls of AWS's control plane: all but the ledger's and the runtime's own logs. */
  readonly aws: readonly string[];
  readonly ledger: readonly string[];
}

const BEGINS_AT_MS = Date.parse("2026-11-23T03:00:00Z");
const SETTLE_SECONDS = 300;
const PATIENCE_SECONDS = 900;
const [CLUSTER, SERVICE, NEEDED_MIB] = ["production", "order-service", 1300] as const;

/** Plays the first kill of `npm start` and counts. */
export const callsOfRaise = async (say: (line: string) => void): Promise<CallCount> => {
  const cloud = await startLocalCloud({ assemblyFolder: synthesized(say), startAtMs: BEGINS_AT_MS });
  try {
    await cloud.advance(SETTLE_SECONDS);
    cloud.door.suffer(CLUSTER, SERVICE, { memoryMiB: NEEDED_MIB });
    const sinceMs = BEGINS_AT_MS + SETTLE_SECONDS * 1000;
    const calls = () =>
      cloud.local.calls
        .all()
        .filter(({ functionName, at }) => functionName === "reflex-oom" && Date.parse(at) >= sinceMs)
        .filter(({ service }) => service !== "logs");
    const indexOfUpdate = () => calls().findIndex(({ operation }) => operation === "UpdateService");
    for (let passed = 0; passed < PATIENCE_SECONDS && indexOfUpdate() < 0; passed += 10) await cloud.advance(10);
    const until = indexOfUpdate();
    if (until < 0) throw new Error(`counting the calls of a raise: no UpdateService within ${PATIENCE_SECONDS} s`);
    const counted = calls().slice(0, until + 1);
    const isLedger = ({ service }: { service: string }) => service === "dynamodb";
    return {
      aws: counted.filter((call) => !isLedger(call)).map(({ operation }) => operation),
      ledger: counted.filter(isLedger).map(({ operation }) => operation),
    };
  } finally {
    await cloud.stop();
  }
};
