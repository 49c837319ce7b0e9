/** When the messages of one queue become visible, and when they die: one timer for all of them. */
import type { Cloud, Timer } from "../../contract.ts";
import { DueHeap } from "./heap.ts";
import type { Message } from "./message.ts";

const never = Number.POSITIVE_INFINITY;

/** What the queue does when something falls due. */
interface Actions {
  show(message: Message): void;
  remove(message: Message): void;
}

/** Keeps what was planned for a message until its state changes. */
export class Timetable {
  readonly #cloud: Cloud;
  readonly #what: string;
  readonly #actions: Actions;
  readonly #changes = new DueHeap<{ readonly message: Message; readonly turn: number }>();
  readonly #expiries = new DueHeap<Message>();
  #timer: { readonly atMs: number; readonly timer: Timer } | undefined;

  constructor(cloud: Cloud, what: string, actions: Actions) {
    this.#cloud = cloud;
    this.#what = what;
    this.#actions = actions;
  }

  /** The message becomes visible then, unless its state changes before. */
  showAt(message: Message, atMs: number): void {
    this.#changes.push(atMs, { message, turn: message.turn });
    this.#plan();
  }

  /** The message is thrown away then, whatever its state. */
  removeAt(message: Message, atMs: number): void {
    this.#expiries.push(atMs, message);
    this.#plan();
  }

  /** Brings about whatever fell due. */
  settle(): void {
    const nowMs = this.#cloud.clock.now();
    while ((this.#expiries.earliestAtMs ?? never) <= nowMs) {
      const message = this.#expiries.pop();
      if (message && message.state !== "gone") this.#actions.remove(message);
    }
    while ((this.#changes.earliestAtMs ?? never) <= nowMs) {
      const change = this.#changes.pop();
      if (change && change.message.turn === change.turn) this.#actions.show(change.message);
    }
    this.#plan();
  }

  stop(): void {
    this.#timer?.timer.cancel();
  }

  #plan(): void {
    const isVoid = (change: { readonly message: Message; readonly turn: number } | undefined): boolean =>
      change !== undefined && change.message.turn !== change.turn;
    while (isVoid(this.#changes.earliest)) this.#changes.pop();
    while (this.#expiries.earliest?.state === "gone") this.#expiries.pop();
    const atMs = Math.min(this.#changes.earliestAtMs ?? never, this.#expiries.earliestAtMs ?? never);
    // A timer that is early does no harm: it settles nothing and plans anew.
    if (this.#timer && this.#timer.atMs <= atMs && this.#timer.atMs > this.#cloud.clock.now()) return;
    this.#timer?.timer.cancel();
    this.#timer = undefined;
    if (atMs === never) return;
    const timer = this.#cloud.clock.at(atMs, this.#what, () => {
      this.#timer = undefined;
      this.settle();
    });
    this.#timer = { atMs, timer };
  }
}
