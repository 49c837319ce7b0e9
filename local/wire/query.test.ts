import { expect, test } from "vitest";
import { queryInput } from "./query-input.ts";
import { xmlAnswer } from "./xml.ts";

const form = (fields: Readonly<Record<string, string>>): URLSearchParams => new URLSearchParams(fields);

test("CloudWatch's forms become lists, numbers, booleans and epoch seconds", () => {
  const input = queryInput(
    "cloudwatch",
    form({
      Action: "GetMetricData",
      Version: "2010-08-01",
      StartTime: "2026-03-02T12:00:00Z",
      "MetricDataQueries.member.1.Id": "m1",
      "MetricDataQueries.member.1.ReturnData": "false",
      "MetricDataQueries.member.1.MetricStat.Period": "60",
      "MetricDataQueries.member.1.MetricStat.Metric.Dimensions.member.1.Name": "ClusterName",
      "MetricDataQueries.member.1.MetricStat.Metric.Dimensions.member.1.Value": "7",
      "MetricDataQueries.member.2.Id": "7",
    }),
  );
  expect(input).toEqual({
    StartTime: 1772452800,
    MetricDataQueries: [
      {
        Id: "m1",
        ReturnData: false,
        MetricStat: { Period: 60, Metric: { Dimensions: [{ Name: "ClusterName", Value: "7" }] } },
      },
      { Id: "7" },
    ],
  });
});

test("other services' forms keep their texts, and entries keep their order beyond nine", () => {
  const tags = Object.fromEntries(
    Array.from({ length: 11 }, (_, index) => [`Names.member.${index + 1}`, `${index + 1}`]),
  );
  expect(queryInput("cloudformation", form({ MaxResults: "5", ...tags }))).toEqual({
    MaxResults: "5",
    Names: ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"],
  });
});

test("SQS's batches and tags are lists and maps of their own names", () => {
  const input = queryInput(
    "sqs",
    form({
      QueueUrl: "q",
      "SendMessageBatchRequestEntry.1.Id": "a",
      "SendMessageBatchRequestEntry.1.MessageBody": "1",
      "SendMessageBatchRequestEntry.1.DelaySeconds": "3",
      "Tag.1.Key": "team",
      "Tag.1.Value": "7",
      "Attribute.1.Name": "VisibilityTimeout",
      "Attribute.1.Value": "45",
    }),
  );
  expect(input).toEqual({
    QueueUrl: "q",
    Entries: [{ Id: "a", MessageBody: "1", DelaySeconds: 3 }],
    Tags: { team: "7" },
    Attributes: { VisibilityTimeout: "45" },
  });
});

test("an answer's instants are written as dates, its lists as members, its absent values not at all", () => {
  const output = {
    MetricAlarms: [{ AlarmName: "a", StateUpdatedTimestamp: 1772452800.5, ActionsEnabled: true, Gone: null }],
    Empty: [],
  };
  expect(xmlAnswer("cloudwatch", "DescribeAlarms", output, "r-1")).toBe(
    '<DescribeAlarmsResponse xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/"><DescribeAlarmsResult>' +
      "<MetricAlarms><member><AlarmName>a</AlarmName><StateUpdatedTimestamp>2026-03-02T12:00:00.500Z</StateUpdatedTimestamp>" +
      "<ActionsEnabled>true</ActionsEnabled></member></MetricAlarms><Empty></Empty></DescribeAlarmsResult>" +
      "<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></DescribeAlarmsResponse>",
  );
});

test("SQS repeats an element per entry, with the operation's own name in batches", () => {
  const output = { Successful: [{ Id: "a" }, { Id: "b" }], Failed: [{ Id: "c", SenderFault: true }] };
  expect(xmlAnswer("sqs", "DeleteMessageBatch", output, "r-1")).toContain(
    "<DeleteMessageBatchResultEntry><Id>a</Id></DeleteMessageBatchResultEntry><DeleteMessageBatchResultEntry><Id>b</Id></DeleteMessageBatchResultEntry>" +
      "<BatchResultErrorEntry><Id>c</Id><SenderFault>true</SenderFault></BatchResultErrorEntry>",
  );
  expect(xmlAnswer("sqs", "ListQueueTags", { Tags: { team: "a&b" } }, "r-1")).toContain(
    "<Tag><Key>team</Key><Value>a&amp;b</Value></Tag>",
  );
});
