/** What everything that deploys by CodeDeploy promises: the one in memory and AWS CodeDeploy. */
import { CodeDeployClient } from "@aws-sdk/client-codedeploy";
import { beforeEach, describe, expect, test } from "vitest";
import { codedeployDeployments } from "#shared/aws/codedeploy-deployments.ts";
import type { CodeDeployments } from "#shared/ports/code-deployments.ts";
import type { CodeDeployDoor } from "../../local/services/codedeploy/door.ts";
import { fakeCodeDeployments } from "../fakes/code-deployments.ts";
import { contractCloud } from "./cloud.ts";

const cloud = contractCloud();

const APP_SPEC = '{"version":1,"Resources":[{"TargetService":{"Properties":{"TaskDefinition":"arn"}}}]}';
/** Asked instead of a hook: it knows nothing of them, so that nobody answers but the test. */
const SILENT = "arn:aws:lambda:us-east-1:111122223333:function:reflex-sweep";

interface Given {
  readonly creator?: string;
  /** Names of the services of its group. */
  readonly services?: readonly string[];
  /** How its AppSpec was given. */
  readonly revisionType?: "AppSpecContent" | "String" | "S3";
}

interface Subject {
  readonly codeDeployments: CodeDeployments;
  /** A deployment that goes on; answers its id. */
  create(deployment?: Given): string;
  /** Asks a hook about it; answers the execution's id. */
  ask(id: string): string;
  /** Lets CodeDeploy's hour pass, after which it takes silence for a no. */
  passHour(): Promise<void>;
}

const inMemory = (): Subject => {
  const codeDeployments = fakeCodeDeployments();
  return {
    codeDeployments,
    create({ creator = "user", services = ["order-service"], revisionType } = {}) {
      const id = `d-${codeDeployments.all.size + 1}ABCDEF`;
      const [name = ""] = services;
      codeDeployments.all.set(id, {
        id,
        isRollback: creator !== "user",
        service: services.length === 1 ? { cluster: "production", name } : undefined,
        appSpec: revisionType === "S3" ? undefined : APP_SPEC,
      });
      return id;
    },
    ask(id) {
      const execution = `execution-${codeDeployments.hooks.size}`;
      codeDeployments.hooks.set(`${id} ${execution}`, undefined);
      return execution;
    },
    async passHour() {
      for (const [hook, result] of codeDeployments.hooks) codeDeployments.hooks.set(hook, result ?? "Failed");
    },
  };
};

let count = 0;

const onCodeDeploy = (): Subject => {
  const { client, cloud: running } = cloud.now();
  const door = running.local.cloud.neighbour<CodeDeployDoor>("codedeploy");
  return {
    codeDeployments: codedeployDeployments(new CodeDeployClient(client)),
    create({ services = ["order-service"], ...given } = {}) {
      count += 1;
      return door.create({
        applicationName: `orders-${count}`,
        deploymentGroupName: "blue-green",
        ecsServices: services.map((serviceName) => ({ clusterName: "production", serviceName })),
        appSpec: APP_SPEC,
        ...given,
      });
    },
    ask: (id) => door.askHook(id, SILENT),
    passHour: () => running.advance(3601),
  };
};

describe.each<[string, () => Subject]>([
  ["in memory", inMemory],
  ["on CodeDeploy", onCodeDeploy],
])("deployments by CodeDeploy %s", (_, make) => {
  let subject: Subject;
  let codeDeployments: CodeDeployments;
  beforeEach(() => {
    subject = make();
    codeDeployments = subject.codeDeployments;
  });

  test("are told with their one service and the text of their AppSpec", async () => {
    const id = subject.create();
    const service = { cluster: "production", name: "order-service" };
    expect(await codeDeployments.deployment(id)).toEqual({ id, isRollback: false, service, appSpec: APP_SPEC });
  });

  test.each<["AppSpecContent" | "String" | "S3", string | undefined]>([
    ["AppSpecContent", APP_SPEC],
    ["String", APP_SPEC],
    ["S3", undefined],
  ])("given as %s tell the text of their AppSpec, or that it lies elsewhere", async (revisionType, appSpec) => {
    expect((await codeDeployments.deployment(subject.create({ revisionType })))?.appSpec).toBe(appSpec);
  });

  test.each([["codeDeployRollback"], ["CloudFormationRollback"]])("made by %s go back", async (creator) => {
    expect(await codeDeployments.deployment(subject.create({ creator }))).toMatchObject({ isRollback: true });
  });

  test.each([
    ["no service", []],
    ["two services", ["order-service", "user-service"]],
  ])("of a group with %s are nobody's", async (__, services) => {
    expect((await codeDeployments.deployment(subject.create({ services })))?.service).toBeUndefined();
  });

  test.each([["d-NOTHING00"], ["no id at all"]])("that are not there are none: %s", async (id) => {
    expect(await codeDeployments.deployment(id)).toBeUndefined();
  });

  test("take one end of a hook, and that of another hook beside it", async () => {
    const id = subject.create();
    const [first, second] = [subject.ask(id), subject.ask(id)];
    expect(await codeDeployments.endHook(id, first, "Succeeded")).toBe(true);
    expect(await codeDeployments.endHook(id, first, "Failed")).toBe(false);
    expect(await codeDeployments.endHook(id, second, "Failed")).toBe(true);
    expect(await codeDeployments.endHook(id, second, "Failed")).toBe(false);
  });

  test("take no end of a hook whose hour is over, and of none that was never asked", async () => {
    const id = subject.create();
    const execution = subject.ask(id);
    await expect(codeDeployments.endHook(id, "never-asked", "Succeeded")).rejects.toMatchObject({ kind: "defect" });
    await subject.passHour();
    expect(await codeDeployments.endHook(id, execution, "Succeeded")).toBe(false);
  });
});
