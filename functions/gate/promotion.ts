/** Finds what a mapping would promote, and carries it to its service by digest. */
import { matchesGlob } from "#shared/config/glob.ts";
import type { Promotion } from "#shared/config/waivers.ts";
import { parseImage, pinned } from "#shared/domain/image.ts";
import type { ServiceRef } from "#shared/domain/service.ts";
import type { TaskDefinition } from "#shared/domain/task-definition.ts";
import { asItRan, imagesByContainer } from "#shared/gate/judge-target.ts";
import type { DeployingService } from "#shared/ports/deployments.ts";
import type { Reaction } from "#shared/runtime/reaction.ts";
import { type DoorDeps, judgementOf, resolvedFor, switchesOf } from "./deps.ts";
import { type Candidate, candidatesOf, decidePromotion, type PromotionFacts } from "./promotion-policy.ts";

export interface PromotionSubject {
  readonly service: ServiceRef;
  readonly promotion: Promotion;
  readonly candidate: Candidate;
  /** The incident of the bad image that it replaces; undefined for a promotion. */
  readonly remedyOf: string | undefined;
}

/** The container that a mapping means: the named one, else the only one that runs the repository. */
const containerOf = ({ containers }: TaskDefinition, { repository, container }: Promotion): string | undefined => {
  const running = containers.filter(({ image }) => parseImage(image)?.repository === repository);
  const named = container === undefined ? running : running.filter(({ name }) => name === container);
  return named.length === 1 ? named[0]?.name : undefined;
};

/** The definition with that container alone and another image: what is promoted is judged, not what runs beside it. */
const onlyImage = (definition: TaskDefinition, container: string, image: string): TaskDefinition => ({
  ...definition,
  containers: definition.containers.flatMap((each) => (each.name === container ? [{ ...each, image }] : [])),
});

const isDeploying = ({ deployments }: DeployingService): boolean =>
  deployments.some(({ rolloutState }) => rolloutState === "IN_PROGRESS");

/** What a mapping would promote now: the newest tag that it names. */
export const createCandidates =
  ({ images }: Pick<DoorDeps, "images">) =>
  async ({ repository, tags }: Promotion): Promise<readonly Candidate[]> =>
    candidatesOf(await images.tagged(repository), tags, matchesGlob);

export const createPromotionReaction = (deps: DoorDeps): Reaction<PromotionSubject> => {
  const { config, clock, ledger, deployments, services, judging } = deps;
  const candidates = createCandidates(deps);
  return {
    name: "gate",
    service: ({ service }) => service,
    incident: ({ service, candidate, remedyOf }) =>
      remedyOf ?? `gate/promotion/${service.cluster}/${service.name}/${candidate.tag}`,
    isKnown: () => false,
    remember: (item) => item,

    async judge({ service: ref, promotion, candidate, remedyOf }, item) {
      const [account, service] = await Promise.all([ledger.account(), deployments.service(ref)]);
      const resolved = resolvedFor(config, ref, service?.tags);
      const [definition, revisions] = service
        ? await Promise.all([
            services.taskDefinition(service.taskDefinitionArn),
            services.revisions(service.serviceRevisionArns),
          ])
        : [undefined, []];
      const revision = revisions.find(({ taskDefinitionArn }) => taskDefinitionArn === service?.taskDefinitionArn);
      const container = definition && containerOf(definition, promotion);
      const before = definition?.containers.find(({ name }) => name === container);
      const image = before === undefined ? undefined : pinned(before.image, candidate.digest);
      const ran = definition && revision && asItRan(definition, revision);
      const runs = revision?.images.find((each) => each.container === container)?.digest;
      const judged =
        service && ran && container !== undefined && image !== undefined
          ? await judging.definition(onlyImage(ran, container, image), service, resolved.settings.gate)
          : undefined;
      const found = judged?.images.find((each) => each.container === container);
      const facts: PromotionFacts = {
        now: clock.now(),
        ref,
        isPaused: account.isPaused,
        isBusy: item.active !== undefined,
        cooldownUntil: item.cooldownUntil,
        service: service && {
          isActive: service.status === "ACTIVE",
          controller: service.controller,
          isDeploying: isDeploying(service),
          taskDefinitionArn: service.taskDefinitionArn,
          serviceRevision: revision?.arn,
        },
        tags: promotion.tags,
        candidate,
        running: (await candidates(promotion)).find(({ digest }) => digest === runs),
        container,
        runsIt: runs !== undefined && (runs === candidate.digest || runs === found?.image),
        verdict: judged?.verdict,
        images: ran && imagesByContainer(ran),
        pinned: image ?? candidate.digest,
        isRemedy: remedyOf !== undefined,
      };
      const decided = decidePromotion(facts, switchesOf(resolved));
      return judgementOf(decided, resolved, account, "task-definition-write");
    },
  };
};
