/** Lets virtual time follow real time, a given number of times as fast. The one place in `local/` that reads a real clock. */
import { performance } from "node:perf_hooks";
import type { VirtualClock } from "./clock.ts";

const TICK_MS = 50;

/** Moves the clock until `stop`. What goes wrong in a due event is said, and time goes on. */
export function keepPace(
  clock: VirtualClock,
  speed: number,
  say: (line: string) => void,
  realNowMs: () => number = () => performance.now(),
): { stop(): void } {
  let lastMs = realNowMs();
  // The clock knows whole milliseconds: what is left of one counts for the next tick.
  let owedMs = 0;
  let timer: NodeJS.Timeout | undefined;
  const tick = async (): Promise<void> => {
    const nowMs = realNowMs();
    const toMs = clock.now() + owedMs + (nowMs - lastMs) * speed;
    owedMs = toMs - Math.floor(toMs);
    lastMs = nowMs;
    await clock
      .advance(toMs)
      .catch((error: unknown) => say(error instanceof Error ? (error.stack ?? error.message) : String(error)));
    if (timer) timer = setTimeout(tick, TICK_MS);
  };
  timer = setTimeout(tick, TICK_MS);
  return {
    stop() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
