/** A bad image is released to a service without a hook: people are told how long it was exposed, and take it back. */
import type { JsonObject } from "../../contract.ts";
import type { EcsDoor, SlackDoor } from "../../neighbours.ts";
import { LOCAL_APPROVER } from "../../synthesized.ts";
import { type Chapter, expected } from "../chapter.ts";
import { CLUSTER, deployTag, scanWith, tagService } from "../pipeline.ts";

const SERVICE = "api-gateway";
const TAG = "v1.1.0";
const FINDING = "CVE-2026-4712";

export const imageBlockedWhileRolling: Chapter = {
  name: "image-blocked-while-rolling",
  title: `${SERVICE} ${TAG} has a critical finding, and rolls out without a hook`,

  async play({ cloud, tick, until }) {
    const ecs = cloud.local.cloud.neighbour<EcsDoor>("ecs");
    const slack = cloud.local.cloud.neighbour<SlackDoor>("slack");
    const now = () => {
      const service = ecs.service(CLUSTER, SERVICE);
      if (!service) throw new Error(`there is no service ${CLUSTER}/${SERVICE}`);
      return service;
    };
    const message = () => slack.messages().find(({ blocks }) => JSON.stringify(blocks).includes(FINDING));
    const offers = (action: string) =>
      (message()?.blocks ?? []).some(({ elements }) =>
        ((elements ?? []) as readonly JsonObject[]).some(({ action_id }) => action_id === action),
      );
    const revisionBefore = now().taskDefinitionArn;
    await tagService(cloud, now().arn, { "reflex:gate:mode": "act" });

    cloud.door.pushImage({
      repositoryName: SERVICE,
      imageTag: TAG,
      scan: scanWith({ name: FINDING, severity: "CRITICAL" }),
    });
    await cloud.advance(60);
    await deployTag(cloud, SERVICE, TAG);
    tick(`${TAG} is pushed, scanned, and deployed by a pipeline`);

    expected(await until(() => offers("approve"), 900), "no rollback was offered");
    tick("the rollback is offered, with the finding and how long the image was exposed");

    const { ts = "" } = message() ?? {};
    const status = await cloud.door.click({ ts, actionId: "approve", user: LOCAL_APPROVER });
    expected(status === 200, `the click was answered with ${status}`);
    const isBack = () => now().taskDefinitionArn === revisionBefore && !now().isDeploying;
    expected(await until(isBack, 2400), "the deployment was not rolled back");
    tick(`${LOCAL_APPROVER} approved: ${SERVICE} is back on the image before`);
    return { ok: true, detail: `${SERVICE} ${TAG} told for ${FINDING}, rolled back by one click` };
  },
};
