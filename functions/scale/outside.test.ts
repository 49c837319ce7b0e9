/** What is wrong with the service itself, whatever its queue says. */
import { expect, test } from "vitest";
import type { ServiceState } from "#shared/domain/service.ts";
import { createScalingWorld, FLOOD } from "../../test/protocol/scaling-world.ts";

const world = (over: Partial<ServiceState>) => {
  const made = createScalingWorld({ busyTasks: "drain" });
  const { service } = made.worker;
  if (typeof service === "string") throw new Error("the worker cannot be read");
  made.worker.service = { ...service, ...over };
  return made;
};

const reasons = (published: readonly unknown[]) => published.map((record) => (record as { reason?: string }).reason);

test.each<[string, Partial<ServiceState>, string]>([
  ["that CodeDeploy deploys", { controller: "CODE_DEPLOY" }, "other-controller"],
  ["of an external controller", { controller: "EXTERNAL" }, "other-controller"],
  ["on EC2", { launchType: "EC2" }, "ec2-launch-type"],
  ["on Windows", { isWindows: true }, "windows"],
])("a service %s is named and left alone", async (_, over, reason) => {
  const { worker, tick, published } = world(over);
  worker.counts = FLOOD;
  for (let i = 0; i < 12; i += 1) expect(await tick()).toMatchObject({ decision: "escalate", reason });
  expect([...worker.sets, ...worker.minimums]).toEqual([]);
  expect(reasons(published)).toEqual([reason]);
});

test("a deployment that keeps tasks from being taken away is told of after an hour, and once", async () => {
  const { worker, tick, published, clock } = world({ desiredCount: 4, runningCount: 4 });
  const { service } = worker;
  if (typeof service === "string") throw new Error("the worker cannot be read");
  const deployment = {
    id: "ecs-svc/1",
    status: "PRIMARY" as const,
    taskDefinitionArn: service.taskDefinitionArn,
    rolloutState: "IN_PROGRESS" as const,
    desiredCount: 4,
    runningCount: 4,
    failedTasks: 0,
    createdAt: clock.now(),
  };
  worker.service = { ...service, deployments: [deployment] };
  for (let i = 0; i < 6 * 59; i += 1) await tick();
  expect(reasons(published)).toEqual([]);
  for (let i = 0; i < 6 * 5; i += 1) await tick();
  expect(reasons(published)).toEqual(["deployment-never-ends"]);
  expect(worker.sets).toEqual([]);
});
