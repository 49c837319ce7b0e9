/** What was read at a tick, as the policy is told it. */
import { parseArn } from "#shared/domain/arn.ts";
import type { ServiceState } from "#shared/domain/service.ts";
import { epochMs, isOlderThan } from "#shared/domain/time.ts";
import type { ServiceItem } from "#shared/ports/ledger.ts";
import type { QueueMinute } from "#shared/ports/metrics.ts";
import type { QueueCounts } from "#shared/ports/queues.ts";
import type { Reading } from "#shared/ports/reading.ts";
import type { ScalableTarget } from "#shared/ports/scalable-targets.ts";
import type { ScaleObservation } from "./observation.ts";

/** The answers of AWS at one tick; what was not asked for this time is undefined. */
export interface Readings {
  readonly now: Date;
  readonly counts: Reading<QueueCounts>;
  readonly service: Reading<ServiceState>;
  readonly minutes: Reading<readonly QueueMinute[]> | undefined;
  readonly target: Reading<ScalableTarget> | undefined;
}

/** A kill of the revision that runs still matters after this long. */
const RECENT_KILL_SECONDS = 600;

/** A raise that is being rolled out replaces the tasks; one that is only watched does not, and the queue goes on. */
const isBeingRaised = ({ active }: ServiceItem): boolean =>
  active?.plan.reaction === "oom" &&
  active.status === "running" &&
  active.steps[active.cursor]?.do !== "watch-for-kills";

const isKilledForMemory = (item: ServiceItem, { taskDefinitionArn }: ServiceState, now: Date): boolean =>
  isBeingRaised(item) ||
  item.kills.some(
    ({ at, revision }) => isSameRevision(revision, taskDefinitionArn) && !isOlderThan(at, RECENT_KILL_SECONDS, now),
  );

const isSameRevision = (one: string, other: string): boolean => parseArn(one)?.resource === parseArn(other)?.resource;

const isDeploying = ({ deployments }: ServiceState): boolean =>
  deployments.length > 1 || deployments.some(({ rolloutState }) => rolloutState === "IN_PROGRESS");

const minutesSeen = (minutes: readonly QueueMinute[]): Partial<ScaleObservation> => {
  const reported = minutes.findLast(({ secondsPerMessage }) => secondsPerMessage !== undefined)?.secondsPerMessage;
  return { minutes, ...(reported !== undefined && { reportedSecondsPerMessage: reported }) };
};

/** What the policy sees; a part that could not be read is absent. */
export const observationOf = ({ now, counts, service, minutes }: Readings, item: ServiceItem): ScaleObservation => ({
  nowSeconds: epochMs(now) / 1000,
  ...(counts.kind === "read" && { counts: counts.value }),
  ...(service.kind === "read" && {
    tasks: {
      desiredCount: service.value.desiredCount,
      runningCount: service.value.runningCount,
      pendingCount: service.value.pendingCount,
    },
    killedForMemory: isKilledForMemory(item, service.value, now),
    deploymentInProgress: isDeploying(service.value),
  }),
  ...(minutes?.kind === "read" && minutes.value.length > 0 && minutesSeen(minutes.value)),
});
