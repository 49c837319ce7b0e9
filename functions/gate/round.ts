/** The gate's part of the sweep: the same questions for every service, so that no lost event leaves one unasked. */
import type { ServiceRef, ServiceRevision } from "#shared/domain/service.ts";
import { addSeconds, isBefore } from "#shared/domain/time.ts";
import { verdictEvidence } from "#shared/gate/evidence.ts";
import { GATE_STAGE } from "#shared/gate/hook-function.ts";
import type { JudgedContainer } from "#shared/gate/judge-deployment.ts";
import { asItRan } from "#shared/gate/judge-target.ts";
import type { DeployingService } from "#shared/ports/deployments.ts";
import { type DoorDeps, resolvedFor } from "./deps.ts";
import { subjectOf } from "./events.ts";
import type { HookSubject } from "./hook.ts";
import type { Notice } from "./notice.ts";
import { createCandidates, type PromotionSubject } from "./promotion.ts";
import type { Candidate } from "./promotion-policy.ts";
import type { RollingSubject } from "./rolling.ts";

/** What the round asks of the doors. */
export interface Doors {
  readonly hook: (subject: HookSubject) => Promise<unknown>;
  readonly rolling: (subject: RollingSubject) => Promise<unknown>;
  readonly promotion: (subject: PromotionSubject) => Promise<unknown>;
  readonly notice: (notice: Notice) => Promise<{ readonly decision: string }>;
}

/** DescribeServiceRevisions takes at most this many. Source: ECS API reference. */
const REVISIONS_PER_CALL = 20;

/** Services looked at side by side. */
const AT_ONCE = 10;

/** Tags of a repository that are tried as a replacement, newest first. */
const REPLACEMENTS_TRIED = 5;

const DIGEST_SHOWN = "sha256:".length + 12;
const DAY_SECONDS = 86_400;

interface BadImage {
  readonly container: JudgedContainer;
  readonly services: DeployingService[];
}

const chunks = <Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));

const nameOf = ({ ref }: DeployingService): string => `${ref.cluster}/${ref.name}`;

export const createRound = (deps: DoorDeps, doors: Doors) => {
  const { config, clock, deployments, services, known, judging } = deps;
  const candidates = createCandidates(deps);
  const gateOf = (service: DeployingService) => resolvedFor(config, service.ref, service.tags).settings.gate;

  /** Asks again for what goes on: its event or the end of a scan may have been lost. */
  const askAgain = async (service: DeployingService): Promise<void> => {
    const { ref, serviceDeployment } = service;
    const primary = service.deployments.find(({ status }) => status === "PRIMARY");
    if (primary?.rolloutState !== "IN_PROGRESS") return;
    if (gateOf(service).answersPauseHooks && serviceDeployment !== undefined) {
      const deployment = await deployments.deployment(serviceDeployment);
      if (deployment?.stage !== GATE_STAGE) return;
      for (const hookId of deployment.waitingHooks) {
        await doors.hook(hookSubject(ref, serviceDeployment, hookId, deployment.createdAt, undefined));
      }
      return;
    }
    await doors.rolling(rollingSubject(ref, primary.id, false, undefined));
  };

  const revisionsOf = async (all: readonly DeployingService[]): Promise<ReadonlyMap<string, ServiceRevision>> => {
    const arns = all.flatMap(({ serviceRevisionArns }) => serviceRevisionArns);
    const found = await Promise.all(chunks(arns, REVISIONS_PER_CALL).map((some) => services.revisions(some)));
    return new Map(found.flat().map((revision) => [revision.arn, revision]));
  };

  /** Judges what a service runs, each image by the digest that runs. */
  const judgeRunning = async (
    service: DeployingService,
    revisions: ReadonlyMap<string, ServiceRevision>,
  ): Promise<readonly JudgedContainer[]> => {
    const running = service.serviceRevisionArns
      .map((arn) => revisions.get(arn))
      .find((revision) => revision?.taskDefinitionArn === service.taskDefinitionArn);
    const definition = running && (await services.taskDefinition(running.taskDefinitionArn));
    const ran = running && definition && asItRan(definition, running);
    if (!ran || service.runningCount === 0) return [];
    const { verdict } = await judging.definition(ran, service, gateOf(service));
    return verdict.containers.filter((each) => each.verdict.outcome === "block" && !each.verdict.isPending);
  };

  /** The newest tag of the repository that passes for the service and is not what runs. */
  const replacement = async ({ container }: BadImage, service: DeployingService): Promise<Candidate | undefined> => {
    const { repository, reference, digest } = container;
    const definition = await services.taskDefinition(service.taskDefinitionArn);
    const newest = await candidates({ repository, tags: "*", service: nameOf(service) });
    const at = newest.findIndex((candidate) => candidate.digest === digest);
    const newer = at < 0 ? newest : newest.slice(0, at);
    for (const candidate of definition ? newer.slice(0, REPLACEMENTS_TRIED) : []) {
      const containers = (definition?.containers ?? [])
        .filter(({ name }) => name === container.container)
        .map((each) => ({ ...each, image: `${reference.split(/[:@]/)[0]}@${candidate.digest}` }));
      if (!definition) continue;
      const { verdict } = await judging.definition({ ...definition, containers }, service, gateOf(service));
      if (verdict.outcome === "allow" && verdict.containers.every((each) => each.digest !== digest)) return candidate;
    }
    return undefined;
  };

  /** One incident per bad image that runs, and for each of its services the way out as a proposal. */
  const tellBadImage = async (bad: BadImage): Promise<void> => {
    const [first] = bad.services;
    if (!first) return;
    const { repository, digest = "", verdict } = bad.container;
    const candidate = await replacement(bad, first);
    const image = `${repository}@${digest.slice(0, DIGEST_SHOWN)}`;
    const incident = `gate/image/${image}${candidate ? `/${candidate.tag}` : ""}`;
    const judged = { outcome: verdict.outcome, isPending: false, passes: undefined, justification: undefined };
    const told = await doors.notice({
      subject: { ...first.ref, arn: `${first.ref.arn}#image/${digest}` },
      incident,
      reason: "bad-image-runs",
      mode: gateOf(first).mode,
      evidence: {
        ...verdictEvidence({ ...judged, containers: [bad.container] }),
        door: "running",
        image,
        services: bad.services.map(nameOf),
        newestPassedTag: candidate?.tag,
        newestPassedDigest: candidate?.digest,
      },
    });
    if (told.decision === "known" || !candidate) return;
    for (const service of bad.services) {
      const promotion = { repository, tags: "*", service: nameOf(service), container: bad.container.container };
      await doors.promotion({ service: service.ref, promotion, candidate, remedyOf: incident });
    }
  };

  const remindOfWaivers = async (somebody: ServiceRef): Promise<void> => {
    const now = clock.now();
    const { waiverReminderDays } = resolvedFor(config, somebody).settings.gate;
    const until = addSeconds(now, waiverReminderDays * DAY_SECONDS);
    for (const waiver of [...config.waivers, ...(await known.waivers())]) {
      if (isBefore(waiver.expiresAt, now) || isBefore(until, waiver.expiresAt)) continue;
      const { finding, owner, reason, expiresAt, scope } = waiver;
      const where = Object.entries(scope).map(([what, glob]) => `${what} ${glob}`);
      await doors.notice({
        subject: { ...somebody, arn: `${somebody.arn}#waiver/${finding}/${expiresAt}/${where.join("/")}` },
        incident: `gate/waiver/${finding}/${expiresAt.slice(0, 10)}`,
        reason: "waiver-ends",
        mode: "observe",
        evidence: { door: "waiver", finding, owner, waiverReason: reason, expiresAt, where },
      });
    }
  };

  const promotionsOf = async (all: readonly DeployingService[]): Promise<void> => {
    for (const promotion of config.promotions) {
      const service = all.find((each) => nameOf(each) === promotion.service);
      const [candidate] = service ? await candidates(promotion) : [];
      if (service && candidate)
        await doors.promotion({ service: service.ref, promotion, candidate, remedyOf: undefined });
    }
  };

  return async (): Promise<number> => {
    const all = (await Promise.all(config.clusters.map((cluster) => deployments.services(cluster)))).flat();
    const enrolled = all.filter((service) => gateOf(service).mode !== "off");
    const revisions = await revisionsOf(enrolled);
    const bad = new Map<string, BadImage>();
    for (const some of chunks(enrolled, AT_ONCE)) {
      await Promise.all(some.map(askAgain));
      const judged = await Promise.all(
        some.map(async (service) => ({ service, found: await judgeRunning(service, revisions) })),
      );
      for (const { service, found } of judged)
        for (const container of found) {
          const key = container.digest ?? container.reference;
          const known = bad.get(key) ?? { container, services: [] };
          known.services.push(service);
          bad.set(key, known);
        }
    }
    for (const each of bad.values()) await tellBadImage(each);
    await promotionsOf(enrolled);
    const [somebody] = enrolled;
    if (somebody) await remindOfWaivers(somebody.ref);
    return enrolled.length;
  };
};

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
): RollingSubject => ({ subject: subjectOf(service, deploymentId), service, deploymentId, isRollback, event });
