/** A bad image is released to a service without a hook: people are told how long it was exposed, and take it back. */
import { LOCAL_APPROVER } from "../../synthesized.ts";
import { type Chapter, expected } from "../chapter.ts";
import { deployTag, scanWith, tagService } from "../pipeline.ts";
import { sceneOf } from "../scene.ts";

const SERVICE = "api-gateway";
const TAG = "v1.1.0";
const FINDING = "CVE-2026-4712";

export const imageBlockedWhileRolling: Chapter = {
  name: "image-blocked-while-rolling",
  title: `${SERVICE} ${TAG} has a critical finding, and rolls out without a hook`,

  async play({ cloud, tick, until }) {
    const { now, offers, press } = sceneOf(cloud, SERVICE);
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

    expected(await until(() => offers(FINDING, "approve"), 900), "no rollback was offered");
    tick("the rollback is offered, with the finding and how long the image was exposed");

    await press(FINDING, "approve", LOCAL_APPROVER);
    const isBack = () => now().taskDefinitionArn === revisionBefore && !now().isDeploying;
    expected(await until(isBack, 2400), "the deployment was not rolled back");
    tick(`${LOCAL_APPROVER} approved: ${SERVICE} is back on the image before`);
    return { ok: true, detail: `${SERVICE} ${TAG} told for ${FINDING}, rolled back by one click` };
  },
};
