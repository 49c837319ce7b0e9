/** Why the scale reaction changes nothing, or calls a person; each with its meaning for the reference page. */
import type { ScaleReason, ScaleWarning } from "./explanation.ts";

/** Why an enrolment cannot be followed, known from the configuration alone. */
export type Refusal = "fifo-queue" | "several-queues" | "shared-queue" | "cluster-unknown" | "minimum-above-maximum";

/** Services that are named and left to others. */
export type NotOurs = "other-controller" | "ec2-launch-type" | "windows";

/** Why nothing is changed, besides what the policy itself says of the queue. */
export type ScaleHold =
  | "not-enrolled"
  | "service-gone"
  | "switched-off"
  | "target-unreadable"
  | "tasks-busy"
  | "left-to-another"
  | "paused"
  | "out-of-time"
  | NotOurs
  | ScaleReason;

/** What a person must look at; scaling goes on where it can. */
export type ScaleEscalation =
  | Refusal
  | NotOurs
  | "queue-gone"
  | "no-permission"
  | "deployment-never-ends"
  | ScaleWarning;

const notOursMeanings: Readonly<Record<NotOurs, string>> = {
  "other-controller": "CodeDeploy or an external controller decides what this service runs; it is left alone.",
  "ec2-launch-type": "The service does not run on Fargate: instances would have to follow its count.",
  windows: "Services on Windows are left alone.",
};

/** What each hold means, in a sentence. */
export const holdMeanings: Readonly<Record<ScaleHold, string>> = {
  "not-enrolled": "The service's mode is off, or the configuration names no queue for it.",
  "service-gone": "The service does not exist any more or is being deleted.",
  ...notOursMeanings,
  "switched-off": "The desired count is 0 and the minimum is not: somebody switched the service off.",
  "target-unreadable": "Whether somebody else scales the service could not be read, so nothing changes.",
  "tasks-busy": "Tasks are spare, but work is in flight, and a stopped task would lose its work.",
  "left-to-another": "Somebody else's scaling policy scales the service, and the configuration leaves it to that.",
  paused: "The account's pause switch is on, or the service's tag or block says paused.",
  "out-of-time": "The function had too little time left to begin a change and remember it.",
  fits: "As many tasks run as the promise needs.",
  "enough-is-coming": "Tasks that are starting cover what is missing.",
  "spare-too-briefly": "Tasks are spare, but not for long enough yet to be worth another change.",
  "tasks-settle": "Tasks started or stopped too recently to take any away.",
  "at-maximum": "More tasks are needed than the maximum allows.",
  "service-time-unknown": "Too few messages were seen to know how long one takes, so nothing is taken away.",
  "arrivals-unknown": "The queue was not watched long enough to know what arrives, so nothing is taken away.",
  "downstream-is-the-bottleneck": "More tasks did not get more messages done, so none is added.",
  "killed-for-memory": "Tasks are killed for memory: their size is the trouble, not their number.",
  "deployment-in-progress": "A deployment moves tasks, so nothing is taken away.",
  "counts-unreadable": "The queue's counts could not be read, so nothing is taken away.",
  "tasks-unreadable": "The service's counts could not be read, so nothing changes.",
  "stale-tick": "The tick is not newer than the last one.",
  "backlog-needs-tasks": "In `observe`: tasks would be added to start every message in time.",
  "wakes-from-zero": "In `observe`: a task would be started for messages that wait while none runs.",
  "tasks-are-spare": "In `observe`: tasks would be taken away without which the promise still holds.",
  "outside-limits": "In `observe`: the count would be moved into its limits.",
};

/** What each escalation means, in a sentence. */
export const escalationMeanings: Readonly<Record<ScaleEscalation, string>> = {
  "fifo-queue":
    "The queue is a FIFO queue: a blocked message group waits for its own worker, so more tasks may not help.",
  "several-queues": "The service names several queues; one promise for all of them cannot be planned.",
  "shared-queue": "Two services name the same queue; which of them works a message nobody can tell.",
  "cluster-unknown": "The service's cluster is not among `clusters`, so no role of ours reaches it.",
  "minimum-above-maximum": "The fewest tasks are more than the most tasks.",
  ...notOursMeanings,
  "deployment-never-ends": "A deployment has gone on for more than an hour, and until it ends no task is taken away.",
  "queue-gone": "There is no queue of that name in this account and region.",
  "no-permission": "Our role, or a policy on the other side, does not let us look or change.",
  "promise-below-lead-time":
    "A message that needs a new task cannot start in time: looking and starting take longer than the promise.",
  "maximum-too-small": "The promise needs more tasks than the maximum allows.",
  "in-flight-without-work": "Messages are in flight that no task can be working on: held back or lost by workers.",
  "downstream-is-the-bottleneck": "More tasks did not get more messages done: what the workers depend on is the limit.",
};
