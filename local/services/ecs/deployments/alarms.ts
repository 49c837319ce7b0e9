/** CloudWatch alarms that watch a deployment. Source: ECS/deployment-alarm-failure. */
import type { AlarmsDoor } from "../../../neighbours.ts";
import { flag, structure, texts } from "../input.ts";
import type { Ecs } from "../state.ts";
import type { ServiceDeployment } from "./deployment.ts";
import { abandon, rollBack } from "./walk.ts";

const LOOK_EVERY_SECONDS = 60;

/** Looks at the alarms each minute while the deployment is under way; one that was in ALARM before is left out. */
export function watchAlarms(ecs: Ecs, walk: ServiceDeployment): void {
  const alarms = structure(walk.configuration, "alarms") ?? {};
  if (flag(alarms, "enable") !== true) return;
  const { clock } = ecs.cloud;
  const inAlarm = (): readonly string[] => {
    const door = ecs.cloud.neighbour<AlarmsDoor>("alarms");
    return (texts(alarms, "alarmNames") ?? []).filter((name) => door.look(name)?.state === "ALARM");
  };
  const before = new Set(inAlarm());
  const look = (): void => {
    if (walk.finishedAtMs !== undefined || walk.rollback !== undefined) return;
    walk.triggeredAlarms = inAlarm().filter((name) => !before.has(name));
    if (walk.triggeredAlarms.length === 0) {
      next();
      return;
    }
    const failure = `ECS deployment ${walk.deployment.id} failed: alarms ${walk.triggeredAlarms.join(", ")} were triggered.`;
    const reason = "Service deployment rolled back because a CloudWatch alarm was triggered.";
    if (flag(alarms, "rollback") === true) rollBack(ecs, walk, reason, failure);
    else abandon(ecs, walk, "STOPPED", "A CloudWatch alarm was triggered.", failure);
  };
  const next = (): void => {
    clock.at(clock.now() + LOOK_EVERY_SECONDS * 1000, `alarms of ${walk.deployment.id}`, look);
  };
  next();
}

/** The `alarms` of DescribeServiceDeployments. */
export function alarmsView(walk: ServiceDeployment) {
  const alarms = structure(walk.configuration, "alarms") ?? {};
  if (flag(alarms, "enable") !== true) return { status: "DISABLED" };
  const isTriggered = walk.triggeredAlarms.length > 0;
  return {
    status: isTriggered ? "TRIGGERED" : walk.finishedAtMs === undefined ? "MONITORING" : "MONITORING_COMPLETE",
    alarmNames: texts(alarms, "alarmNames") ?? [],
    ...(isTriggered ? { triggeredAlarmNames: walk.triggeredAlarms } : {}),
  };
}
