/** A rollback that was offered, but came too late: the deployment is complete, so going back is a deployment of its own. */
import { parseServiceArn } from "#shared/domain/arn.ts";
import type { LedgerRecord } from "#shared/domain/record.ts";
import type { ServiceRef } from "#shared/domain/service.ts";
import type { Outcome } from "#shared/runtime/reaction.ts";
import type { DoorDeps } from "./deps.ts";
import type { RollingSubject } from "./rolling.ts";
import { incidentOfDeployment, rollingSubject } from "./subjects.ts";

/** Where a rollback stands that nobody answered, or that was approved and could not be done any more. */
const TOO_LATE: ReadonlySet<string> = new Set(["awaiting-approval", "failed", "stuck"]);

const isOf =
  (kind: string) =>
  ({ plan }: LedgerRecord): boolean =>
    plan?.kind === kind;

/** The deployment that an item of the ledger is about; undefined when it is about something else. */
export const deploymentOf = ({ arn }: ServiceRef): RollingSubject | undefined => {
  const [of = "", deploymentId = ""] = arn.split("#");
  const service = deploymentId.startsWith("ecs-svc/") ? parseServiceArn(of) : undefined;
  return service && rollingSubject(service, deploymentId, false, undefined);
};

/** Asks again about a deployment whose rollback came too late; about any other it does nothing. */
export const createTooLate =
  ({ ledger }: Pick<DoorDeps, "ledger">, handle: (subject: RollingSubject) => Promise<Outcome>) =>
  async (asked: RollingSubject): Promise<Outcome> => {
    const incident = incidentOfDeployment(asked);
    const records = await ledger.records(incident);
    const last = records.findLast(isOf("roll-back-deployment"))?.plan;
    const isTooLate = last !== undefined && TOO_LATE.has(last.status);
    return isTooLate && !records.some(isOf("return-to-earlier-image"))
      ? handle({ ...asked, isAskedAgain: true })
      : { decision: "known", reason: undefined, incident };
  };
