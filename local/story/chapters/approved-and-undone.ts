/** A service that must be asked first: a proposal, a click that approves it, and a click that takes it back. */
import type { JsonObject } from "../../contract.ts";
import type { EcsDoor, SlackDoor } from "../../neighbours.ts";
import { LOCAL_APPROVER } from "../../synthesized.ts";
import { type Chapter, expected } from "../chapter.ts";
import { CLUSTER, tagService } from "../pipeline.ts";

const SERVICE = "user-service";
const NEEDED_MIB = 700;
const STRANGER = "U0000666";

const revisionOf = (arn: string): string => arn.slice(arn.lastIndexOf("/") + 1);

const buttonsOf = (blocks: readonly JsonObject[]): readonly string[] =>
  blocks
    .filter(({ type }) => type === "actions")
    .flatMap(({ elements }) => (elements as readonly JsonObject[]).map(({ action_id }) => String(action_id)));

export const approvedAndUndone: Chapter = {
  name: "approved-and-undone",
  title: `${SERVICE} needs more memory, and is in mode ask`,

  async play({ cloud, tick, until }) {
    const ecs = cloud.local.cloud.neighbour<EcsDoor>("ecs");
    const slack = cloud.local.cloud.neighbour<SlackDoor>("slack");
    const now = () => {
      const service = ecs.service(CLUSTER, SERVICE);
      if (!service) throw new Error(`there is no service ${CLUSTER}/${SERVICE}`);
      return service;
    };
    const earlier = new Set(slack.messages().map(({ ts }) => ts));
    const message = () => slack.messages().find(({ ts, text }) => !earlier.has(ts) && text.includes(SERVICE));
    const offers = (action: string) => buttonsOf(message()?.blocks ?? []).includes(action);
    const says = (words: string) => message()?.text.includes(words) === true;
    const press = async (actionId: string, user: string) => {
      const status = await cloud.door.click({ ts: message()?.ts ?? "", actionId, user });
      expected(status === 200, `the click on ${actionId} was answered with ${status}`);
    };
    const limits = () =>
      new Set(now().tasks.flatMap((task) => (task.lastStatus === "RUNNING" ? [task.memoryLimitMiB] : [])));
    const { taskDefinitionArn: before } = now();
    const [memoryBefore = 0] = limits();

    await tagService(cloud, now().arn, { "reflex:oom:mode": "ask" });
    cloud.door.suffer(CLUSTER, SERVICE, { memoryMiB: NEEDED_MIB });
    expected(await until(() => offers("approve"), 1200), "no proposal came");
    expected(now().taskDefinitionArn === before, "something was deployed before anybody approved it");
    tick("a proposal is in Slack, with its price; nothing is changed");

    await press("approve", STRANGER);
    await cloud.advance(60);
    expected(says("waits for approval"), "somebody who is not on the list could approve it");
    tick(`${STRANGER} is not on the list of approvers: nothing is changed`);

    await press("approve", LOCAL_APPROVER);
    expected(await until(() => says("steady"), 2400), "the approved raise did not become steady");
    const raised = now().taskDefinitionArn;
    const [memoryRaised = 0] = limits();
    expected(raised !== before && memoryRaised > NEEDED_MIB, `tasks run with ${memoryRaised} MiB`);
    tick(`${LOCAL_APPROVER} approved: ${memoryBefore} → ${memoryRaised} MiB on ${revisionOf(raised)}`);

    cloud.door.suffer(CLUSTER, SERVICE, { memoryMiB: memoryBefore / 2 });
    await press("undo", LOCAL_APPROVER);
    expected(await until(() => says("taken back") && !says("being"), 2400), "it was not taken back");
    const undone = now().taskDefinitionArn;
    expected(await until(() => limits().size === 1 && limits().has(memoryBefore), 1200), "tasks kept the raised size");
    tick(`${LOCAL_APPROVER} took it back: ${revisionOf(undone)} has ${memoryBefore} MiB again`);

    const messages = slack.messages().filter(({ ts, text }) => !earlier.has(ts) && text.includes(SERVICE));
    expected(messages.length === 1, `${messages.length} Slack messages tell of it, one would be fine`);
    return {
      ok: true,
      detail: `proposed, approved, ${memoryBefore} → ${memoryRaised} MiB, taken back → ${memoryBefore} MiB, one message`,
    };
  },
};
