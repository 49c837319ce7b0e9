/** Keeps virtual time still during work that crosses promises. */
import type { Clock } from "../../contract.ts";

/** Runs `work` with the clock held. */
export async function whileHolding<T>(clock: Clock, what: string, work: () => Promise<T>): Promise<T> {
  const hold = clock.hold(what);
  try {
    return await work();
  } finally {
    hold.release();
  }
}
