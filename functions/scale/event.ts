/** What wakes the scaler: the minute's schedule, the ticks it is divided into, and the alarm on a queue's depth. */
import * as v from "valibot";
import { isInstant } from "#shared/domain/time.ts";

const instant = v.pipe(v.string(), v.check(isInstant, "must be an ISO 8601 date and time"));

/** The clock of the whole minute; `time` is the minute it is for, whenever it comes. */
export const MinuteSchedule = v.object({ "detail-type": v.literal("Reflex Schedule"), time: instant });

/** One look at one service's queue, sent to ourselves with a delay. */
export const Tick = v.object({
  "detail-type": v.literal("Reflex Tick"),
  detail: v.object({
    /** CLUSTER/SERVICE as in the configuration. */
    service: v.string(),
    /** Number of the ten seconds since 1970 that it is for: what duplicates are known by. */
    slot: v.pipe(v.number(), v.integer()),
    dueAt: instant,
  }),
});
export type Tick = v.InferOutput<typeof Tick>;

/** What every name of an alarm on a queue's depth begins with; the service's CLUSTER/SERVICE follows. */
export const DEPTH_ALARM = "ecs-reflex depth of ";

/** A queue that had nothing visible has something now. Source: CloudWatch user guide, alarm events. */
export const DepthAlarm = v.object({
  "detail-type": v.literal("CloudWatch Alarm State Change"),
  detail: v.object({ alarmName: v.pipe(v.string(), v.startsWith(DEPTH_ALARM)) }),
});
