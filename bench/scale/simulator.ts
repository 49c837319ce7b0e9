import type { Controller, MinuteMetrics, View } from "./controller.ts";
import { Queue } from "./queue.ts";
import { normal, stream } from "./random.ts";
import type { Scenario } from "./scenario.ts";
import type { Workload } from "./workload.ts";

/** What a run came to. */
export interface Outcome {
  readonly messages: number;
  readonly late: number;
  readonly lateAtMaximum: number;
  readonly taskHours: number;
  readonly waitP99Seconds: number;
  readonly waitMaxSeconds: number;
  readonly changes: number;
  readonly starts: number;
  readonly killedMessages: number;
  readonly idleShare: number;
  /** One row each ten seconds, when asked for: second, desired, running, visible, oldest wait. */
  readonly history: readonly (readonly [number, number, number, number, number])[];
}

interface Options {
  readonly record?: boolean;
}

/** Tasks that run when the window opens: what its first ten minutes need, for every controller alike. */
const initialTasks = (
  { min, max, slotsPerTask }: Scenario,
  { sentAt, serviceSeconds, horizonSeconds }: Workload,
): number => {
  const until = Math.min(600, horizonSeconds);
  let work = 0;
  for (let i = 0; i < sentAt.length && (sentAt[i] as number) < until; i += 1) work += serviceSeconds[i] as number;
  return Math.max(min, Math.min(max, Math.ceil(work / until / slotsPerTask)));
};

const quantile = (waits: Int32Array, share: number): number => {
  const total = waits.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  for (let bucket = 0; bucket < waits.length; bucket += 1) {
    seen += waits[bucket] as number;
    if (seen >= share * total) return (bucket + 1) / 10;
  }
  return waits.length / 10;
};

/** Minutes of CloudWatch, gathered second by second. */
class Minutes {
  readonly all: MinuteMetrics[] = [];
  private sums = {
    visible: 0,
    visibleMax: 0,
    inFlight: 0,
    running: 0,
    busy: 0,
    slots: 0,
    sent: 0,
    deleted: 0,
    oldest: 0,
  };

  second(now: number, queue: Queue, slots: number): void {
    const { sums } = this;
    sums.visible += queue.visible;
    sums.visibleMax = Math.max(sums.visibleMax, queue.visible);
    sums.inFlight += queue.inFlight;
    sums.running += queue.fleet.running.length;
    sums.busy += queue.busySlots;
    sums.slots += queue.fleet.running.length * slots;
    sums.oldest = Math.max(sums.oldest, queue.oldestSeconds(now));
    if ((now + 1) % 60 !== 0) return;
    this.all.push({
      startSeconds: now - 59,
      sent: queue.sent - sums.sent,
      deleted: queue.deleted - sums.deleted,
      visibleMax: sums.visibleMax,
      visibleMean: sums.visible / 60,
      inFlightMean: sums.inFlight / 60,
      runningMean: sums.running / 60,
      oldestSeconds: sums.oldest,
      cpu: sums.slots > 0 ? Math.min(1, sums.busy / sums.slots) : 0,
    });
    this.sums = {
      visible: 0,
      visibleMax: 0,
      inFlight: 0,
      running: 0,
      busy: 0,
      slots: 0,
      sent: queue.sent,
      deleted: queue.deleted,
      oldest: 0,
    };
  }
}

/** Plays a workload against a controller, second by second, message by message. */
export const simulate = (
  scenario: Scenario,
  workload: Workload,
  controller: Controller,
  { record = false }: Options = {},
): Outcome => {
  const { faults, lagSeconds, noise, min, max, slotsPerTask } = scenario;
  const endSeconds = workload.horizonSeconds + Math.ceil(scenario.latencySeconds);
  const queue = new Queue(scenario, workload, initialTasks(scenario, workload));
  const { fleet } = queue;
  const minutes = new Minutes();
  const visibleAt = new Int32Array(endSeconds);
  const inFlightAt = new Int32Array(endSeconds);
  const runningAt = new Int32Array(endSeconds);
  const observed = stream(workload.seed, "observation");
  const ticked = stream(workload.seed, "ticks");
  const crashed = stream(workload.seed, "crashes");
  const history: [number, number, number, number, number][] = [];
  let changes = 0;
  let wanted = fleet.desired;
  let tickAt = Math.floor(ticked() * faults.lateTickSeconds);
  let tick = 0;
  let repeat = false;

  const isDark = (now: number) =>
    faults.blackout !== undefined &&
    now >= faults.blackout.fromSeconds &&
    now < faults.blackout.fromSeconds + faults.blackout.forSeconds;
  const noisy = (count: number) => {
    if (count === 0) return observed() < faults.ghosts ? 1 + Math.floor(2 * observed()) : 0;
    return Math.max(0, Math.round(count * (1 + noise * normal(observed))));
  };
  const viewAt = (now: number): View => ({
    nowSeconds: now,
    desired: fleet.desired,
    running: fleet.running.length,
    pending: fleet.pending.length,
    counts: () => {
      const seen = Math.max(0, Math.round(now - lagSeconds[0] - observed() * (lagSeconds[1] - lagSeconds[0])));
      if (observed() < faults.failedReads || isDark(now)) return undefined;
      return { visible: noisy(visibleAt[seen] as number), inFlight: noisy(inFlightAt[seen] as number) };
    },
    minute: (index) => (isDark(now) ? undefined : minutes.all[index]),
    newestMinute: isDark(now) ? -1 : Math.floor((now - scenario.metricDelaySeconds) / 60) - 1,
    sample: (second) => ({
      visible: visibleAt[Math.max(0, second)] as number,
      running: runningAt[Math.max(0, second)] as number,
    }),
    exact: { visible: queue.visible, inFlight: queue.inFlight },
  });

  for (let now = 0; now < endSeconds; now += 1) {
    if (wanted !== fleet.desired) {
      changes += 1;
      fleet.desired = wanted;
    }
    fleet.step(now);
    if (faults.crashesPerTaskHour > 0 && crashed() * 3600 < fleet.running.length * faults.crashesPerTaskHour)
      fleet.crashOne(now);
    visibleAt[now] = queue.visible;
    inFlightAt[now] = queue.inFlight;
    runningAt[now] = fleet.running.length;
    if (record && now % 10 === 0)
      history.push([now, fleet.desired, fleet.running.length, queue.visible, queue.oldestSeconds(now)]);
    while (now >= tickAt) {
      if (ticked() >= faults.lostTicks)
        wanted = Math.max(min, Math.min(max, Math.round(controller.decide(viewAt(now)))));
      repeat = !repeat && ticked() < faults.duplicateTicks;
      if (repeat) continue;
      tick += 1;
      tickAt = tick * controller.periodSeconds + Math.floor(ticked() * (faults.lateTickSeconds + 1));
    }
    queue.step(now);
    minutes.second(now, queue, slotsPerTask);
  }
  fleet.close(endSeconds);
  queue.close(endSeconds);
  const workSeconds = workload.serviceSeconds.reduce((sum, seconds) => sum + seconds, 0);
  return {
    messages: queue.started,
    late: queue.late,
    lateAtMaximum: queue.lateAtMaximum,
    taskHours: fleet.billedSeconds / 3600,
    waitP99Seconds: quantile(queue.waits, 0.99),
    waitMaxSeconds: queue.maxWaitSeconds,
    changes,
    starts: fleet.starts,
    killedMessages: queue.killed,
    idleShare: Math.max(0, 1 - workSeconds / slotsPerTask / fleet.billedSeconds),
    history,
  };
};
