/** A flood of messages: tasks follow within the promise, and leave again without taking work with them. */
import type { EcsDoor, SlackDoor, SqsDoor } from "../../neighbours.ts";
import { type Chapter, expected } from "../chapter.ts";

const CLUSTER = "production";
const SERVICE = "worker";
const QUEUE = "worker";
const PROMISED_SECONDS = 60;
const MESSAGES = 400;
const PER_SECOND = 1.8;

export const floodDrained: Chapter = {
  name: "flood-drained",
  title: `${MESSAGES} messages come to ${SERVICE}, four times what one task can do`,

  async play({ cloud, tick, until }) {
    const ecs = cloud.local.cloud.neighbour<EcsDoor>("ecs");
    const sqs = cloud.local.cloud.neighbour<SqsDoor>("sqs");
    const slack = cloud.local.cloud.neighbour<SlackDoor>("slack");
    const queueArn = sqs.queues().find(({ name }) => name === QUEUE)?.arn;
    if (queueArn === undefined) throw new Error(`there is no queue ${QUEUE}`);
    const service = () => {
      const found = ecs.service(CLUSTER, SERVICE);
      if (!found) throw new Error(`there is no service ${CLUSTER}/${SERVICE}`);
      return found;
    };
    const before = ecs.consumed(queueArn);
    const fewest = service().runningCount;
    const atRest = () => service().runningCount === fewest && service().desiredCount === fewest;
    let oldestSeconds = 0;
    let mostTasks = 0;
    const look = () => {
      oldestSeconds = Math.max(oldestSeconds, sqs.counts(queueArn).oldestAgeSeconds);
      mostTasks = Math.max(mostTasks, service().runningCount);
    };
    const done = () => {
      look();
      return ecs.consumed(queueArn).processed - before.processed;
    };

    cloud.door.loadQueue(QUEUE, { messages: MESSAGES, ratePerSecond: PER_SECOND });
    const grows = () => {
      look();
      return service().desiredCount > fewest;
    };
    expected(await until(grows, 120), "no task was added");
    tick(`${sqs.counts(queueArn).visible} messages wait: ${fewest} → ${service().desiredCount} tasks`);

    expected(await until(() => done() === MESSAGES, 900), `${done()} of ${MESSAGES} messages were done`);
    expected(
      oldestSeconds <= PROMISED_SECONDS,
      `a message waited ${oldestSeconds} s, ${PROMISED_SECONDS} s are promised`,
    );
    tick(`all ${MESSAGES} are done with ${mostTasks} tasks; none waited longer than ${oldestSeconds} s`);

    expected(await until(atRest, 1800), `${service().desiredCount} tasks stayed`);
    const lost = ecs.consumed(queueArn).lost - before.lost;
    expected(lost === 0, `${lost} messages were lost with their tasks`);
    tick(`${mostTasks} → ${fewest} tasks, and no work was lost with a task that left`);

    const messages = slack.messages().filter(({ text }) => text.includes(`${SERVICE} follows its queue`));
    expected(messages.length > 0, "no Slack message tells of it");
    return { ok: true, detail: `${MESSAGES} messages, ${mostTasks} tasks, ${oldestSeconds} s at most, none lost` };
  },
};
