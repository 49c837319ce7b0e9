/** What is recorded and said when a person pauses the reactions or lets them go on. */
import { type Answerer, type LedgerRecord, PAUSE_INCIDENT } from "#shared/domain/record.ts";
import type { Switched } from "#shared/ports/pause-switch.ts";

/** One incident per pause: its beginning names it, its end is told in the same message. */
const incidentOf = (pausedAt: string): string => `${PAUSE_INCIDENT}${pausedAt}`;

/** What the ledger keeps of a turn of the switch. */
export const switchRecord = (
  isPaused: boolean,
  pausedAt: string | undefined,
  by: Answerer,
  at: Date,
): LedgerRecord => ({
  id: `account/${isPaused ? "paused" : "unpaused"}/${at.toISOString()}`,
  at: at.toISOString(),
  sequence: at.getTime(),
  incident: incidentOf(pausedAt ?? at.toISOString()),
  reaction: "converse",
  service: undefined,
  kind: "answer",
  mode: "act",
  decision: "act",
  reason: isPaused ? "paused" : "unpaused",
  evidence: {},
  plan: undefined,
  step: undefined,
  settings: {},
  by,
});

/** What the person who turned it reads. */
export const switchWords = (isPaused: boolean, { isNews, pausedBy, pausedAt }: Switched): string => {
  if (isNews)
    return isPaused ? "Paused: nothing is written until somebody unpauses." : "Unpaused: what waited goes on.";
  if (!isPaused) return "It was not paused.";
  const since = pausedAt === undefined ? "" : ` since ${pausedAt}`;
  return `It is paused already${since}${pausedBy === undefined ? "" : ` by ${pausedBy}`}.`;
};
