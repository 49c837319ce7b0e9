/** A service needs more memory than it has: it is killed, gets the size that holds, and people read of it. */
import type { EcsDoor, SlackDoor } from "../../neighbours.ts";
import { type Chapter, expected } from "../chapter.ts";

const CLUSTER = "production";
const SERVICE = "order-service";
const NEEDED_MIB = 1300;

const revisionOf = (arn: string): string => arn.slice(arn.lastIndexOf("/") + 1);

export const oomRaised: Chapter = {
  name: "oom-raised",
  title: `${SERVICE} has 1024 MiB and needs ${NEEDED_MIB}`,

  async play({ cloud, tick, until }) {
    const ecs = cloud.local.cloud.neighbour<EcsDoor>("ecs");
    const slack = cloud.local.cloud.neighbour<SlackDoor>("slack");
    const now = () => {
      const service = ecs.service(CLUSTER, SERVICE);
      if (!service) throw new Error(`there is no service ${CLUSTER}/${SERVICE}`);
      return service;
    };
    const message = () => slack.messages().find(({ text }) => text.includes(SERVICE));
    const { taskDefinitionArn: before, desiredCount } = now();

    cloud.door.suffer(CLUSTER, SERVICE, { memoryMiB: NEEDED_MIB });
    expected(await until(() => now().runningCount < desiredCount, 600), "no task was killed for memory");
    tick("a task is killed: OutOfMemoryError: Container killed due to memory usage");

    expected(await until(() => now().taskDefinitionArn !== before, 600), "no new revision was deployed");
    const after = now().taskDefinitionArn;
    tick(`${revisionOf(before)} is replaced by ${revisionOf(after)}, registered under the function's own role`);

    const isSteady = () =>
      now().taskDefinitionArn === after &&
      now().runningCount === desiredCount &&
      message()?.text.includes("steady") === true;
    expected(await until(isSteady, 1800), "the service did not become steady on the new revision");
    tick(`${desiredCount} of ${desiredCount} tasks run on ${revisionOf(after)}, and nothing is killed any more`);

    const tasks = now().tasks.filter(({ lastStatus }) => lastStatus === "RUNNING");
    const limits = new Set(tasks.map(({ memoryLimitMiB }) => memoryLimitMiB));
    expected(
      [...limits].every((limit) => limit > NEEDED_MIB),
      `tasks run with ${[...limits].join(", ")} MiB`,
    );
    const messages = slack.messages().filter(({ text }) => text.includes(SERVICE));
    expected(messages.length === 1, `${messages.length} Slack messages tell of it, one would be fine`);
    return { ok: true, detail: `${revisionOf(before)} → ${revisionOf(after)}, ${[...limits].join()} MiB, one message` };
  },
};
