import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { killOf, TaskStateChange } from "../../functions/oom/event.ts";
import { decide } from "../../functions/oom/policy.ts";
import { parseConfig } from "../../shared/config/parse.ts";
import { resolveSettings } from "../../shared/config/resolve.ts";
import type { CorpusCount } from "./event-patterns.ts";

/** What the corpus expects of an event: whether it tells of a kill, and the hold that its own words call for. */
interface Expected {
  readonly oom: boolean;
  readonly hold?: string;
}

const EXPECTED = "expected.json";

const { oom, limits, account, brakes } = resolveSettings(parseConfig({}, "the defaults")).settings;

/** What the event comes to when nothing but the event is known. */
function outcome(event: unknown): Expected | "unread" {
  const read = v.safeParse(TaskStateChange, event);
  if (!read.success) return "unread";
  const kill = killOf(read.output);
  if (kill === undefined) return { oom: false };
  const history = {
    kills: [],
    activePlan: undefined,
    cooldownUntil: undefined,
    raisesToday: 0,
    breakerOpenUntil: undefined,
    waitingForDeploymentSince: undefined,
    addedUsdPerMonth: 0,
  };
  const nobody = { isPaused: false, servicesInTrouble: 0, actsThisHour: 0, addedUsdThisMonth: 0 };
  const unknown = { service: undefined, taskDefinition: undefined, running: undefined, stack: undefined };
  const decision = decide(
    { trigger: "kill", now: kill.at, kill, ...unknown, history, account: nobody },
    { ...oom, ...limits, ...account, ...brakes },
  );
  return { oom: true, ...(decision.kind === "hold" ? { hold: decision.reason } : {}) };
}

const isAsExpected = (seen: Expected | "unread", expected: Expected): boolean =>
  seen !== "unread" &&
  seen.oom === expected.oom &&
  (expected.hold === undefined ? seen.hold !== "standalone-task" : seen.hold === expected.hold);

/** Runs the ECS task events of a data folder through the oom reaction's eyes; answers nothing when there are none. */
export const countEcsTaskEvents = (folder: string): readonly CorpusCount[] => {
  const path = join(folder, EXPECTED);
  if (!existsSync(path)) return [];
  const { ecsTaskEvents = {} } = JSON.parse(readFileSync(path, "utf8")) as {
    readonly ecsTaskEvents?: Readonly<Record<string, Expected>>;
  };
  const wrong = Object.entries(ecsTaskEvents)
    .filter(([file, expected]) => {
      const event: unknown = JSON.parse(readFileSync(join(folder, "events", file), "utf8"));
      return !isAsExpected(outcome(event), expected);
    })
    .map(([file]) => file);
  const total = Object.keys(ecsTaskEvents).length;
  return [{ file: `${EXPECTED} ecsTaskEvents`, right: total - wrong.length, total, wrong }];
};
