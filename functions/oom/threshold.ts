/** Whether the kills so far are reason enough. */

import type { ServiceState } from "#shared/domain/service.ts";
import { isOlderThan } from "#shared/domain/time.ts";
import type { OomSettings, SeenFacts } from "./facts.ts";

/** What made it act: one early death, enough kills, or enough of the tasks. */
export type Trigger = "early-death" | "kills-in-window" | "killed-tasks";

export interface Counted {
  readonly trigger: Trigger | undefined;
  readonly isEarly: boolean;
  /** Kills of the killed revision inside the window, the present one included, each told once. */
  readonly killsInWindow: number;
  /** Tasks killed inside the window, in whole percent of the desired count. */
  readonly killedTasksPercent: number;
}

/** Counts the kills of the present kill's revision; an event told twice, or an old reason told again, counts once. */
export function countKills(
  { kill, history, now }: SeenFacts,
  { desiredCount }: ServiceState,
  settings: OomSettings,
): Counted {
  const recent = [...history.kills, kill].filter(
    ({ revision, at }) => revision === kill.revision && !isOlderThan(at, settings.windowHours * 3600, now),
  );
  const killsInWindow = new Set(recent.map(({ taskArn, container }) => `${taskArn} ${container}`)).size;
  const killedTasks = new Set(recent.map(({ taskArn }) => taskArn)).size;
  const killedTasksPercent = Math.round((killedTasks / Math.max(desiredCount, 1)) * 100);
  const isEarly = kill.ranSeconds !== undefined && kill.ranSeconds <= settings.earlySeconds;
  return {
    trigger: triggerOf(isEarly, killsInWindow, killedTasksPercent, settings),
    isEarly,
    killsInWindow,
    killedTasksPercent,
  };
}

function triggerOf(isEarly: boolean, kills: number, percent: number, settings: OomSettings): Trigger | undefined {
  if (isEarly) return "early-death";
  if (kills >= settings.killsInWindow) return "kills-in-window";
  return percent >= settings.killedTasksPercent ? "killed-tasks" : undefined;
}
