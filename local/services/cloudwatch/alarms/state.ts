/** What an alarm may be in. */
export type StateValue = "OK" | "ALARM" | "INSUFFICIENT_DATA";

/** A state with its reason, as events and DescribeAlarms tell it. */
export interface AlarmState {
  readonly value: StateValue;
  readonly reason: string;
  readonly reasonData: string | undefined;
  readonly atMs: number;
}

/** The beginning of every alarm. */
export const unchecked = (atMs: number): AlarmState => ({
  value: "INSUFFICIENT_DATA",
  reason: "Unchecked: Initial alarm creation",
  reasonData: undefined,
  atMs,
});
