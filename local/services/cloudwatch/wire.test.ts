import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
} from "@aws-sdk/client-application-auto-scaling";
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
} from "@aws-sdk/client-cloudwatch";
import {
  BatchGetImageCommand,
  DescribeImageScanFindingsCommand,
  DescribeImagesCommand,
  ECRClient,
} from "@aws-sdk/client-ecr";
import { EventBridgeClient, PutEventsCommand, PutRuleCommand } from "@aws-sdk/client-eventbridge";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createCloud, type LocalCloud } from "../../cloud.ts";
import type { Cloud, Service } from "../../contract.ts";
import type { EcrDoor, EcsDoor } from "../../neighbours.ts";
import { WireServer } from "../../wire/server.ts";
import { createApplicationAutoScalingService } from "../application-autoscaling/service.ts";
import { createEcrService } from "../ecr/service.ts";
import { createEventsService } from "../events/service.ts";
import { createCloudWatchService } from "./service.ts";

// What the SDK makes of the answers: times become dates, errors their own classes.
const startAtMs = Date.parse("2026-01-02T03:00:00Z");
let local: LocalCloud;
let wire: WireServer;

const oneService = (cloud: Cloud): Service => {
  const door: Pick<EcsDoor, "service" | "images"> = {
    service: (cluster, name) => ({
      arn: "arn",
      cluster,
      name,
      desiredCount: 2,
      runningCount: 2,
      pendingCount: 0,
      taskDefinitionArn: "td",
      taskRoleArn: undefined,
      tags: {},
      bill: { vcpuSeconds: 0, gbSeconds: 0 },
      tasks: [],
    }),
    images: () => [],
  };
  cloud.expose("ecs", door);
  return { name: "world", operations: {}, resources: {} };
};

beforeAll(async () => {
  const services = [
    oneService,
    createEventsService,
    createCloudWatchService,
    createApplicationAutoScalingService,
    createEcrService,
  ];
  local = createCloud({ startAtMs, services });
  wire = new WireServer(local);
  await wire.listen(0);
});
afterAll(() => wire.close());

const config = () => ({
  endpoint: wire.endpoint(),
  region: "us-east-1",
  credentials: { accessKeyId: "LOCAL", secretAccessKey: "any" },
  maxAttempts: 1,
});

test("metric data and alarms come back with dates", async () => {
  const client = new CloudWatchClient(config());
  const MetricData = [{ MetricName: "Beat", Value: 3, Timestamp: new Date(startAtMs) }];
  await client.send(new PutMetricDataCommand({ Namespace: "Mine", MetricData }));
  await local.clock.advance(startAtMs + 180_000);
  const Metric = { Namespace: "Mine", MetricName: "Beat" };
  const data = await client.send(
    new GetMetricDataCommand({
      StartTime: new Date(startAtMs),
      EndTime: new Date(startAtMs + 60_000),
      MetricDataQueries: [{ Id: "m", MetricStat: { Metric, Period: 60, Stat: "Sum" } }],
    }),
  );
  expect(data.MetricDataResults).toMatchObject([{ Id: "m", Timestamps: [new Date(startAtMs)], Values: [3] }]);
  await client.send(
    new PutMetricAlarmCommand({
      AlarmName: "silent",
      ...Metric,
      Statistic: "Sum",
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: "LessThanThreshold",
    }),
  );
  const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({}));
  expect(MetricAlarms?.[0]?.StateUpdatedTimestamp).toEqual(new Date(startAtMs + 180_000));
});

test("images and scans come back with dates, a missing scan as its own error", async () => {
  const client = new ECRClient(config());
  local.services.get("ecr")?.resources["AWS::ECR::Repository"]?.(
    {
      stackName: "S",
      stackId: "s",
      logicalId: "R",
      type: "AWS::ECR::Repository",
      assemblyFolder: "",
      generatedName: "r",
      properties: { RepositoryName: "web", ImageScanningConfiguration: { ScanOnPush: true } },
    },
    local.cloud,
  );
  const scan = {
    imageScanFindings: { enhancedFindings: [{ severity: "HIGH", firstObservedAt: "2026-01-01T00:00:00Z" }] },
  };
  const { digest } = local.cloud.neighbour<EcrDoor>("ecr").push({ repositoryName: "web", imageTag: "v1", scan });
  const pushedAt = new Date(local.clock.now());
  const { imageDetails } = await client.send(new DescribeImagesCommand({ repositoryName: "web" }));
  expect(imageDetails).toMatchObject([{ imageDigest: digest, imagePushedAt: pushedAt }]);
  const ask = () =>
    client.send(new DescribeImageScanFindingsCommand({ repositoryName: "web", imageId: { imageTag: "v1" } }));
  await expect(ask()).rejects.toMatchObject({ name: "ScanNotFoundException" });
  await local.clock.advance(local.clock.now() + 300_000);
  const { imageScanFindings } = await ask();
  expect(imageScanFindings?.imageScanCompletedAt).toBeInstanceOf(Date);
  expect(imageScanFindings?.enhancedFindings?.[0]?.firstObservedAt).toEqual(new Date("2026-01-01T00:00:00Z"));
  const imageIds = [{ imageTag: "v1" }];
  const { images } = await client.send(new BatchGetImageCommand({ repositoryName: "web", imageIds }));
  expect(JSON.parse(images?.[0]?.imageManifest ?? "")).toMatchObject({ schemaVersion: 2 });
});

test("events and scalable targets go over the wire", async () => {
  const events = new EventBridgeClient(config());
  const entry = { Source: "mine", DetailType: "Thing", Detail: "{}", Time: new Date(startAtMs) };
  expect(await events.send(new PutEventsCommand({ Entries: [entry] }))).toMatchObject({ FailedEntryCount: 0 });
  const bad = new PutRuleCommand({ Name: "r", EventPattern: '{"a":1}' });
  await expect(events.send(bad)).rejects.toMatchObject({ name: "InvalidEventPatternException" });
  const scaling = new ApplicationAutoScalingClient(config());
  await scaling.send(
    new RegisterScalableTargetCommand({
      ServiceNamespace: "ecs",
      ResourceId: "service/prod/web",
      ScalableDimension: "ecs:service:DesiredCount",
      MinCapacity: 1,
      MaxCapacity: 4,
    }),
  );
  const { ScalableTargets } = await scaling.send(new DescribeScalableTargetsCommand({ ServiceNamespace: "ecs" }));
  expect(ScalableTargets).toMatchObject([{ MinCapacity: 1, CreationTime: new Date(local.clock.now()) }]);
});
