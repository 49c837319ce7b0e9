/** A clean image gets a release tag that the configuration promotes: it is proposed, approved, and deployed by digest. */
import type { JsonObject } from "../../contract.ts";
import { LOCAL_APPROVER } from "../../synthesized.ts";
import { type Chapter, expected } from "../chapter.ts";
import { scanWith, tagService } from "../pipeline.ts";
import { sceneOf } from "../scene.ts";

const SERVICE = "api-gateway";
const TAG = "v1.2.0";

export const imagePromoted: Chapter = {
  name: "image-promoted",
  title: `${SERVICE} ${TAG} passes its scan, and release tags of it are promoted`,

  async play({ cloud, tick, until }) {
    const { now, offers, press } = sceneOf(cloud, SERVICE);
    await tagService(cloud, now().arn, { "reflex:gate:mode": "act" });

    const { digest } = cloud.door.pushImage({
      repositoryName: SERVICE,
      imageTag: TAG,
      scan: scanWith({ name: "CVE-2026-0001", severity: "LOW" }),
    });
    tick(`${TAG} is pushed; its scan finds one low finding`);

    expected(await until(() => offers(TAG, "approve"), 1800), "the passed image was not proposed");
    tick("the passed image is proposed");
    await press(TAG, "approve", LOCAL_APPROVER);
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
