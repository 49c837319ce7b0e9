/** Slack is down, silent, or not there yet: the plan goes on, and people get one message. */
import { expect, test } from "vitest";
import { ConnectionLost } from "../../local/front-door.ts";
import type { LambdaProcessesDoor } from "../../local/services/lambda/door.ts";
import type { SlackWorkspaceDoor } from "../../local/services/slack/door.ts";
import { SERVICE, startWorld, type World } from "./world.ts";

const isRaised = (world: World) => () => world.service().taskDefinitionArn.endsWith(`${SERVICE}:2`);

const slackSecret = (world: World): string => world.resource("AWS::SecretsManager::Secret", /Slack/);

test("while Slack is down the plan goes on, and the message comes when Slack is back", async () => {
  const world = await startWorld();
  world.door.slackDown(true);
  world.kill({});
  await world.until("raised", isRaised(world), 300);
  await world.pass(2700);
  expect(world.messages()).toEqual([]);
  const asked = { AlarmNames: ["ecs-reflex notify SlackRefuses"] };
  expect((await world.ask("cloudwatch", "DescribeAlarms", asked)).MetricAlarms).toMatchObject([
    { StateValue: "ALARM" },
  ]);
  world.door.slackDown(false);
  await world.until("told", () => world.told().length === 1, 300);
  expect(world.told()[0]?.text).toContain("steady");
  await world.pass(600);
  expect(world.messages()).toHaveLength(1);
  expect(await world.deadLetters("notify")).toEqual([]);
});

test("without a token the plan goes on, and the message comes when the app is installed", async () => {
  const world = await startWorld({ withoutSlack: true });
  world.kill({});
  await world.until("raised", isRaised(world), 300);
  await world.pass(900);
  expect(world.messages()).toEqual([]);
  world.cloud.local.cloud.neighbour<SlackWorkspaceDoor>("slack").install(slackSecret(world));
  await world.until("told", () => world.told().length === 1, 900);
  expect(await world.deadLetters("notify")).toEqual([]);
});

test("an answer of Slack that is lost leads to no second message", async () => {
  const world = await startWorld();
  world.door.fault({ service: "slack", operation: "chat.postMessage", kind: "lost-response" });
  world.kill({});
  await world.until("raised", isRaised(world), 300);
  await world.pass(900);
  expect(world.cloud.local.faults.waiting()).toEqual([]);
  expect(world.messages().map(({ text }) => text)).toEqual([expect.stringContaining("steady")]);
  expect(await world.deadLetters("notify")).toEqual([]);
});

test("killed between the post and remembering it, the function finds its message again", async () => {
  const world = await startWorld();
  world.interrupt({
    when: "before",
    service: "dynamodb",
    operation: "PutItem",
    caller: "reflex-notify",
    call: 2,
    happen: () => {
      expect(world.messages()).toHaveLength(1);
      world.cloud.local.cloud.neighbour<LambdaProcessesDoor>("lambda").killInvocation("reflex-notify");
      throw new ConnectionLost("the process was killed before it could remember");
    },
  });
  world.kill({});
  await world.until("raised", isRaised(world), 300);
  await world.pass(1800);
  expect(world.isUninterrupted).toBe(true);
  expect(world.messages().map(({ text }) => text)).toEqual([expect.stringContaining("steady")]);
});

test("too fast for Slack, the message waits for its turn", async () => {
  const world = await startWorld();
  world.door.fault({ service: "slack", operation: "chat.postMessage", kind: "throttle", times: 2, seconds: 30 });
  world.kill({});
  await world.until("told", () => world.told().length === 1, 900);
  expect(await world.deadLetters("notify")).toEqual([]);
});
