import type { Timer } from "../../contract.ts";
import type { Schedule } from "./expression.ts";

/** Whom a schedule calls, as which role, with what, and how long it tries. */
export interface ScheduleTarget {
  readonly arn: string;
  readonly roleArn: string;
  readonly input: string | undefined;
  readonly deadLetterArn: string | undefined;
  readonly mostRetries: number;
  readonly mostAgeSeconds: number;
  /** For an event bus: what the event calls itself. */
  readonly event: { readonly detailType: string; readonly source: string } | undefined;
}

/** A schedule of a group. */
export interface NamedSchedule {
  readonly name: string;
  readonly groupName: string;
  readonly arn: string;
  readonly expression: string;
  readonly timeZone: string;
  readonly schedule: Schedule;
  readonly state: "ENABLED" | "DISABLED";
  readonly flexibleMinutes: number;
  readonly fromMs: number | undefined;
  readonly untilMs: number | undefined;
  readonly createdAtMs: number;
  readonly target: ScheduleTarget;
  timer: Timer | undefined;
}

/** Schedules by `GROUP/NAME`, and the groups. */
export interface Schedules {
  readonly all: Map<string, NamedSchedule>;
  readonly groups: Set<string>;
}
