/** A service needs more memory than it has: it is killed, gets the size that holds, and people read of it. */
import { type Chapter, expected } from "../chapter.ts";
import { CLUSTER } from "../pipeline.ts";
import { sceneOf } from "../scene.ts";

const SERVICE = "order-service";
const NEEDED_MIB = 1300;

const revisionOf = (arn: string): string => arn.slice(arn.lastIndexOf("/") + 1);

export const oomRaised: Chapter = {
  name: "oom-raised",
  title: `${SERVICE} has 1024 MiB and needs ${NEEDED_MIB}`,

  async play({ cloud, tick, until }) {
    const { now, told } = sceneOf(cloud, SERVICE);
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
      told(SERVICE).some(({ text }) => text.includes("steady"));
    expected(await until(isSteady, 1800), "the service did not become steady on the new revision");
    tick(`${desiredCount} of ${desiredCount} tasks run on ${revisionOf(after)}, and nothing is killed any more`);

    const tasks = now().tasks.filter(({ lastStatus }) => lastStatus === "RUNNING");
    const limits = new Set(tasks.map(({ memoryLimitMiB }) => memoryLimitMiB));
    expected(
      [...limits].every((limit) => limit > NEEDED_MIB),
      `tasks run with ${[...limits].join(", ")} MiB`,
    );
    const messages = told(SERVICE);
    expected(messages.length === 1, `${messages.length} Slack messages tell of it, one would be fine`);
    return { ok: true, detail: `${revisionOf(before)} → ${revisionOf(after)}, ${[...limits].join()} MiB, one message` };
  },
};
