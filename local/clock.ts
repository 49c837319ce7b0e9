/** The one virtual clock: due events in a stable order, and holds that stop time while others work. */
import type { Clock, Timer } from "./contract.ts";

/** Refuses to run on after a due event failed: `what` it was, and at which virtual instant. */
export class DueEventFailed extends Error {
  override readonly name = "DueEventFailed";
}

interface DueEvent {
  readonly atMs: number;
  readonly order: number;
  readonly what: string;
  readonly run: () => void | Promise<void>;
  cancelled: boolean;
}

/** Virtual time: a binary heap of due events. Time moves only inside `advance`. */
export class VirtualClock implements Clock {
  #nowMs: number;
  #orders = 0;
  #cancelled = 0;
  #heap: DueEvent[] = [];
  #holds = new Set<{ readonly what: string }>();
  #whenFree: (() => void)[] = [];
  #turn: Promise<unknown> = Promise.resolve();

  constructor(startAtMs: number) {
    this.#nowMs = Math.floor(startAtMs);
  }

  now(): number {
    return this.#nowMs;
  }

  at(atMs: number, what: string, run: () => void | Promise<void>): Timer {
    if (!Number.isFinite(atMs)) throw new Error(`"${what}" cannot fall due at ${atMs}; give milliseconds since 1970`);
    const event: DueEvent = {
      atMs: Math.max(Math.ceil(atMs), this.#nowMs),
      order: this.#orders++,
      what,
      run,
      cancelled: false,
    };
    this.#push(event);
    return {
      cancel: () => {
        if (event.cancelled) return;
        event.cancelled = true;
        this.#cancelled += 1;
        if (this.#cancelled > 1000 && this.#cancelled > this.#heap.length / 2) this.#sweep();
      },
    };
  }

  hold(what: string): { release(): void } {
    const hold = { what };
    this.#holds.add(hold);
    return {
      release: () => {
        if (!this.#holds.delete(hold) || this.#holds.size > 0) return;
        for (const free of this.#whenFree.splice(0)) free();
      },
    };
  }

  /** What time is waiting for, by name. */
  heldBy(): readonly string[] {
    return [...this.#holds].map(({ what }) => what);
  }

  /** When the next event falls due, in milliseconds since 1970. */
  nextDueAtMs(): number | undefined {
    this.#dropCancelled();
    return this.#heap[0]?.atMs;
  }

  /** Runs everything that falls due up to `toMs`, one event after the other, each when all before it is done. */
  advance(toMs: number): Promise<void> {
    return this.#inTurn(async () => {
      if (!Number.isFinite(toMs)) throw new Error(`time cannot move to ${toMs}; give milliseconds since 1970`);
      // Whole milliseconds, as every clock that programs read.
      const targetMs = Math.floor(toMs);
      for (;;) {
        await this.#idle();
        const next = this.#takeDue(targetMs);
        if (!next) break;
        this.#nowMs = Math.max(this.#nowMs, next.atMs);
        await this.#run(next);
      }
      this.#nowMs = Math.max(this.#nowMs, targetMs);
    });
  }

  /** Waits until nobody is at work and nothing is due, without moving time. */
  settle(): Promise<void> {
    return this.advance(this.#nowMs);
  }

  async #run(event: DueEvent): Promise<void> {
    const failed = (cause: unknown): never => {
      const at = new Date(event.atMs).toISOString();
      throw new DueEventFailed(`"${event.what}", due at ${at}, failed: ${String(cause)}`, { cause });
    };
    // Two handlers: what a synchronous run throws, and what its promise is rejected with.
    let result: void | Promise<void>;
    try {
      result = event.run();
    } catch (cause) {
      return failed(cause);
    }
    if (result) await result.catch(failed);
  }

  /** One advance at a time: a second caller waits for the first, whether that fails or not. */
  #inTurn(move: () => Promise<void>): Promise<void> {
    const mine = this.#turn.then(move, move);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  /** Promises settle before time moves; real input and output only counts while somebody holds the clock. */
  async #idle(): Promise<void> {
    await new Promise<void>((resolve) => process.nextTick(resolve));
    while (this.#holds.size > 0) {
      await new Promise<void>((resolve) => this.#whenFree.push(resolve));
      // A release is often followed at once by the next hold of the same chain of work.
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  #takeDue(toMs: number): DueEvent | undefined {
    this.#dropCancelled();
    const first = this.#heap[0];
    return first && first.atMs <= toMs ? this.#pop() : undefined;
  }

  #dropCancelled(): void {
    while (this.#heap[0]?.cancelled) {
      this.#pop();
      this.#cancelled -= 1;
    }
  }

  #sweep(): void {
    const live = this.#heap.filter((event) => !event.cancelled);
    this.#heap = [];
    this.#cancelled = 0;
    for (const event of live) this.#push(event);
  }

  #push(event: DueEvent): void {
    const heap = this.#heap;
    let index = heap.push(event) - 1;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above];
      if (!parent || isBefore(parent, event)) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = event;
  }

  #pop(): DueEvent | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (!last || heap.length === 0) return top;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const [a, b] = [heap[left], heap[left + 1]];
      const [child, below] = a && b && isBefore(b, a) ? [b, left + 1] : [a, left];
      if (!child || isBefore(last, child)) break;
      heap[index] = child;
      index = below;
    }
    heap[index] = last;
    return top;
  }
}

const isBefore = (a: DueEvent, b: DueEvent): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
