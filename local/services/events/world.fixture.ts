import { createCloud } from "../../cloud.ts";
import type { JsonObject, Principal } from "../../contract.ts";
import { type Arrival, recordingNeighbours } from "./neighbours.fixture.ts";
import { createEventsService } from "./service.ts";

const OWNER: Principal = { kind: "owner" };
/** Where time starts, in milliseconds. */
export const startAtMs = Date.parse("2026-01-02T03:04:05Z");
/** The ARN of a queue. */
export const queue = (name: string): string => `arn:aws:sqs:us-east-1:111122223333:${name}`;
/** The ARN of a function. */
export const lambda = (name: string): string => `arn:aws:lambda:us-east-1:111122223333:function:${name}`;

/** A bus with recording neighbours, and hands to declare, emit and let time pass. */
export const world = () => {
  const arrivals: Arrival[] = [];
  const local = createCloud({ startAtMs, services: [recordingNeighbours(arrivals), createEventsService] });
  const ask = (operation: string, input: JsonObject): Promise<JsonObject> =>
    local.request(OWNER, { service: "events", operation, input });
  const events = local.services.get("events");
  const declare = (type: string, properties: JsonObject, logicalId = "X") => {
    const create = events?.resources[type];
    if (!create) throw new Error(`no resource ${type}`);
    const stack = {
      stackName: "S",
      stackId: "arn:stack",
      logicalId,
      type,
      assemblyFolder: "",
      generatedName: `S-${logicalId}-1`,
    };
    return create({ ...stack, properties }, local.cloud);
  };
  const rule = (target: JsonObject, more: JsonObject = {}) =>
    declare(
      "AWS::Events::Rule",
      { EventPattern: { source: ["aws.ecs"] }, Targets: [{ Id: "T", ...target }], ...more },
      "Rule",
    );
  const emit = (source = "aws.ecs", detail: JsonObject = {}) =>
    local.cloud.emit({ source, detailType: "Thing", resources: ["r"], detail });
  const pass = (seconds: number) => local.clock.advance(local.clock.now() + seconds * 1000);
  return { arrivals, local, ask, declare, rule, emit, pass, start: () => events?.start?.(local.cloud) };
};
