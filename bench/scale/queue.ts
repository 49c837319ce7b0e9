import { Completions } from "./completions.ts";
import { Fleet, taskState } from "./fleet.ts";
import { type Random, stream } from "./random.ts";
import type { Scenario } from "./scenario.ts";
import type { Workload } from "./workload.ts";

/** How many waits a run remembers: tenths of a second up to about four hours, the last bucket holding the rest. */
const waitBuckets = 150_000;
const receivesBeforeDeadLetter = 3;

/** The queue and the workers' slots, message by message: who starts what, when, and how long it had waited. */
export class Queue {
  readonly waits = new Int32Array(waitBuckets);
  late = 0;
  lateAtMaximum = 0;
  started = 0;
  deleted = 0;
  killed = 0;
  deadLettered = 0;
  sent = 0;
  busySlots = 0;
  maxWaitSeconds = 0;
  readonly fleet: Fleet;
  private next = 0;
  private head = 0;
  private waiting = 0;
  private orphaned = 0;
  private prefetched = 0;
  private readonly completions = new Completions();
  private slotMessage = new Int32Array(4096).fill(-1);
  private idlePosition = new Int32Array(4096).fill(-1);
  private idle: number[] = [];
  private returned: number[] = [];
  private invisible: { readonly until: number; readonly message: number }[] = [];
  private readonly held = new Map<number, number[]>();
  private readonly attempts = new Map<number, number>();
  private readonly scenario: Scenario;
  private readonly workload: Workload;
  private readonly slots: number;
  private readonly pick: Random;

  constructor(scenario: Scenario, workload: Workload, initialTasks: number) {
    this.scenario = scenario;
    this.workload = workload;
    this.slots = scenario.slotsPerTask;
    this.pick = stream(workload.seed, "slots");
    this.fleet = new Fleet(scenario, workload.seed, initialTasks, {
      started: (task, at) => this.open(task, at),
      stopping: (task) => this.leave(task),
      killed: (task, at) => this.abandon(task, at),
    });
    for (let task = 0; task < initialTasks; task += 1) this.open(task, 0);
  }

  /** ApproximateNumberOfMessages, exactly. */
  get visible(): number {
    return this.waiting;
  }

  /** ApproximateNumberOfMessagesNotVisible, exactly: worked on, prefetched, or lost by a worker and not yet timed out. */
  get inFlight(): number {
    return this.busySlots + this.prefetched + this.orphaned;
  }

  /** Age of the oldest message nobody works on, seconds. */
  oldestSeconds(now: number): number {
    const first = this.returned[0] ?? (this.head < this.next ? this.head : undefined);
    return first === undefined ? 0 : now - (this.workload.sentAt[first] as number);
  }

  /** Messages that were sent and have not started by the end count as late. */
  close(now: number): void {
    const unstarted = this.waiting + this.prefetched;
    this.late += unstarted;
    this.started += unstarted;
    if (unstarted > 0) this.maxWaitSeconds = Math.max(this.maxWaitSeconds, this.oldestSeconds(now));
  }

  /** Everything that happens from `now` to a second later. */
  step(now: number): void {
    if (this.invisible.length > 0) this.reappear(now);
    const end = now + 1;
    const { sentAt } = this.workload;
    for (;;) {
      const completesAt = this.completions.nextAt();
      const arrivesAt = this.next < sentAt.length ? (sentAt[this.next] as number) : Infinity;
      if (arrivesAt <= completesAt) {
        if (arrivesAt >= end) return;
        this.next += 1;
        this.sent += 1;
        this.waiting += 1;
        if (this.idle.length > 0) this.take(this.idleSlot(), arrivesAt);
      } else {
        if (completesAt >= end) return;
        this.complete(this.completions.nextSlot(), completesAt);
      }
    }
  }

  private complete(slot: number, at: number): void {
    const message = this.slotMessage[slot] as number;
    if (message < 0) {
      this.completions.pop();
      return;
    }
    const task = Math.floor(slot / this.slots);
    this.slotMessage[slot] = -1;
    this.busySlots -= 1;
    if (this.workload.poison[message] === 1) this.fail(message, at);
    else this.deleted += 1;
    // A task that drains receives nothing more, but finishes what it has received.
    const next = this.fleet.stateOf(task) === taskState.running ? this.nextFor(task) : this.heldBy(task);
    if (next >= 0) {
      this.completions.replace(at + this.begin(next, slot, at), slot);
      return;
    }
    this.completions.pop();
    if (this.fleet.stateOf(task) === taskState.running) this.rest(slot);
    this.fleet.work(task, -1, at);
  }

  /** Starts the next message on an idle slot, if there is one for it. */
  private take(slot: number, at: number): void {
    const task = Math.floor(slot / this.slots);
    const message = this.nextFor(task);
    if (message < 0) {
      this.rest(slot);
      return;
    }
    this.fleet.work(task, 1, at);
    this.completions.push(at + this.begin(message, slot, at), slot);
  }

  /** Marks the message as started and answers how long it will take. */
  private begin(message: number, slot: number, at: number): number {
    this.slotMessage[slot] = message;
    this.busySlots += 1;
    if (this.workload.poison[message] === 0) this.remember(at - (this.workload.sentAt[message] as number));
    return (this.workload.serviceSeconds[message] as number) * this.serviceFactor(at);
  }

  private remember(wait: number): void {
    this.started += 1;
    const bucket = Math.min(waitBuckets - 1, Math.floor(wait * 10));
    this.waits[bucket] = (this.waits[bucket] as number) + 1;
    if (wait > this.maxWaitSeconds) this.maxWaitSeconds = wait;
    if (wait <= this.scenario.latencySeconds) return;
    this.late += 1;
    if (this.fleet.desired >= this.scenario.max) this.lateAtMaximum += 1;
  }

  private serviceFactor(at: number): number {
    const { slowdown, drift } = this.scenario.faults;
    const grown = drift === 1 ? 1 : 1 + ((drift - 1) * at) / this.workload.horizonSeconds;
    if (slowdown === undefined || at < slowdown.fromSeconds || at >= slowdown.fromSeconds + slowdown.forSeconds)
      return grown;
    return grown * slowdown.factor;
  }

  private heldBy(task: number): number {
    const message = this.held.get(task)?.shift();
    if (message === undefined) return -1;
    this.prefetched -= 1;
    return message;
  }

  private nextFor(task: number): number {
    const kept = this.heldBy(task);
    if (kept >= 0) return kept;
    const message = this.receive();
    if (message >= 0 && this.scenario.prefetch > 1) {
      const batch: number[] = [];
      while (batch.length < this.scenario.prefetch - 1 && this.waiting > 0) batch.push(this.receive());
      this.prefetched += batch.length;
      this.held.set(task, batch);
      this.share(task);
    }
    return message;
  }

  /** A worker's own idle slots take what it has received beyond one. */
  private share(task: number): void {
    const at = this.workload.sentAt[this.head - 1] as number;
    for (let slot = task * this.slots; slot < (task + 1) * this.slots; slot += 1)
      if ((this.idlePosition[slot] as number) >= 0) {
        this.wake(slot);
        this.take(slot, at);
      }
  }

  private receive(): number {
    if (this.waiting === 0) return -1;
    this.waiting -= 1;
    const again = this.returned.shift();
    if (again !== undefined) return again;
    this.head += 1;
    return this.head - 1;
  }

  private fail(message: number, at: number): void {
    const attempts = (this.attempts.get(message) ?? 0) + 1;
    this.attempts.set(message, attempts);
    if (attempts >= receivesBeforeDeadLetter) this.deadLettered += 1;
    else this.hide(message, at);
  }

  private hide(message: number, at: number): void {
    this.orphaned += 1;
    this.invisible.push({ until: at + this.scenario.visibilitySeconds, message });
  }

  private reappear(now: number): void {
    while (this.invisible.length > 0 && (this.invisible[0]?.until ?? Infinity) <= now) {
      const { message } = this.invisible.shift() as { message: number };
      this.orphaned -= 1;
      this.waiting += 1;
      this.returned.push(message);
      if (this.idle.length > 0) this.take(this.idleSlot(), now);
    }
  }

  private open(task: number, at: number): void {
    const first = task * this.slots;
    while (first + this.slots > this.slotMessage.length) this.grow();
    for (let slot = first; slot < first + this.slots; slot += 1) this.take(slot, at);
  }

  private leave(task: number): void {
    for (let slot = task * this.slots; slot < (task + 1) * this.slots; slot += 1) this.wake(slot);
  }

  private abandon(task: number, at: number): void {
    for (let message = this.heldBy(task); message >= 0; message = this.heldBy(task)) this.hide(message, at);
    for (let slot = task * this.slots; slot < (task + 1) * this.slots; slot += 1) {
      const message = this.slotMessage[slot] as number;
      if (message < 0) continue;
      this.slotMessage[slot] = -1;
      this.busySlots -= 1;
      this.killed += 1;
      this.hide(message, at);
    }
  }

  private idleSlot(): number {
    const slot = this.idle[Math.floor(this.pick() * this.idle.length)] as number;
    this.wake(slot);
    return slot;
  }

  private rest(slot: number): void {
    this.idlePosition[slot] = this.idle.length;
    this.idle.push(slot);
  }

  private wake(slot: number): void {
    const position = this.idlePosition[slot] as number;
    if (position < 0) return;
    this.idlePosition[slot] = -1;
    const last = this.idle.pop() as number;
    if (last === slot) return;
    this.idle[position] = last;
    this.idlePosition[last] = position;
  }

  private grow(): void {
    const messages = new Int32Array(this.slotMessage.length * 2).fill(-1);
    const positions = new Int32Array(this.slotMessage.length * 2).fill(-1);
    messages.set(this.slotMessage);
    positions.set(this.idlePosition);
    this.slotMessage = messages;
    this.idlePosition = positions;
  }
}
