import { lognormal, stream } from "./random.ts";
import { leastBilledSeconds, type Scenario, startProfiles, unbilledStartShare } from "./scenario.ts";

/** Where a task stands. */
export const taskState = { pending: 1, running: 2, draining: 3, stopped: 4 } as const;

/** Fargate's launch rate for an account: a bucket of 100, 20 more each second. */
const launchBurst = 100;
const launchesPerSecond = 20;

interface Task {
  state: number;
  readonly billedFrom: number;
  readonly readyAt: number;
  readonly fails: boolean;
  busy: number;
  killAt: number;
}

/** What the fleet asks of the queue's side when tasks come and go. */
export interface FleetEvents {
  started(task: number, at: number): void;
  stopping(task: number): void;
  killed(task: number, at: number): void;
}

/** The tasks of one service: launched, started, drained, stopped and billed as ECS on Fargate does. */
export class Fleet {
  readonly tasks: Task[] = [];
  pending: number[] = [];
  running: number[] = [];
  draining: number[] = [];
  desired: number;
  starts = 0;
  billedSeconds = 0;
  private tokens = launchBurst;
  private readonly scenario: Scenario;
  private readonly events: FleetEvents;
  private readonly startDraws: () => number;
  private readonly failureDraws: () => number;
  private readonly choice: () => number;

  constructor(scenario: Scenario, seed: number, initial: number, events: FleetEvents) {
    this.scenario = scenario;
    this.events = events;
    this.desired = initial;
    const { medianSeconds, p95Seconds } = startProfiles[scenario.start];
    const starts = stream(seed, "starts");
    this.startDraws = () => lognormal(starts, medianSeconds, p95Seconds);
    this.failureDraws = stream(seed, "failures");
    this.choice = stream(seed, "stops");
    for (let task = 0; task < initial; task += 1) {
      this.tasks.push({ state: taskState.running, billedFrom: 0, readyAt: 0, fails: false, busy: 0, killAt: Infinity });
      this.running.push(task);
    }
  }

  stateOf(task: number): number {
    return (this.tasks[task] as Task).state;
  }

  /** A slot of the task took a message (+1) or let it go (-1); a draining task that lets its last go stops. */
  work(task: number, change: 1 | -1, at: number): void {
    const entry = this.tasks[task] as Task;
    entry.busy += change;
    if (entry.busy === 0 && entry.state === taskState.draining) this.stop(task, at);
  }

  /** One second of the ECS scheduler: ready tasks start, overdue ones are killed, the count moves towards desired. */
  step(now: number): void {
    this.tokens = Math.min(launchBurst, this.tokens + launchesPerSecond);
    if (this.pending.length > 0) this.startReady(now);
    if (this.draining.length > 0) this.killOverdue(now);
    const missing = this.desired - this.running.length - this.pending.length;
    for (let k = Math.min(missing, this.tokens); k > 0; k -= 1) this.launch(now);
    for (let k = missing; k < 0; k += 1) if (!this.retireOne(now)) break;
  }

  /** Stops a running task at once, as a crash does. */
  crashOne(now: number): void {
    const task = this.running[Math.floor(this.choice() * this.running.length)];
    if (task === undefined) return;
    this.events.stopping(task);
    this.running = this.running.filter((other) => other !== task);
    this.events.killed(task, now);
    this.stop(task, now);
  }

  /** Bills every task that still runs; call once, at the end of the run. */
  close(now: number): void {
    for (const task of this.tasks)
      if (task.state !== taskState.stopped) this.billedSeconds += Math.max(0, now - task.billedFrom);
  }

  private launch(now: number): void {
    this.tokens -= 1;
    this.starts += 1;
    const delay = this.startDraws();
    this.pending.push(this.tasks.length);
    this.tasks.push({
      state: taskState.pending,
      billedFrom: now + unbilledStartShare * delay,
      readyAt: now + delay,
      fails: this.failureDraws() < this.scenario.faults.failedStarts,
      busy: 0,
      killAt: Infinity,
    });
  }

  private startReady(now: number): void {
    const waiting: number[] = [];
    for (const task of this.pending) {
      const entry = this.tasks[task] as Task;
      if (entry.readyAt > now) waiting.push(task);
      else if (entry.fails) this.stop(task, now);
      else {
        entry.state = taskState.running;
        this.running.push(task);
        this.events.started(task, now);
      }
    }
    this.pending = waiting;
  }

  private killOverdue(now: number): void {
    for (const task of [...this.draining])
      if ((this.tasks[task] as Task).killAt <= now) {
        this.events.killed(task, now);
        this.stop(task, now);
      }
  }

  /** The newest pending task, else a running one: idle ones only under protection, else any. */
  private retireOne(now: number): boolean {
    const newest = this.pending.pop();
    if (newest !== undefined) {
      this.stop(newest, now);
      return true;
    }
    const candidates =
      this.scenario.stops === "protected"
        ? this.running.filter((task) => (this.tasks[task] as Task).busy === 0)
        : this.running;
    const task = candidates[Math.floor(this.choice() * candidates.length)];
    if (task === undefined) return false;
    const entry = this.tasks[task] as Task;
    this.running.splice(this.running.indexOf(task), 1);
    this.events.stopping(task);
    entry.killAt = now + this.scenario.stopTimeoutSeconds;
    entry.state = taskState.draining;
    if (entry.busy === 0) this.stop(task, now);
    else this.draining.push(task);
    return true;
  }

  private stop(task: number, at: number): void {
    const entry = this.tasks[task] as Task;
    if (entry.state === taskState.draining) this.draining = this.draining.filter((other) => other !== task);
    entry.state = taskState.stopped;
    if (at > entry.billedFrom) this.billedSeconds += Math.max(leastBilledSeconds, at - entry.billedFrom);
  }
}
