/** What of a service and its readings holds the scaler back, or is told of, whatever the queue says. */
import type { Settings } from "#shared/config/blocks.ts";
import type { ServiceState } from "#shared/domain/service.ts";
import { isOlderThan } from "#shared/domain/time.ts";
import type { ScaleExplanation } from "./explanation.ts";
import type { Readings } from "./observe.ts";
import type { NotOurs, ScaleEscalation, ScaleHold } from "./reasons.ts";

/** A deployment that goes on for longer is a person's matter: until it ends no task is taken away. */
const DEPLOYMENT_SECONDS = 3600;

/** Why a service of this kind is left to others; undefined when it is not. */
const notOurs = ({ controller, launchType, isWindows }: ServiceState): NotOurs | undefined => {
  if (controller !== "ECS") return "other-controller";
  if (launchType !== "FARGATE") return "ec2-launch-type";
  return isWindows ? "windows" : undefined;
};

/** What holds whatever the queue says. */
export const heldFromOutside = (
  { service, counts }: Readings,
  { scale }: Pick<Settings, "scale">,
  min: number,
): ScaleHold | undefined => {
  if (scale.mode === "off") return "not-enrolled";
  if (service.kind === "gone") return "service-gone";
  if (service.kind !== "read") return "tasks-unreadable";
  if (service.value.status !== "ACTIVE") return "service-gone";
  // Nobody but a person sets a count of 0 below a minimum; Kubernetes' autoscaler reads it the same way.
  if (service.value.desiredCount === 0 && min > 0) return "switched-off";
  const kind = notOurs(service.value);
  if (kind !== undefined) return kind;
  return counts.kind === "gone" || counts.kind === "denied" ? "counts-unreadable" : undefined;
};

/** Troubles that the readings tell of, and those that the policy warns of; of a service that is left to others nothing but that. */
export const troublesOf = (
  { now, counts, service, minutes, target }: Readings,
  { reason, warnings }: Pick<ScaleExplanation, "reason" | "warnings">,
): readonly ScaleEscalation[] => {
  const kind = service.kind === "read" ? notOurs(service.value) : undefined;
  if (kind !== undefined) return [kind];
  const isDenied = [counts, service, minutes, target].some((reading) => reading?.kind === "denied");
  const neverEnds =
    reason === "deployment-in-progress" &&
    service.kind === "read" &&
    service.value.deployments.some(
      ({ rolloutState, createdAt }) =>
        rolloutState === "IN_PROGRESS" && isOlderThan(createdAt, DEPLOYMENT_SECONDS, now),
    );
  return [
    ...(counts.kind === "gone" ? ["queue-gone" as const] : []),
    ...(isDenied ? ["no-permission" as const] : []),
    ...(neverEnds ? ["deployment-never-ends" as const] : []),
    ...(counts.kind === "read" ? warnings : []),
  ];
};
