/** How long Fargate takes from launch to a polling worker: median and 95th percentile, seconds. Source: docs/scaling.md, the model. */
export const startProfiles = {
  fast: { medianSeconds: 23, p95Seconds: 35 },
  normal: { medianSeconds: 35, p95Seconds: 60 },
  slow: { medianSeconds: 60, p95Seconds: 120 },
} as const;

/** The name of a start profile. */
export type StartProfile = keyof typeof startProfiles;

/** How service times spread around their mean. */
export type ServiceShape = "fixed" | "cv0.5" | "cv1" | "cv2" | "two-class";

/** What goes wrong during a run; every share is a fraction of 1. */
export interface Faults {
  readonly failedStarts: number;
  readonly failedReads: number;
  readonly ghosts: number;
  readonly poison: number;
  readonly lostTicks: number;
  readonly duplicateTicks: number;
  readonly lateTickSeconds: number;
  readonly crashesPerTaskHour: number;
  /** Seconds from the start, length in seconds, and by how much every service time is multiplied meanwhile. */
  readonly slowdown?: { readonly fromSeconds: number; readonly forSeconds: number; readonly factor: number };
  /** Minute metrics and counts are both unreadable from here for this long. */
  readonly blackout?: { readonly fromSeconds: number; readonly forSeconds: number };
  /** The factor that the service time has grown to, linearly, by the end of the run. */
  readonly drift: number;
}

/** Everything about a run that is not the trace, the seed or the controller. */
export interface Scenario {
  readonly latencySeconds: number;
  readonly percentile: number;
  readonly serviceSeconds: number;
  readonly serviceShape: ServiceShape;
  readonly slotsPerTask: number;
  readonly load: number;
  readonly min: number;
  readonly max: number;
  readonly hours: number;
  readonly start: StartProfile;
  /** Counts are as old as a draw between these, seconds. */
  readonly lagSeconds: readonly [number, number];
  /** Standard deviation of the counts, as a fraction of the count. */
  readonly noise: number;
  /** A minute of CloudWatch can be read this long after its end, seconds. */
  readonly metricDelaySeconds: number;
  /** `protected`: only idle tasks stop. `drains`: any task, which has `stopTimeoutSeconds` to finish what it holds. */
  readonly stops: "protected" | "drains";
  readonly stopTimeoutSeconds: number;
  readonly visibilitySeconds: number;
  /** Messages a worker receives at once and keeps in flight beside the ones its slots work on; 0 is one per slot. */
  readonly prefetch: number;
  /** The service time that controllers are told, as a factor of the true mean; absent, they must learn it. */
  readonly toldServiceFactor?: number;
  readonly faults: Faults;
}

/** A world without faults beyond what AWS itself does on a good day. */
export const goodDay: Faults = {
  failedStarts: 0.01,
  failedReads: 0.005,
  ghosts: 0.01,
  poison: 0,
  lostTicks: 0,
  duplicateTicks: 0,
  lateTickSeconds: 2,
  crashesPerTaskHour: 0,
  drift: 1,
};

/** The main scenario: a minute's promise, two-second messages, four at once, eight busy tasks on average. */
export const mainScenario: Scenario = {
  latencySeconds: 60,
  percentile: 100,
  serviceSeconds: 2,
  serviceShape: "cv1",
  slotsPerTask: 4,
  load: 8,
  min: 1,
  max: 5000,
  hours: 24,
  start: "normal",
  lagSeconds: [2, 10],
  noise: 0.03,
  metricDelaySeconds: 90,
  stops: "drains",
  stopTimeoutSeconds: 120,
  visibilitySeconds: 180,
  prefetch: 0,
  faults: goodDay,
};

/** The share of a start that is provisioning and not billed; the rest is image pull and boot. */
export const unbilledStartShare = 0.3;

/** The least that Fargate bills for a task, seconds. Source: AWS Fargate pricing. */
export const leastBilledSeconds = 60;

/** Mean seconds of a start that are billed before the task can work, of a lognormal start. */
export const billedStartSeconds = ({ start }: Scenario): number => {
  const { medianSeconds, p95Seconds } = startProfiles[start];
  const sigma = Math.log(p95Seconds / medianSeconds) / 1.6449;
  return (1 - unbilledStartShare) * medianSeconds * Math.exp(sigma ** 2 / 2);
};
