import { createCloud } from "../../cloud.ts";
import type { Cloud, JsonObject, Principal, Service } from "../../contract.ts";
import type { AutoScalingDoor, CloudWatchDoor } from "../../neighbours.ts";
import { type Arrival, recordingNeighbours } from "../events/neighbours.fixture.ts";
import { createEventsService } from "../events/service.ts";
import { createCloudWatchService } from "./service.ts";

/** The person at the machine. */
export const OWNER: Principal = { kind: "owner" };
/** Where time starts, in milliseconds. */
export const startAtMs = Date.parse("2026-01-02T03:00:00Z");
/** A topic that takes every notice. */
export const TOPIC = "arn:aws:sns:us-east-1:111122223333:alarms";
/** A scaling policy. */
export const POLICY = "arn:aws:autoscaling:us-east-1:111122223333:scalingPolicy:x";

/** CloudWatch with recording neighbours, and hands to put values, make alarms and let minutes pass. */
export const world = () => {
  const arrivals: Arrival[] = [];
  const acted: [string, string][] = [];
  const scaling = (cloud: Cloud): Service => {
    const door: AutoScalingDoor = { act: (policyArn, alarmName) => void acted.push([policyArn, alarmName]) };
    cloud.expose("application-autoscaling", door);
    return { name: "scaling", operations: {}, resources: {} };
  };
  const services = [recordingNeighbours(arrivals), scaling, createEventsService, createCloudWatchService];
  const local = createCloud({ startAtMs, services });
  for (const service of local.services.values()) service.start?.(local.cloud);
  const ask = (operation: string, input: JsonObject) =>
    local.request(OWNER, { service: "cloudwatch", operation, input });
  const minutes = (count: number) => local.clock.advance(local.clock.now() + count * 60_000);
  const put = (value: number, name = "Depth") =>
    local.cloud.neighbour<CloudWatchDoor>("cloudwatch").put("Test", name, { Queue: "q" }, value);
  const alarm = (more: JsonObject = {}) =>
    ask("PutMetricAlarm", {
      AlarmName: "deep",
      Namespace: "Test",
      MetricName: "Depth",
      Dimensions: [{ Name: "Queue", Value: "q" }],
      Statistic: "Maximum",
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 50,
      ComparisonOperator: "GreaterThanThreshold",
      AlarmActions: [TOPIC],
      ...more,
    });
  /** Puts a value in each of the following minutes. */
  const feed = async (...values: (number | undefined)[]) => {
    for (const value of values) {
      if (value !== undefined) put(value);
      await minutes(1);
    }
  };
  const state = async (name = "deep") => {
    const { MetricAlarms, CompositeAlarms } = await ask("DescribeAlarms", {
      AlarmNames: [name],
      AlarmTypes: ["MetricAlarm", "CompositeAlarm"],
    });
    const [found] = [...(MetricAlarms as JsonObject[]), ...(CompositeAlarms as JsonObject[])];
    return found?.StateValue;
  };
  return { arrivals, acted, local, ask, minutes, put, alarm, feed, state };
};
