/** A clean image gets a release tag that the configuration promotes: it is proposed, approved, and deployed by digest. */
import type { JsonObject } from "../../contract.ts";
import type { EcsDoor, SlackDoor } from "../../neighbours.ts";
import { LOCAL_APPROVER } from "../../synthesized.ts";
import { type Chapter, expected } from "../chapter.ts";
import { CLUSTER, scanWith, tagService } from "../pipeline.ts";

const SERVICE = "api-gateway";
const TAG = "v1.2.0";

export const imagePromoted: Chapter = {
  name: "image-promoted",
  title: `${SERVICE} ${TAG} passes its scan, and release tags of it are promoted`,

  async play({ cloud, tick, until }) {
    const ecs = cloud.local.cloud.neighbour<EcsDoor>("ecs");
    const slack = cloud.local.cloud.neighbour<SlackDoor>("slack");
    const now = () => {
      const service = ecs.service(CLUSTER, SERVICE);
      if (!service) throw new Error(`there is no service ${CLUSTER}/${SERVICE}`);
      return service;
    };
    const message = () => slack.messages().find(({ blocks }) => JSON.stringify(blocks).includes(TAG));
    const offers = (action: string) =>
      (message()?.blocks ?? []).some(({ elements }) =>
        ((elements ?? []) as readonly JsonObject[]).some(({ action_id }) => action_id === action),
      );
    await tagService(cloud, now().arn, { "reflex:gate:mode": "act" });

    const { digest } = cloud.door.pushImage({
      repositoryName: SERVICE,
      imageTag: TAG,
      scan: scanWith({ name: "CVE-2026-0001", severity: "LOW" }),
    });
    tick(`${TAG} is pushed; its scan finds one low finding`);

    expected(await until(() => offers("approve"), 1800), "the passed image was not proposed");
    tick("the passed image is proposed");
    const { ts = "" } = message() ?? {};
    const status = await cloud.door.click({ ts, actionId: "approve", user: LOCAL_APPROVER });
    expected(status === 200, `the click was answered with ${status}`);

    const runs = async () => {
      const { taskDefinition } = await cloud.door.request("ecs", "DescribeTaskDefinition", {
        taskDefinition: now().taskDefinitionArn,
      });
      const [container] = (taskDefinition as JsonObject).containerDefinitions as readonly JsonObject[];
      return String(container?.image);
    };
    const before = now().taskDefinitionArn;
    const isDeployed = () => now().taskDefinitionArn !== before && !now().isDeploying;
    expected(await until(isDeployed, 2400), "the approved image was not deployed");
    const image = await runs();
    expected(image.endsWith(`@${digest}`), `the service runs ${image}, not ${digest}`);
    tick(`${LOCAL_APPROVER} approved: ${SERVICE} runs ${digest.slice(0, 19)}…, pinned by digest`);
    return { ok: true, detail: `${SERVICE} ${TAG} proposed, approved and deployed by digest` };
  },
};
