/** One function process as the clock sees it: at work, which stops time, or asleep until an instant. */
import type { Clock, Timer } from "../../../contract.ts";

/** Lets one process run at a time when asked to, so that the order of calls is the same in every run. */
export class Turns {
  readonly #isSerial: boolean;
  #taken = false;
  #waiting: (() => void)[] = [];

  constructor(isSerial: boolean) {
    this.#isSerial = isSerial;
  }

  async take(): Promise<void> {
    if (!this.#isSerial) return;
    if (this.#taken) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#taken = true;
  }

  give(): void {
    if (!this.#isSerial) return;
    this.#taken = false;
    const next = this.#waiting.shift();
    if (!next) return;
    this.#taken = true;
    next();
  }
}

/** Holds the clock for one process while it works. */
export class Presence {
  readonly #clock: Clock;
  readonly #turns: Turns;
  readonly #what: string;
  #hold: { release(): void } | undefined;
  #hasTurn = false;
  #timer: Timer | undefined;
  #state = 0;

  constructor(clock: Clock, turns: Turns, what: string) {
    this.#clock = clock;
    this.#turns = turns;
    this.#what = what;
  }

  /** Stops time, and answers when it is this process's turn. */
  async begin(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    const state = ++this.#state;
    this.#hold ??= this.#clock.hold(this.#what);
    if (this.#hasTurn) return;
    await this.#turns.take();
    if (state === this.#state) this.#hasTurn = true;
    else this.#turns.give();
  }

  /** Lets time go on until `untilMs`, at which `wake` runs with time held again; undefined means until `begin`. */
  rest(untilMs: number | undefined, wake: () => void): void {
    this.end();
    if (untilMs === undefined) return;
    this.#timer = this.#clock.at(untilMs, `${this.#what} wakes`, () => {
      void this.begin().then(wake);
    });
  }

  /** Lets go of time and turn. The hold goes a turn later, so that whoever waits for the outcome can take its own. */
  end(): void {
    this.#state += 1;
    this.#timer?.cancel();
    this.#timer = undefined;
    const hold = this.#hold;
    this.#hold = undefined;
    if (hold) setImmediate(() => hold.release());
    if (!this.#hasTurn) return;
    this.#hasTurn = false;
    this.#turns.give();
  }
}
