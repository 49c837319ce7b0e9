/** Deployments of a service whose PAUSE hook the gate answers, before any task of them starts. */
import { expect, test } from "vitest";
import type { JsonObject } from "../../local/contract.ts";
import { startWorld, type World } from "./world.ts";

const SERVICE = "user-service";
const REGISTRY = "111122223333.dkr.ecr.us-east-1.amazonaws.com";

const basic = (...severities: readonly string[]): JsonObject => ({
  imageScanStatus: { status: "COMPLETE", description: "The scan was completed successfully." },
  imageScanFindings: {
    findings: severities.map((severity, index) => ({
      name: `CVE-2026-${1000 + index}`,
      severity,
      attributes: [
        { key: "package_name", value: "openssl" },
        { key: "package_version", value: "3.0.1" },
      ],
    })),
  },
});

const push = (world: World, imageTag: string, scan: JsonObject | null) =>
  world.door.pushImage({ repositoryName: SERVICE, imageTag, scan });

const startedTasks = (world: World, arn: string) => world.service(SERVICE).tasks.filter((task) => task.taskDefinitionArn === arn);

test("x", async () => {
  const world = await startWorld();
  console.log((await world.records()).map((r) => `${r.incident} ${r.decision} ${r.reason} ${r.plan?.status} ${r.step?.name} ${r.service?.name}`));
  console.log(await world.describe(SERVICE).then((d) => JSON.stringify(d.deploymentConfiguration)));
  push(world, "v2.0.0", basic("CRITICAL"));
  await world.pass(60);
  const arn = await world.deployByPipeline({ image: `${REGISTRY}/${SERVICE}:v2.0.0` }, SERVICE);
  await world.pass(300);
  console.log(arn, world.service(SERVICE).taskDefinitionArn);
  console.log((await world.records()).filter((r) => r.reaction === "gate").map((r) => `${r.incident} ${r.decision} ${r.reason} ${r.plan?.status} ${r.step?.name} ${JSON.stringify(r.evidence)}`));
  console.log(world.cloud.local.calls.denied());
  console.log(world.messages().map((m) => JSON.stringify(m.blocks)));
  console.log(world.logs("reflex-gate").slice(-30));
  expect(1).toBe(1);
}, 120000);
