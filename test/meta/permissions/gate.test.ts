/** From the image to the verdict's consequences: the gate, its two hooks and the role by which ECS calls one of them. */
import { expect, test } from "vitest";
import { addHookedService, HOOKED_SERVICE } from "../../builders/hooked-service.ts";
import {
  basicScan,
  codedeployOf,
  deployByCodeDeploy,
  enhancedScan,
  gateRecords,
  push,
  release,
  settled,
} from "../../scenarios/gate.fixture.ts";
import { CLUSTER, SERVICE, UNBRAKED, type World } from "../../scenarios/world.ts";
import { type Proof, prove } from "./proof.ts";

const BAD = basicScan("CRITICAL");
const config = {
  ...UNBRAKED,
  promotions: [{ repository: SERVICE, tags: "semver", service: `${CLUSTER}/${SERVICE}` }],
  services: { [`${CLUSTER}/*`]: { gate: { mode: "act", rollingMode: "act", promoteMode: "act", movableTag: "ask" } } },
};

const ended = (world: World, service: string, kind: string) =>
  world.until(
    `${kind} is over`,
    async () => (await gateRecords(world, service)).some(({ plan }) => plan?.kind === kind && plan.status === "done"),
    3600,
  );

const stories: Proof["stories"] = {
  "an image that may not run is being deployed": async (world) => {
    await settled(world, SERVICE);
    await release(world, SERVICE, "v0.9.0", BAD);
    await ended(world, SERVICE, "roll-back-deployment");
    await settled(world, SERVICE);
  },
  "a tag is promoted, while the function is killed and AWS throttles": async (world) => {
    world.door.fault({
      service: "ecs",
      operation: "RegisterTaskDefinition",
      kind: "crash",
      functionName: "reflex-gate",
    });
    world.door.fault({ service: "ecs", operation: "UpdateService", kind: "throttle", functionName: "reflex-gate" });
    push(world, SERVICE, "v1.1.0", basicScan());
    await ended(world, SERVICE, "promote-image");
  },
  "a deployment waits before its first task": async (world) => {
    await settled(world, "user-service");
    await release(world, "user-service", "v1.1.0", BAD);
    await ended(world, "user-service", "send-deployment-back");
  },
  "a message comes that nobody can read": async (world) => {
    await world.send("gate", "not JSON");
    await world.pass(60);
    expect(await world.deadLetters("gate")).toHaveLength(1);
  },
  "ECS asks about a deployment before its first task": async (world) => {
    await settled(world, HOOKED_SERVICE);
    const running = world.service(HOOKED_SERVICE).taskDefinitionArn;
    await release(world, HOOKED_SERVICE, "v1.1.0", BAD);
    await world.until("sent back", () => world.service(HOOKED_SERVICE).taskDefinitionArn === running);
  },
  "CodeDeploy asks about a deployment whose image Inspector has found something in": async (world) => {
    await deployByCodeDeploy(world, "v1.0.0");
    push(world, SERVICE, "v0.9.1", enhancedScan("CRITICAL"));
    const id = await deployByCodeDeploy(world, "v0.9.1");
    await world.until("refused", () => codedeployOf(world).look(id).status === "Failed");
  },
};

test(
  "every statement of the gate's roles is the sole reason for a call, every action of it is used, and no call is denied",
  () => prove("gate", { config, prepare: (folder) => addHookedService(folder, CLUSTER), stories }),
  120_000,
);
