/** From a service under deployment to the verdict of what it would run: the same for every door. */
import type { Config } from "#shared/config/schema.ts";
import { parseImage, pinned } from "#shared/domain/image.ts";
import type { ServiceRevision } from "#shared/domain/service.ts";
import type { TaskDefinition } from "#shared/domain/task-definition.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { DeployingService, Deployments } from "#shared/ports/deployments.ts";
import type { Images } from "#shared/ports/images.ts";
import type { KnownImages } from "#shared/ports/known-images.ts";
import type { Services } from "#shared/ports/services.ts";
import { createGatherer, type ResolvedDigests } from "./gather.ts";
import { type ContainerImage, type DeploymentVerdict, judgeDeployment } from "./judge-deployment.ts";
import { createKeepScan } from "./keep-scan.ts";
import type { GateSettings } from "./settings.ts";

export interface JudgingDeps {
  readonly config: Config;
  readonly services: Services;
  readonly deployments: Deployments;
  readonly images: Images;
  readonly known: KnownImages;
  readonly clock: Clock;
}

export interface JudgedTarget {
  readonly taskDefinition: TaskDefinition;
  /** The service revision that the deployment brings. */
  readonly revision: ServiceRevision;
  readonly images: readonly ContainerImage[];
  readonly verdict: DeploymentVerdict;
}

export interface Asked {
  readonly service: DeployingService;
  /** ARN of the revision that the deployment brings, when the question names it. */
  readonly targetRevision?: string | undefined;
  /** ARN of the service deployment, to be asked for its target when nothing else tells it. */
  readonly deployment?: string | undefined;
  readonly waitingSince: string | undefined;
  readonly settings: GateSettings;
}

/** As `Asked`, of a deployment that is not ECS's own. */
export interface Brought extends Pick<Asked, "service" | "waitingSince" | "settings"> {
  readonly taskDefinitionArn: string;
  /** Digests of the images that run now. */
  readonly replaced: ReadonlySet<string>;
}

const digestsOf = (revisions: readonly ServiceRevision[]): ReadonlySet<string> =>
  new Set(revisions.flatMap(({ images }) => images.flatMap(({ digest }) => digest ?? [])));

const resolvedBy = ({ images }: ServiceRevision): ResolvedDigests =>
  Object.fromEntries(images.flatMap(({ container, digest }) => (digest === undefined ? [] : [[container, digest]])));

/** The task definition with every image as it ran, by digest; undefined when one is not known. */
export function asItRan(definition: TaskDefinition, { images }: ServiceRevision): TaskDefinition | undefined {
  const containers = definition.containers.map((container) => {
    if (parseImage(container.image)?.digest !== undefined) return container;
    const digest = images.find((image) => image.container === container.name)?.digest;
    const image = digest === undefined ? undefined : pinned(container.image, digest);
    return image === undefined ? undefined : { ...container, image };
  });
  const known = containers.filter((container) => container !== undefined);
  return known.length === containers.length ? { ...definition, containers: known } : undefined;
}

/** Images by container, as a definition names them. */
export const imagesByContainer = ({ containers }: TaskDefinition): Readonly<Record<string, string>> =>
  Object.fromEntries(containers.map(({ name, image }) => [name, image]));

export const createJudging = ({ config, services, deployments, images, known, clock }: JudgingDeps) => {
  const keepScan = createKeepScan({ config, images, known, clock });
  const gather = createGatherer({ images, known, clock, keepScan });

  /** The revision that a deployment brings, and the others that are at work. */
  const targetOf = async ({ service, targetRevision, deployment }: Asked) => {
    const told = targetRevision === undefined ? [] : [targetRevision];
    const revisions = await services.revisions([...new Set([...told, ...service.serviceRevisionArns])]);
    const candidates = revisions.filter(({ arn, taskDefinitionArn }) =>
      targetRevision === undefined ? taskDefinitionArn === service.taskDefinitionArn : arn === targetRevision,
    );
    const [only, ...more] = candidates;
    if (only !== undefined && more.length === 0) return { target: only, revisions };
    const arn = deployment === undefined ? undefined : (await deployments.deployment(deployment))?.targetRevision;
    const known = revisions.find((revision) => revision.arn === arn);
    const target = known ?? (arn === undefined ? undefined : (await services.revisions([arn]))[0]);
    return target && { target, revisions };
  };

  const judgeDefinition = async (
    definition: TaskDefinition,
    service: DeployingService,
    { settings, waitingSince }: Pick<Asked, "settings" | "waitingSince">,
    replaced: ReadonlySet<string>,
    resolved: ResolvedDigests = {},
  ) => {
    const [found, threats, given] = await Promise.all([
      gather(definition, settings, resolved),
      known.threats(),
      known.waivers(),
    ]);
    const facts = {
      now: clock.now(),
      service: service.ref,
      images: found,
      replaced,
      tags: definition.tags,
      waivers: [...config.waivers, ...given],
      threats,
      waitingSince,
    };
    return { images: found, verdict: judgeDeployment(facts, settings) };
  };

  return {
    keepScan,

    /** The verdict of what the service's deployment brings; undefined when that cannot be told any more. */
    async target(asked: Asked): Promise<JudgedTarget | undefined> {
      const found = await targetOf(asked);
      if (!found) return undefined;
      const { target, revisions } = found;
      const taskDefinition = await services.taskDefinition(target.taskDefinitionArn);
      if (!taskDefinition) return undefined;
      const replaced = digestsOf(revisions.filter((revision) => revision !== target));
      const judged = await judgeDefinition(taskDefinition, asked.service, asked, replaced, resolvedBy(target));
      return { taskDefinition, revision: target, ...judged };
    },

    /** The verdict of a task definition that a deployment brings of which ECS keeps no revision; undefined when it is gone. */
    async brought(asked: Brought): Promise<Pick<JudgedTarget, "taskDefinition" | "verdict"> | undefined> {
      const { service, taskDefinitionArn, replaced } = asked;
      const taskDefinition = await services.taskDefinition(taskDefinitionArn);
      if (!taskDefinition) return undefined;
      const { verdict } = await judgeDefinition(taskDefinition, service, asked, replaced);
      return { taskDefinition, verdict };
    },

    /** The verdict of a definition whose images are named by digest, whatever runs now. */
    definition: (definition: TaskDefinition, service: DeployingService, settings: GateSettings) =>
      judgeDefinition({ ...definition, tags: {} }, service, { settings, waitingSince: undefined }, new Set()),
  };
};

export type Judging = ReturnType<typeof createJudging>;
