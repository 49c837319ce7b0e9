/** The event's door: judges a deployment that no hook held, as early as its event comes. */
import { pinned } from "#shared/domain/image.ts";
import type { ServiceRef } from "#shared/domain/service.ts";
import { PLAN_TAG } from "#shared/domain/tags.ts";
import { isBefore } from "#shared/domain/time.ts";
import { hasExploitableCritical } from "#shared/gate/better.ts";
import { GATE_STAGE, HOOK_FUNCTION_NAME } from "#shared/gate/hook-function.ts";
import { asItRan, imagesByContainer, type JudgedTarget } from "#shared/gate/judge-target.ts";
import type { GateSettings } from "#shared/gate/settings.ts";
import type { DeployingService, LifecycleHook, ServiceDeployment } from "#shared/ports/deployments.ts";
import type { Reaction } from "#shared/runtime/reaction.ts";
import { type DoorDeps, judgementOf, resolvedFor, switchesOf } from "./deps.ts";
import { decideRolling, type RollingFacts } from "./policy.ts";
import type { GateEscalation } from "./reasons.ts";
import { incidentOfDeployment } from "./subjects.ts";
import { waitForScans } from "./waiting.ts";

export interface RollingSubject {
  /** The ledger's item of this deployment. */
  readonly subject: ServiceRef;
  readonly service: ServiceRef;
  /** `ecs-svc/N`. */
  readonly deploymentId: string;
  readonly isRollback: boolean;
  /** Its rollback was offered before; see `too-late.ts`. */
  readonly isAskedAgain: boolean;
  /** The incident of the image that turned bad while it ran, when that is why it is asked about. */
  readonly remedyOf: string | undefined;
  /** The event, to be handled again when a scan has ended. */
  readonly event: unknown;
}

/** Once this was told of a deployment, its image that turned bad is no news in that. */
const HOPELESS: ReadonlySet<string> = new Set<GateEscalation>(["nothing-to-go-back-to", "no-better-target"]);

const isGates = ({ type, targetArn, stages }: LifecycleHook, { answersPauseHooks }: GateSettings): boolean =>
  stages.includes(GATE_STAGE) &&
  (type === "PAUSE" ? answersPauseHooks : targetArn?.endsWith(`:function:${HOOK_FUNCTION_NAME}`) === true);

/** The images as they were judged, by digest. */
const judgedImages = ({ images }: JudgedTarget): Readonly<Record<string, string>> =>
  Object.fromEntries(
    images.flatMap(({ container, reference, digest }) => {
      const image = digest === undefined ? undefined : pinned(reference, digest);
      return image === undefined ? [] : [[container, image]];
    }),
  );

export const createRollingReaction = (deps: DoorDeps): Reaction<RollingSubject> => {
  const { config, clock, ledger, deployments, services, known, judging } = deps;

  /** Where a rollback would go, judged as it ran. */
  const rollbackTarget = async (
    service: DeployingService,
    deployment: ServiceDeployment,
    settings: GateSettings,
  ): Promise<RollingFacts["target"]> => {
    const last = await deployments.completedBefore(service.ref, new Date(deployment.createdAt));
    const [revision] = last === undefined ? [] : await services.revisions([last.targetRevision]);
    const definition = revision && (await services.taskDefinition(revision.taskDefinitionArn));
    const ran = revision && definition && asItRan(definition, revision);
    if (ran === undefined) return undefined;
    const { verdict } = await judging.definition(ran, service, settings);
    return { taskDefinitionArn: ran.arn, verdict, images: imagesByContainer(ran) };
  };

  const wasKnownBad = async ({ images }: JudgedTarget, { createdAt }: ServiceDeployment): Promise<boolean> => {
    const kept = await Promise.all(images.map(({ image }) => (image === undefined ? undefined : known.image(image))));
    return kept.some((one) => one?.verdict.outcome === "block" && isBefore(one.verdict.since, createdAt));
  };

  return {
    name: "gate",
    service: ({ subject }) => subject,
    incident: incidentOfDeployment,
    // A proposal that nobody answered in time gives way to what is still possible.
    isKnown: ({ active, acts, lastHold }, { isAskedAgain, remedyOf }) => {
      if (isAskedAgain) return active !== undefined && active.status !== "awaiting-approval";
      const isToldHopeless = remedyOf !== undefined && lastHold !== undefined && HOPELESS.has(lastHold.reason);
      return active !== undefined || acts.count > 0 || isToldHopeless;
    },
    remember: (item) => item,

    async judge({ subject, service: ref, deploymentId, isRollback, isAskedAgain, remedyOf, event }) {
      const now = clock.now();
      const [account, service] = await Promise.all([ledger.account(), deployments.service(ref)]);
      const resolved = resolvedFor(config, ref, service?.tags);
      const switches = switchesOf(resolved);
      const { gate: settings } = resolved.settings;
      const isCurrent = service?.deployments.some(({ id, status }) => id === deploymentId && status === "PRIMARY");
      const arn = isCurrent ? service?.serviceDeployment : undefined;
      const base: RollingFacts = {
        subject,
        now,
        isPaused: account.isPaused,
        service: service && {
          isActive: service.status === "ACTIVE",
          controller: service.controller,
          // The hook let it on; what turned bad since then is no longer the hook's.
          isHooked: remedyOf === undefined && service.hooks.some((hook) => isGates(hook, settings)),
        },
        isRollback,
        isAskedAgain,
        deployment: arn === undefined ? undefined : { arn, status: "going-on", createdAt: now.toISOString() },
        taskDefinitionArn: undefined,
        verdict: undefined,
        wasKnownBad: false,
        isCriticalAndExploitable: false,
        isOurs: false,
        target: undefined,
        serviceRevision: undefined,
        images: {},
      };
      const early = decideRolling(base, switches);
      const isSettled = early.decision.kind !== "hold" || early.decision.reason !== "deployment-over";
      if (service === undefined || arn === undefined || isSettled) return judgementOf(early, resolved, account);

      const deployment = await deployments.deployment(arn);
      const judged =
        deployment &&
        (await judging.target({
          service,
          targetRevision: deployment.targetRevision,
          waitingSince: deployment.createdAt,
          settings,
        }));
      if (!deployment || !judged) return judgementOf(early, resolved, account);
      const isBad = judged.verdict.outcome !== "allow" && !judged.verdict.isPending;
      const decided = decideRolling(
        {
          ...base,
          deployment,
          taskDefinitionArn: judged.taskDefinition.arn,
          verdict: judged.verdict,
          wasKnownBad: isBad && (await wasKnownBad(judged, deployment)),
          isCriticalAndExploitable: hasExploitableCritical(judged.verdict),
          isOurs: judged.taskDefinition.tags[PLAN_TAG] !== undefined,
          target: isBad ? await rollbackTarget(service, deployment, settings) : undefined,
          serviceRevision: judged.revision.arn,
          images: judgedImages(judged),
        },
        switches,
      );
      await waitForScans(deps, decided, judged, subject.arn, event);
      return judgementOf(decided, resolved, account, "service-deployment");
    },
  };
};
