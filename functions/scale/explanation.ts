/** Why a tick ended as it did. */
export type ScaleReason =
  | "backlog-needs-tasks"
  | "wakes-from-zero"
  | "tasks-are-spare"
  | "fits"
  | "enough-is-coming"
  | "tasks-settle"
  | "spare-too-briefly"
  | "at-maximum"
  | "service-time-unknown"
  | "arrivals-unknown"
  | "downstream-is-the-bottleneck"
  | "killed-for-memory"
  | "deployment-in-progress"
  | "counts-unreadable"
  | "tasks-unreadable"
  | "stale-tick"
  | "outside-limits";

/** What people should know beside the decision. */
export type ScaleWarning =
  | "promise-below-lead-time"
  | "maximum-too-small"
  | "in-flight-without-work"
  | "downstream-is-the-bottleneck";

/** A decision's numbers, for the Slack message, the log and the ledger. */
export interface ScaleExplanation {
  readonly reason: ScaleReason;
  readonly warnings: readonly ScaleWarning[];
  readonly arrivalsPerSecond: number;
  /** How many more a second a plan for adding reckons with. */
  readonly marginPerSecond: number;
  readonly secondsPerMessage: number;
  readonly leadSeconds: number;
  readonly visibleMessages: number;
  readonly inFlightMessages: number;
  readonly expectedWaitSeconds: number;
  readonly latencySeconds: number;
  readonly from: number;
  readonly to: number;
  /** Tasks that are missing for the promise; 0 when none is. */
  readonly missingTasks: number;
  /** Tasks that could go without breaking the promise. */
  readonly spareTasks: number;
}

const tasks = (count: number): string => `${count} task${count === 1 ? "" : "s"}`;

const because: Record<ScaleReason, (explanation: ScaleExplanation) => string> = {
  "backlog-needs-tasks": ({ missingTasks, latencySeconds }) =>
    `${missingTasks.toFixed(1)} tasks are missing to start every message within ${latencySeconds} s`,
  "wakes-from-zero": ({ visibleMessages }) => `${visibleMessages} messages wait and no task runs`,
  "tasks-are-spare": ({ spareTasks }) => `${tasks(spareTasks)} can go and the promise still holds`,
  fits: () => "as many tasks run as the promise needs",
  "enough-is-coming": () => "tasks that are starting already cover what is missing",
  "spare-too-briefly": ({ spareTasks }) =>
    `${tasks(spareTasks)} can go, but not for long enough yet to be worth a change`,
  "tasks-settle": () => "tasks started or stopped too recently to take any away",
  "at-maximum": ({ missingTasks, to }) => `${missingTasks.toFixed(1)} tasks are missing, but ${to} is the maximum`,
  "service-time-unknown": () => "too few messages were seen to know how long one takes, so nothing is taken away",
  "arrivals-unknown": () => "the queue was not watched long enough to know what arrives, so nothing is taken away",
  "downstream-is-the-bottleneck": () => "more tasks did not get more messages done, so none is added",
  "killed-for-memory": () => "tasks are killed for memory: their size is the trouble, not their number",
  "deployment-in-progress": () => "a deployment moves tasks, so nothing is taken away",
  "counts-unreadable": () => "the queue's counts could not be read, so nothing is taken away",
  "tasks-unreadable": () => "the service's counts could not be read, so nothing changes",
  "stale-tick": () => "this tick is not newer than the last one",
  "outside-limits": () => "the count was outside its limits",
};

/** A decision in one sentence, with the numbers behind it. */
export const sentence = (explanation: ScaleExplanation): string => {
  const { from, to, reason, arrivalsPerSecond, marginPerSecond, secondsPerMessage, leadSeconds, expectedWaitSeconds } =
    explanation;
  const change = to === from ? `stays at ${tasks(to)}` : `goes from ${from} to ${tasks(to)}`;
  return (
    `${change}: ${because[reason](explanation)} ` +
    `(${arrivalsPerSecond.toFixed(1)} messages/s expected, up to ${(arrivalsPerSecond + marginPerSecond).toFixed(1)}; ` +
    `${secondsPerMessage.toFixed(2)} s a message; a new task works after ${leadSeconds.toFixed(0)} s; ` +
    `the newest message would wait ${expectedWaitSeconds.toFixed(0)} s)`
  );
};
