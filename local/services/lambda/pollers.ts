/** How many batches of one queue Lambda runs side by side. */

/** Lambda begins with so many concurrent batches. Source: "Configuring scaling behavior for SQS event source mappings". */
const atFirst = 5;
const morePerMinute = 300;
const most = 1250;

/** Grows while there is more than it can take, and starts over when the queue has been drained. */
export class Pollers {
  readonly #maximum: number;
  #busySinceMs: number | undefined;
  #inFlight = 0;

  constructor(maximumConcurrency: number | undefined) {
    this.#maximum = Math.min(maximumConcurrency ?? most, most);
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Whether one more batch may start now. */
  hasRoom(nowMs: number): boolean {
    const busyMinutes = this.#busySinceMs === undefined ? 0 : (nowMs - this.#busySinceMs) / 60_000;
    return this.#inFlight < Math.min(this.#maximum, Math.floor(atFirst + busyMinutes * morePerMinute));
  }

  /** Whether waiting helps. */
  mayGrow(): boolean {
    return this.#inFlight < this.#maximum;
  }

  start(nowMs: number): void {
    this.#busySinceMs ??= nowMs;
    this.#inFlight += 1;
  }

  end(): void {
    this.#inFlight -= 1;
    if (this.#inFlight === 0) this.#busySinceMs = undefined;
  }
}
