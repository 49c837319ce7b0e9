/** Images that turned bad while they run: one incident for each, and for each of its services the way out as a proposal. */
import type { ServiceRevision } from "#shared/domain/service.ts";
import { verdictEvidence } from "#shared/gate/evidence.ts";
import type { JudgedContainer } from "#shared/gate/judge-deployment.ts";
import { asItRan } from "#shared/gate/judge-target.ts";
import type { DeployingService } from "#shared/ports/deployments.ts";
import { type DoorDeps, resolvedFor } from "./deps.ts";
import { createCandidates } from "./promotion.ts";
import type { Candidate } from "./promotion-policy.ts";
import type { Doors } from "./round.ts";
import { incidentOfDeployment, rollingSubject } from "./subjects.ts";

/** A bad image as the first service's container has it, and every service that runs it, in a container of its own name. */
export interface BadImage {
  readonly container: JudgedContainer;
  readonly runBy: { readonly service: DeployingService; readonly container: string }[];
}

/** Tags of a repository that are tried as a replacement, newest first. */
const REPLACEMENTS_TRIED = 5;

const DIGEST_SHOWN = "sha256:".length + 12;

/** As mappings and people name a service. */
export const nameOf = ({ ref }: DeployingService): string => `${ref.cluster}/${ref.name}`;

export const createRunning = (deps: DoorDeps, doors: Doors) => {
  const { config, ledger, services, judging } = deps;
  const candidates = createCandidates(deps);
  const gateOf = (service: DeployingService) => resolvedFor(config, service.ref, service.tags).settings.gate;

  const primaryOf = ({ deployments }: DeployingService) => deployments.find(({ status }) => status === "PRIMARY");

  /** Whether the deployment's own incident offers the way back already. */
  const isInHand = async (service: DeployingService): Promise<boolean> => {
    const primary = primaryOf(service);
    if (!primary) return false;
    const asked = rollingSubject(service.ref, primary.id, false, undefined);
    if (primary.rolloutState === "COMPLETED") await doors.tooLate(asked);
    return (await ledger.service(asked.subject)).active?.plan.incident === incidentOfDeployment(asked);
  };

  /** Judges what a service runs, each image by the digest that runs. */
  const bad = async (
    service: DeployingService,
    revisions: ReadonlyMap<string, ServiceRevision>,
  ): Promise<readonly JudgedContainer[]> => {
    // Before its first task, a deployment's image does not run: a hook may still send it back.
    if (service.runningCount === 0 || primaryOf(service)?.runningCount === 0) return [];
    const running = service.serviceRevisionArns
      .map((arn) => revisions.get(arn))
      .find((revision) => revision?.taskDefinitionArn === service.taskDefinitionArn);
    const definition = running && (await services.taskDefinition(running.taskDefinitionArn));
    const ran = running && definition && asItRan(definition, running);
    if (!ran) return [];
    const { verdict } = await judging.definition(ran, service, gateOf(service));
    const found = verdict.containers.filter((each) => each.verdict.outcome === "block" && !each.verdict.isPending);
    return found.length > 0 && (await isInHand(service)) ? [] : found;
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

  /** A tag that passes; where there is none, what ran before, when that is better. Each door offers a thing once. */
  const offer = async (
    { container: { repository }, runBy }: BadImage,
    incident: string,
    candidate: Candidate | undefined,
  ): Promise<void> => {
    for (const { service, container } of runBy) {
      const primary = primaryOf(service);
      if (candidate) {
        const promotion = { repository, tags: "*", service: nameOf(service), container };
        await doors.promotion({ service: service.ref, promotion, candidate, remedyOf: incident });
      } else if (primary?.rolloutState === "COMPLETED")
        await doors.rolling({ ...rollingSubject(service.ref, primary.id, false, undefined), remedyOf: incident });
    }
  };

  return {
    bad,

    async tell(found: BadImage): Promise<void> {
      const first = found.runBy[0]?.service;
      if (!first) return;
      const { repository, digest = "", verdict } = found.container;
      const candidate = await replacement(found, first);
      const image = `${repository}@${digest.slice(0, DIGEST_SHOWN)}`;
      const incident = `gate/image/${image}${candidate ? `/${candidate.tag}` : ""}`;
      const judged = { outcome: verdict.outcome, isPending: false, passes: undefined, justification: undefined };
      await doors.notice({
        subject: { ...first.ref, arn: `${first.ref.arn}#image/${digest}` },
        incident,
        reason: "bad-image-runs",
        mode: gateOf(first).mode,
        evidence: {
          ...verdictEvidence({ ...judged, containers: [found.container] }),
          door: "running",
          image,
          services: found.runBy.map(({ service }) => nameOf(service)),
          newestPassedTag: candidate?.tag,
          newestPassedDigest: candidate?.digest,
        },
      });
      await offer(found, incident, candidate);
    },
  };
};
