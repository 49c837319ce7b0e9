/** What every platform of services promises: the one in memory and Amazon ECS. */
import { ECSClient } from "@aws-sdk/client-ecs";
import { beforeAll, describe, expect, test } from "vitest";
import { ecsServices } from "#shared/aws/ecs-services.ts";
import type { JsonObject } from "#shared/domain/json.ts";
import type { Services } from "#shared/ports/services.ts";
import { fakeClock } from "../fakes/clock.ts";
import { fakeServices, REF } from "../fakes/services.ts";
import { contractCloud } from "./cloud.ts";

const cloud = contractCloud();

interface Subject {
  readonly services: Services;
  readonly now: () => Date;
  /** Lets a deployment come to its end. */
  settle(): Promise<void>;
  /** A person stops the deployment that goes on. */
  takeBack(): Promise<void>;
}

const inMemory = (): Subject => {
  const clock = fakeClock();
  const services = fakeServices(clock);
  return {
    services,
    now: () => clock.now(),
    async settle() {
      clock.advance(600);
      services.settle();
    },
    takeBack: async () => services.takeBack(),
  };
};

const onEcs = (): Subject => {
  const { client, cloud: running } = cloud.now();
  const ecs = new ECSClient(client);
  return {
    services: ecsServices(ecs, ecs),
    now: () => new Date(running.local.clock.now()),
    settle: () => running.advance(600),
    async takeBack() {
      const { services } = await running.door.request("ecs", "DescribeServices", {
        cluster: REF.cluster,
        services: [REF.name],
      });
      const [service] = services as readonly { readonly currentServiceDeployment: string }[];
      await running.door.request("ecs", "StopServiceDeployment", {
        serviceDeploymentArn: String(service?.currentServiceDeployment),
        stopType: "ROLLBACK",
      });
    },
  };
};

const TAG = { key: "reflex:plan", value: "raise-memory-1/1" };

describe.each<[string, () => Subject]>([
  ["in memory", inMemory],
  ["on ECS", onEcs],
])("services %s", (_, make) => {
  let subject: Subject;
  beforeAll(() => {
    subject = make();
  });

  const described = async () => {
    const service = await subject.services.describe(REF);
    if (!service) throw new Error("the service is not there");
    return service;
  };

  /** The service's revision as a document that can be registered again, twice the memory, with our tag. */
  const document = async (): Promise<JsonObject> => {
    const { taskDefinitionArn } = await described();
    const found = await subject.services.taskDefinition(taskDefinitionArn);
    const { family, containerDefinitions, cpu, networkMode, requiresCompatibilities, executionRoleArn, taskRoleArn } =
      found?.document ?? {};
    const fields = { family, containerDefinitions, cpu, networkMode, requiresCompatibilities };
    return { ...fields, executionRoleArn, taskRoleArn, memory: "2048", tags: [TAG] } as JsonObject;
  };

  test("describe a steady service with its size, its revision and its tags", async () => {
    const service = await described();
    expect(service).toMatchObject({
      ref: REF,
      status: "ACTIVE",
      controller: "ECS",
      launchType: "FARGATE",
      isWindows: false,
      desiredCount: 3,
      runningCount: 3,
      tags: { "reflex:oom:mode": "act" },
    });
    expect(service.deployments).toMatchObject([
      { status: "PRIMARY", rolloutState: "COMPLETED", taskDefinitionArn: service.taskDefinitionArn },
    ]);
    expect(await subject.services.taskDefinition(service.taskDefinitionArn)).toMatchObject({
      arn: service.taskDefinitionArn,
      family: "order-service",
      size: { cpuUnits: 512, memoryMiB: 1024 },
    });
  });

  test("tell what the service's revision runs, by digest", async () => {
    const { serviceRevisionArns, taskDefinitionArn } = await described();
    const [revision, ...others] = await subject.services.revisions(serviceRevisionArns);
    expect(others).toEqual([]);
    expect(revision).toMatchObject({ arn: serviceRevisionArns[0], taskDefinitionArn });
    expect(revision?.images).toMatchObject([
      { container: "order-service", digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
    ]);
    expect(await subject.services.revisions([])).toEqual([]);
  });

  test("answer what is not there with nothing", async () => {
    const nowhere = { ...REF, arn: REF.arn.replace("order-service", "nothing"), name: "nothing" };
    expect(await subject.services.describe(nowhere)).toBeUndefined();
    expect(
      await subject.services.taskDefinition(`${REF.arn.split(":service/")[0]}:task-definition/order-service:99`),
    ).toBe(undefined);
    expect(await subject.services.revisionTagged("order-service", { key: "reflex:plan", value: "none" })).toBe(
      undefined,
    );
  });

  test("register the next revision, find it by its tag, and deploy it", async () => {
    const before = await described();
    const startedAt = subject.now();
    const arn = await subject.services.register(await document());
    expect(arn).toBe(before.taskDefinitionArn.replace(/\d+$/, (revision) => String(Number(revision) + 1)));
    expect(await subject.services.revisionTagged("order-service", TAG)).toBe(arn);
    expect(await subject.services.taskDefinition(arn)).toMatchObject({
      size: { cpuUnits: 512, memoryMiB: 2048 },
      tags: { "reflex:plan": TAG.value },
    });

    const deployed = await subject.services.deploy(REF, arn);
    expect(deployed.taskDefinitionArn).toBe(arn);
    expect(deployed.deployments.find(({ status }) => status === "PRIMARY")).toMatchObject({
      taskDefinitionArn: arn,
      rolloutState: "IN_PROGRESS",
    });
    const since = new Date(startedAt.getTime() - 1);
    expect(await subject.services.deployedSince(REF, since)).toMatchObject([{ taskDefinitionArn: arn }]);
    await subject.settle();
    expect((await described()).deployments).toMatchObject([{ status: "PRIMARY", rolloutState: "COMPLETED" }]);
  });

  test("tell deployments of the time after an instant alone, newest first", async () => {
    const first = (await described()).taskDefinitionArn;
    const second = await subject.services.register(await document());
    const since = subject.now();
    await subject.settle();
    await subject.services.deploy(REF, second);
    await subject.settle();
    await subject.services.deploy(REF, first);
    const deployed = await subject.services.deployedSince(REF, since);
    expect(deployed.map(({ taskDefinitionArn }) => taskDefinitionArn)).toEqual([first, second]);
    await subject.settle();
    expect(await subject.services.deployedSince(REF, subject.now())).toEqual([]);
  });

  test("leave out what is taken back, from the moment on that it is, and know nothing of what is not there", async () => {
    const before = await described();
    const since = subject.now();
    const next = await subject.services.register(await document());
    await subject.services.deploy(REF, next);
    expect(await subject.services.deployedSince(REF, since)).toMatchObject([{ taskDefinitionArn: next }]);
    await subject.takeBack();
    expect(await subject.services.deployedSince(REF, since)).toEqual([]);
    await subject.settle();
    expect(await subject.services.deployedSince(REF, since)).toEqual([]);
    expect((await described()).taskDefinitionArn).toBe(before.taskDefinitionArn);
    const nowhere = { ...REF, arn: REF.arn.replace("order-service", "nothing"), name: "nothing" };
    expect(await subject.services.deployedSince(nowhere, since)).toEqual([]);
  });
});
