import { expect, test } from "vitest";
import { createCloud } from "../../cloud.ts";
import type { JsonObject } from "../../contract.ts";
import type { SqsDoor } from "../../neighbours.ts";
import { createCloudWatchService } from "../cloudwatch/service.ts";
import { createSqsService } from "../sqs/service.ts";
import { createEventsService } from "./service.ts";

const startAtMs = Date.parse("2026-01-02T03:04:05Z");

/** A rule with a real queue and a real dead-letter queue; the queue lets in the rule of the ARN given. */
const world = (letsIn: (ruleArn: string) => string) => {
  const local = createCloud({ startAtMs, services: [createCloudWatchService, createSqsService, createEventsService] });
  const declare = (service: string, type: string, logicalId: string, properties: JsonObject) => {
    const create = local.services.get(service)?.resources[type];
    if (!create) throw new Error(`no resource ${type}`);
    const stack = {
      stackName: "S",
      stackId: "s",
      logicalId,
      type,
      assemblyFolder: "",
      generatedName: `S-${logicalId}-1`,
    };
    return create({ ...stack, properties }, local.cloud);
  };
  const queue = (name: string) => declare("sqs", "AWS::SQS::Queue", name, { QueueName: name });
  const work = queue("work");
  const dead = queue("dead");
  const { attributes } = declare("events", "AWS::Events::Rule", "Rule", {
    EventPattern: { source: ["aws.ecs"] },
    Targets: [{ Id: "T", Arn: work.attributes.Arn ?? "", DeadLetterConfig: { Arn: dead.attributes.Arn ?? "" } }],
  });
  const allow = (resource: string | undefined, sourceArn: string): JsonObject => ({
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: "sqs:SendMessage",
    Resource: resource ?? "",
    Condition: { ArnEquals: { "aws:SourceArn": sourceArn } },
  });
  for (const [made, sourceArn] of [
    [work, letsIn(attributes.Arn ?? "")],
    [dead, attributes.Arn ?? ""],
  ] as const)
    declare("sqs", "AWS::SQS::QueuePolicy", `${made.attributes.QueueName}Policy`, {
      Queues: [made.ref],
      PolicyDocument: { Version: "2012-10-17", Statement: [allow(made.attributes.Arn, sourceArn)] },
    });
  for (const service of local.services.values()) service.start?.(local.cloud);
  const received = async () => {
    local.cloud.emit({ source: "aws.ecs", detailType: "Thing", resources: [], detail: {} });
    await local.clock.advance(startAtMs + 2_000);
    const sqs = local.cloud.neighbour<SqsDoor>("sqs");
    return [work, dead].map((made) => sqs.receive(made.attributes.Arn ?? "", 10));
  };
  return { received, ruleArn: attributes.Arn ?? "" };
};

test("an event reaches a queue whose policy names the rule", async () => {
  const { received } = world((ruleArn) => ruleArn);
  const [work, dead] = await received();
  expect(work).toHaveLength(1);
  expect(JSON.parse(work?.[0]?.body ?? "")).toMatchObject({ source: "aws.ecs", "detail-type": "Thing" });
  expect(dead).toEqual([]);
});

test("a queue whose policy names another rule refuses it, and the dead letter tells why", async () => {
  const { received, ruleArn } = world((arn) => `${arn}-other`);
  const [work, dead] = await received();
  expect(work).toEqual([]);
  expect(dead?.[0]?.messageAttributes).toMatchObject({
    RULE_ARN: { StringValue: ruleArn },
    TARGET_ARN: { StringValue: "arn:aws:sqs:us-east-1:111122223333:work" },
    ERROR_CODE: { StringValue: "NO_PERMISSIONS" },
  });
});
