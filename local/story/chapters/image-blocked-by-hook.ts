/** A bad image is released to a service whose deployments are held by a PAUSE hook: no task of it ever starts. */
import { type Chapter, expected } from "../chapter.ts";
import { deployTag, scanWith } from "../pipeline.ts";
import { sceneOf } from "../scene.ts";

const SERVICE = "user-service";
const TAG = "v1.1.0";
const FINDING = "CVE-2026-4711";

export const imageBlockedByHook: Chapter = {
  name: "image-blocked-by-hook",
  title: `${SERVICE} ${TAG} has a critical finding, and its deployments are held until they are judged`,

  async play({ cloud, tick, until }) {
    const { now, told } = sceneOf(cloud, SERVICE);
    const tasks = () => now().tasks.map(({ arn }) => arn);
    expected(await until(() => !now().isDeploying, 1800), "the first deployment did not end");
    const [revisionBefore, tasksBefore] = [now().taskDefinitionArn, tasks()];

    cloud.door.pushImage({
      repositoryName: SERVICE,
      imageTag: TAG,
      scan: scanWith({ name: FINDING, severity: "CRITICAL" }),
    });
    await cloud.advance(60);
    const arn = await deployTag(cloud, SERVICE, TAG);
    tick(`${TAG} is pushed, scanned, and deployed by a pipeline`);

    const seen = new Set<string>();
    const isBack = () => {
      for (const task of tasks()) seen.add(task);
      return now().taskDefinitionArn === revisionBefore && told(FINDING).length > 0;
    };
    expected(await until(isBack, 1200), "the deployment was not sent back with its reason");
    expected(arn !== revisionBefore, "the pipeline deployed nothing");
    const started = [...seen].filter((task) => !tasksBefore.includes(task));
    expected(started.length === 0, `${started.length} tasks of the bad image were started`);
    tick("the gate answers the hook with ROLLBACK: no task of it was started");
    return { ok: true, detail: `${SERVICE} ${TAG} sent back for ${FINDING}; none of its tasks ever started` };
  },
};
