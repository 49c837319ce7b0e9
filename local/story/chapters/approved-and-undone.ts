/** A service that must be asked first: a proposal, a click that approves it, and a click that takes it back. */
import { LOCAL_APPROVER } from "../../synthesized.ts";
import { type Chapter, expected } from "../chapter.ts";
import { CLUSTER, tagService } from "../pipeline.ts";
import { sceneOf } from "../scene.ts";

const SERVICE = "user-service";
const NEEDED_MIB = 700;
const STRANGER = "U0000666";

const revisionOf = (arn: string): string => arn.slice(arn.lastIndexOf("/") + 1);

export const approvedAndUndone: Chapter = {
  name: "approved-and-undone",
  title: `${SERVICE} needs more memory, and is in mode ask`,

  async play({ cloud, tick, until }) {
    const { now, told, offers, press } = sceneOf(cloud, SERVICE);
    const says = (words: string) => told(SERVICE).some(({ text }) => text.includes(words));
    const limits = () =>
      new Set(now().tasks.flatMap((task) => (task.lastStatus === "RUNNING" ? [task.memoryLimitMiB] : [])));
    const { taskDefinitionArn: before } = now();
    const [memoryBefore = 0] = limits();

    await tagService(cloud, now().arn, { "reflex:oom:mode": "ask" });
    cloud.door.suffer(CLUSTER, SERVICE, { memoryMiB: NEEDED_MIB });
    expected(await until(() => offers(SERVICE, "approve"), 1200), "no proposal came");
    expected(now().taskDefinitionArn === before, "something was deployed before anybody approved it");
    tick("a proposal is in Slack, with its price; nothing is changed");

    await press(SERVICE, "approve", STRANGER);
    await cloud.advance(60);
    expected(says("waits for approval"), "somebody who is not on the list could approve it");
    tick(`${STRANGER} is not on the list of approvers: nothing is changed`);

    await press(SERVICE, "approve", LOCAL_APPROVER);
    expected(await until(() => says("steady"), 2400), "the approved raise did not become steady");
    const raised = now().taskDefinitionArn;
    const [memoryRaised = 0] = limits();
    expected(raised !== before && memoryRaised > NEEDED_MIB, `tasks run with ${memoryRaised} MiB`);
    tick(`${LOCAL_APPROVER} approved: ${memoryBefore} → ${memoryRaised} MiB on ${revisionOf(raised)}`);

    cloud.door.suffer(CLUSTER, SERVICE, { memoryMiB: memoryBefore / 2 });
    await press(SERVICE, "undo", LOCAL_APPROVER);
    expected(await until(() => says("taken back") && !says("being"), 2400), "it was not taken back");
    const undone = now().taskDefinitionArn;
    expected(await until(() => limits().size === 1 && limits().has(memoryBefore), 1200), "tasks kept the raised size");
    tick(`${LOCAL_APPROVER} took it back: ${revisionOf(undone)} has ${memoryBefore} MiB again`);

    const messages = told(SERVICE);
    expected(messages.length === 1, `${messages.length} Slack messages tell of it, one would be fine`);
    return {
      ok: true,
      detail: `proposed, approved, ${memoryBefore} → ${memoryRaised} MiB, taken back → ${memoryBefore} MiB, one message`,
    };
  },
};
