/** Settings of the scale reaction: what is promised to a queue's messages, and within which bounds. */
import { block } from "./block.ts";
import { decimal, flag, oneOf, oneOfNumbers, text, wholeNumber } from "./field.ts";

/** An empty name, or the names of queues; whether the scaler can follow them is told per service, with a reason. */
const QUEUES = /^$|^[\w-]{1,80}(?:\.fifo)?(?:[, ]+[\w-]{1,80}(?:\.fifo)?)*$/;

export const scale = block({
  description: "How a service that works an SQS queue follows it, so that messages start within a promised time.",
  perService: true,
  fields: {
    mode: oneOf(["off", "observe", "act"], {
      default: "observe",
      tag: "mode",
      namedOnly: ["act"],
      description: "How far to go with a queue's worker: off, only say what it would do, or act.",
    }),
    queueName: text(QUEUES, "the name of a standard queue of this account and region", {
      default: "",
      description: "The queue that the service works; said for one service by its full name, and only here.",
    }),
    latencySeconds: wholeNumber(
      { from: 5, to: 86_400 },
      { default: 60, description: "The promise: so soon after it was sent a message is being worked on." },
    ),
    percentile: decimal(
      { from: 50, to: 100 },
      { default: 100, description: "The share of messages, in percent, that the promise covers." },
    ),
    min: wholeNumber({ from: 0, to: 5000 }, { default: 1, tag: "higher", description: "The fewest tasks." }),
    max: wholeNumber({ from: 1, to: 5000 }, { default: 10, tag: "lower", description: "The most tasks." }),
    secondsPerMessage: decimal(
      { from: 0, to: 43_200 },
      { default: 0, description: "Mean seconds that one message takes; 0 leaves it to be learned." },
    ),
    workerReports: flag({
      default: false,
      description:
        "Whether the worker publishes SecondsPerMessage of the namespace EcsReflex/Workers by QueueName, as examples/worker does.",
    }),
    slotsPerTask: wholeNumber(
      { from: 1, to: 1000 },
      { default: 1, description: "Messages that one task works on at once." },
    ),
    busyTasks: oneOf(["lost", "drain", "protected"], {
      default: "lost",
      description:
        "What becomes of a task's work when ECS stops it: it is lost (then tasks are removed only while nothing is in " +
        "flight), it drains within the stop timeout, or the task protects itself while it is busy.",
    }),
    tickSeconds: oneOfNumbers([10, 60], {
      default: 10,
      description: "Seconds between two looks at the queue.",
    }),
    startMedianSeconds: decimal(
      { from: 1, to: 1800 },
      {
        default: 35,
        description: "Seconds from launch to a working task, in the median, until they are learned.",
        source: "published Fargate starts range from 23 s to 60 s",
      },
    ),
    startP95Seconds: decimal(
      { from: 1, to: 3600 },
      { default: 60, description: "The same for the slowest of twenty." },
    ),
    othersTarget: oneOf(["raise-minimum", "leave-alone"], {
      default: "raise-minimum",
      description:
        "What to do with a service that somebody else's scaling policy scales as well: move its minimum, or leave it alone.",
    }),
  },
});
