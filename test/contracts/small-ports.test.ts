/** What the small ports promise: queues that can be written to, timers, the bus, stacks, stopped tasks. */
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import {
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  ECSClient,
  UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { SQSClient } from "@aws-sdk/client-sqs";
import { describe, expect, test } from "vitest";
import { cloudformationStacks } from "#shared/aws/cloudformation-stacks.ts";
import { ecsRunningImages } from "#shared/aws/ecs-running-images.ts";
import { ecsStoppedTasks } from "#shared/aws/ecs-stopped-tasks.ts";
import { eventbridgePublisher } from "#shared/aws/eventbridge-publisher.ts";
import { sqsMailbox } from "#shared/aws/sqs-mailbox.ts";
import { sqsTimers } from "#shared/aws/sqs-timers.ts";
import type { LedgerRecord } from "#shared/domain/record.ts";
import type { JsonObject } from "../../local/contract.ts";
import { decisionRecord } from "../builders/records.ts";
import { fakeMailbox, type SentMail } from "../fakes/mailbox.ts";
import { contractCloud } from "./cloud.ts";

const cloud = contractCloud();

const createQueue = async (name: string) => {
  const { client, cloud: running } = cloud.now();
  const { QueueUrl } = await running.door.request("sqs", "CreateQueue", { QueueName: name });
  const url = String(QueueUrl);
  const received = async (): Promise<readonly JsonObject[]> => {
    const asked = { QueueUrl: url, MaxNumberOfMessages: 10, MessageAttributeNames: ["All"] };
    return ((await running.door.request("sqs", "ReceiveMessage", asked)).Messages ?? []) as readonly JsonObject[];
  };
  const sqs = new SQSClient(client);
  return { mailbox: sqsMailbox(sqs, url), timers: sqsTimers(sqs, url), received, url };
};

interface MailSubject {
  readonly mailbox: ReturnType<typeof sqsMailbox>;
  /** What can be received after so many seconds. */
  arrivedAfter(seconds: number): Promise<readonly Omit<SentMail, "delaySeconds">[]>;
}

const mailboxes: readonly [string, () => Promise<MailSubject>][] = [
  [
    "in memory",
    async () => {
      const mailbox = fakeMailbox();
      return {
        mailbox,
        arrivedAfter: async (seconds) =>
          mailbox.sent
            .filter(({ delaySeconds }) => delaySeconds <= seconds)
            .map(({ message, attributes }) => ({ message, attributes })),
      };
    },
  ],
  [
    "on SQS",
    async () => {
      const { mailbox, received } = await createQueue("mailbox");
      return {
        mailbox,
        async arrivedAfter(seconds) {
          await cloud.now().cloud.advance(seconds);
          return (await received()).map(({ Body, MessageAttributes }) => ({
            message: JSON.parse(String(Body)) as unknown,
            attributes: Object.fromEntries(
              Object.entries((MessageAttributes ?? {}) as Record<string, { StringValue: string }>).map(
                ([name, { StringValue }]) => [name, StringValue],
              ),
            ),
          }));
        },
      };
    },
  ],
];

test.each(mailboxes)("a mailbox %s delivers at once, or later, at most a quarter of an hour later", async (_, make) => {
  const { mailbox, arrivedAfter } = await make();
  await mailbox.send({ now: true }, { attributes: { ErrorKind: "defect" } });
  await mailbox.send({ later: true }, { delaySeconds: 29.5 });
  await mailbox.send({ latest: true }, { delaySeconds: 4000 });
  const messages = async (seconds: number) => (await arrivedAfter(seconds)).map(({ message }) => message);
  expect(await arrivedAfter(1)).toEqual([{ message: { now: true }, attributes: { ErrorKind: "defect" } }]);
  expect(await messages(30)).toContainEqual({ later: true });
  expect(await messages(901)).toContainEqual({ latest: true });
});

test("timers ring each after its own delay, more of them than one call takes", async () => {
  const { timers, received } = await createQueue("timers");
  await timers.set([]);
  await timers.set(Array.from({ length: 24 }, (_, at) => ({ message: { at }, delaySeconds: Math.floor(at / 6) * 10 })));
  const rungAfter = new Map<number, number>();
  for (const [seconds, more] of [
    [0, 1],
    [10, 10],
    [20, 10],
    [30, 10],
  ] as const) {
    await cloud.now().cloud.advance(more);
    for (let page = await received(); page.length > 0; page = await received())
      for (const { Body } of page) {
        const { at } = JSON.parse(String(Body)) as { readonly at: number };
        if (!rungAfter.has(at)) rungAfter.set(at, seconds);
      }
  }
  expect([...rungAfter].sort(([a], [b]) => a - b)).toEqual(
    Array.from({ length: 24 }, (_, at) => [at, Math.floor(at / 6) * 10]),
  );
});

test("every record is one event on the bus, more of them than one call takes", async () => {
  const { client, cloud: running, resource } = cloud.now();
  const bus = resource("AWS::Events::EventBus", "Records");
  const { url, received } = await createQueue("listener");
  const arn = `arn:aws:sqs:us-east-1:111122223333:${url.split("/").at(-1)}`;
  await running.door.request("events", "PutRule", {
    Name: "listen",
    EventBusName: bus,
    EventPattern: JSON.stringify({ source: ["ecs-reflex"], "detail-type": ["Reflex Record"] }),
  });
  await running.door.request("events", "PutTargets", {
    Rule: "listen",
    EventBusName: bus,
    Targets: [{ Id: "queue", Arn: arn }],
  });
  const Statement = [
    { Effect: "Allow", Principal: { Service: "events.amazonaws.com" }, Action: "sqs:SendMessage", Resource: arn },
  ];
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
  await running.door.request("sqs", "SetQueueAttributes", { QueueUrl: url, Attributes: { Policy } });

  const records = Array.from({ length: 23 }, (_, sequence) => decisionRecord({ id: `incident/${sequence}`, sequence }));
  await eventbridgePublisher(new EventBridgeClient(client), bus).publish(records);
  await running.advance(5);
  const told: number[] = [];
  for (let page = await received(); page.length > 0; page = await received())
    for (const { Body } of page) told.push((JSON.parse(String(Body)) as { detail: LedgerRecord }).detail.sequence);
  expect(told.sort((a, b) => a - b)).toEqual(records.map(({ sequence }) => sequence));
});

describe("stacks", () => {
  test.each([
    ["CREATE_COMPLETE", false],
    ["UPDATE_IN_PROGRESS", true],
    ["UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", true],
    ["ROLLBACK_COMPLETE", false],
  ])("in %s are being updated: %s", async (status, isUpdating) => {
    const { client, cloud: running } = cloud.now();
    running.door.stackStatus("ReflexPlatform", status);
    const stack = running.stacks.find(({ name }) => name === "ReflexPlatform");
    expect(await cloudformationStacks(new CloudFormationClient(client)).isUpdating(stack?.id ?? "")).toBe(isUpdating);
  });

  test("that are not there are no stacks", async () => {
    const { client } = cloud.now();
    expect(await cloudformationStacks(new CloudFormationClient(client)).isUpdating("nothing")).toBeUndefined();
  });
});

test("stopped tasks are told whole, those of the time asked for alone, and of an unknown cluster none", async () => {
  const { client, cloud: running } = cloud.now();
  const tasks = ecsStoppedTasks(new ECSClient(client));
  const now = () => new Date(running.local.clock.now());
  const from = now();
  running.door.suffer("production", "api-gateway", { memoryMiB: 2000 });
  await running.advance(120);
  const stopped = await tasks.between("production", from, now());
  expect(stopped.length).toBeGreaterThan(0);
  expect(stopped[0]).toMatchObject({
    group: "service:api-gateway",
    stoppedAt: expect.stringMatching(/Z$/),
    containers: [{ reason: expect.stringContaining("OutOfMemoryError") }],
  });
  expect(await tasks.between("production", new Date(0), from)).toEqual([]);
  expect(await tasks.between("elsewhere", from, now())).toEqual([]);
});

test("the images of a service's tasks are told by digest, none for a service without tasks, and only of those that run", async () => {
  const { client, cloud: running } = cloud.now();
  const ecs = new ECSClient(client);
  const images = ecsRunningImages(ecs);
  const service = { cluster: "production", name: "order-service" };
  const { services: [described] = [] } = await ecs.send(
    new DescribeServicesCommand({ cluster: service.cluster, services: [service.name] }),
  );
  const arns = (described?.currentServiceRevisions ?? []).flatMap(({ arn }) => arn ?? []);
  const { serviceRevisions = [] } = await ecs.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns: arns }));
  const fixed = serviceRevisions.flatMap(({ containerImages = [] }) => containerImages.map((each) => each.imageDigest));
  expect(await images.digests(service)).toEqual(new Set(fixed));
  expect(fixed).toHaveLength(1);
  await ecs.send(new UpdateServiceCommand({ cluster: service.cluster, service: service.name, desiredCount: 0 }));
  await running.advance(300);
  expect(await images.digests(service)).toEqual(new Set());
});
