/** Lets virtual time follow real time, a given number of times as fast. The one place in `local/` that reads a real clock. */
import { performance } from "node:perf_hooks";
import type { VirtualClock } from "./clock.ts";

const TICK_MS = 50;

/** Moves the clock until `stop`. What goes wrong in a due event is said, and time goes on. */
export function keepPace(clock: VirtualClock, speed: number, say: (line: string) => void): { stop(): void } {
  let lastMs = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const tick = async (): Promise<void> => {
    const nowMs = performance.now();
    const toMs = clock.now() + (nowMs - lastMs) * speed;
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
