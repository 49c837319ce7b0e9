/** The PAUSE hook's door: judges what waits before its first task, and answers. */
import type { ServiceRef } from "#shared/domain/service.ts";
import type { Reaction } from "#shared/runtime/reaction.ts";
import { type DoorDeps, judgementOf, resolvedFor, switchesOf } from "./deps.ts";
import { decideHook } from "./policy.ts";
import { waitForScans } from "./waiting.ts";

export interface HookSubject {
  /** The ledger's item of this hook of this deployment. */
  readonly subject: ServiceRef;
  readonly service: ServiceRef;
  /** ARN of the service deployment that it holds. */
  readonly deployment: string;
  readonly hookId: string;
  readonly since: string;
  /** The event, to be handled again when a scan has ended. */
  readonly event: unknown;
}

export const createHookReaction = (deps: DoorDeps): Reaction<HookSubject> => {
  const { config, ledger, deployments, judging } = deps;
  return {
    name: "gate",
    service: ({ subject }) => subject,
    incident: ({ service, deployment }) =>
      `gate/${service.cluster}/${service.name}/${deployment.slice(deployment.lastIndexOf("/") + 1)}`,
    // One answer per hook: whatever was started for it counts, finished or not.
    isKnown: ({ active, acts }) => active !== undefined || acts.count > 0,
    remember: (item) => item,

    async judge({ subject, service: ref, deployment, hookId, since, event }) {
      const [account, service] = await Promise.all([ledger.account(), deployments.service(ref)]);
      const resolved = resolvedFor(config, ref, service?.tags);
      const switches = switchesOf(resolved);
      const known = {
        subject,
        deployment,
        hookId,
        isPaused: account.isPaused,
        service: service && { isActive: service.status === "ACTIVE", deployment: service.serviceDeployment },
      };
      const early = decideHook({ ...known, taskDefinitionArn: undefined, verdict: undefined }, switches);
      const isSettled = early.decision.kind !== "hold" || early.decision.reason !== "deployment-over";
      const isOver = service?.serviceDeployment !== undefined && service.serviceDeployment !== deployment;
      if (service === undefined || isSettled || isOver) return judgementOf(early, resolved, account);
      const { gate: settings } = resolved.settings;
      const judged = await judging.target({ service, deployment, waitingSince: since, settings });
      const decided = decideHook(
        { ...known, taskDefinitionArn: judged?.taskDefinition.arn, verdict: judged?.verdict },
        switches,
      );
      await waitForScans(deps, decided, judged, subject.arn, event);
      // The answer to a question is no act of our own: it counts against no budget.
      return judgementOf(decided, resolved, account);
    },
  };
};
