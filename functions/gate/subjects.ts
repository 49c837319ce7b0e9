/** What the doors are asked about, by the ledger's item and the incident that each belongs to. */
import type { ServiceRef } from "#shared/domain/service.ts";
import { subjectOf } from "./events.ts";
import type { HookSubject } from "./hook.ts";
import type { RollingSubject } from "./rolling.ts";

/** The question that a waiting hook asks. */
export const hookSubject = (
  service: ServiceRef,
  deployment: string,
  hookId: string,
  since: string,
  event: unknown,
): HookSubject => ({
  subject: subjectOf(service, `${deployment.slice(deployment.lastIndexOf("/") + 1)}/${hookId}`),
  service,
  deployment,
  hookId,
  since,
  event,
});

/** The question that a deployment without a hook asks. */
export const rollingSubject = (
  service: ServiceRef,
  deploymentId: string,
  isRollback: boolean,
  event: unknown,
): RollingSubject => ({
  subject: subjectOf(service, deploymentId),
  service,
  deploymentId,
  isRollback,
  isAskedAgain: false,
  remedyOf: undefined,
  event,
});

/** What is said of a deployment belongs together; of an image that turned bad, to that image. */
export const incidentOfDeployment = ({ service, deploymentId, remedyOf }: RollingSubject): string =>
  remedyOf ?? `gate/${service.cluster}/${service.name}/${deploymentId.slice(deploymentId.lastIndexOf("/") + 1)}`;
