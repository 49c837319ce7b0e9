/** Routes what wakes the gate to its doors; every decision is a policy's. */
import * as v from "valibot";
import { resolveSettings } from "#shared/config/resolve.ts";
import { formatArn, parseArn, parseServiceArn } from "#shared/domain/arn.ts";
import type { ServiceRef } from "#shared/domain/service.ts";
import { isBefore, secondsBetween } from "#shared/domain/time.ts";
import { ReflexError } from "#shared/errors.ts";
import { rulesOfThreat } from "#shared/gate/dangers.ts";
import { GATE_STAGE } from "#shared/gate/hook-function.ts";
import { createJudging } from "#shared/gate/judge-target.ts";
import type { Deployments } from "#shared/ports/deployments.ts";
import type { Services } from "#shared/ports/services.ts";
import { createEngine } from "#shared/runtime/engine.ts";
import { type Message, parseEvent } from "#shared/runtime/inbox.ts";
import { createRoad, type Outcome, type Reaction } from "#shared/runtime/reaction.ts";
import type { DoorDeps, GateDeps } from "./deps.ts";
import {
  DeploymentChanged,
  deployedService,
  FindingChanged,
  foundImages,
  HookWaits,
  isRollback,
  type RepositoryImage,
  ScanFinished,
  saidOfVulnerability,
  scannedImage,
} from "./events.ts";
import { createHookReaction } from "./hook.ts";
import { createNoticeReaction } from "./notice.ts";
import { createCandidates, createPromotionReaction, type PromotionSubject } from "./promotion.ts";
import { createRollingReaction } from "./rolling.ts";
import { createRound } from "./round.ts";
import { gateSteps } from "./steps.ts";
import { hookSubject, rollingSubject } from "./subjects.ts";
import { createTooLate, deploymentOf } from "./too-late.ts";

/** Longer than the function's timeout of one minute, so that a holder whose lease is over is dead. */
const LEASE_SECONDS = 90;

/** Findings of a first scan come by the thousand: the registry is not asked about an image more often than this for them. */
const READING_STANDS_SECONDS = 60;

/** Counted for the alarm that a round goes on failing; `infra/reactions.ts` names it as well. */
const ROUND_FAILED = "RoundFailed";

const ignored = (reason: string): Outcome => ({ decision: "ignored", reason, incident: undefined });

type BusEvent = Readonly<Record<string, unknown>>;

/** The gate, over its ports. */
export const createGate = (gateDeps: GateDeps): ((message: Message) => Promise<Outcome>) => {
  const deps: DoorDeps = { ...gateDeps, judging: createJudging(gateDeps) };
  const { config, ledger, publisher, mailbox, clock, services, deployments, known, judging, invocation } = deps;
  const engine = createEngine<{ readonly services: Services; readonly deployments: Deployments }>({
    reaction: "gate",
    ledger,
    publisher,
    mailbox,
    clock,
    ports: { services, deployments },
    steps: gateSteps,
    leaseSeconds: LEASE_SECONDS,
    ...invocation,
  });
  const roadOf = <Subject>(reaction: Reaction<Subject>) => createRoad(reaction, { ledger, publisher, clock, engine });
  const promotionReaction = createPromotionReaction(deps);
  const roads = {
    hook: roadOf(createHookReaction(deps)),
    rolling: roadOf(createRollingReaction(deps)),
    promotion: roadOf(promotionReaction),
    notice: roadOf(createNoticeReaction(deps)),
  };
  const candidates = createCandidates(deps);
  const tooLate = createTooLate(deps, roads.rolling.handle);

  /** A promotion is proposed or begun once, whatever came of it, unless it made way for another reaction's plan. */
  const promote = async (subject: PromotionSubject): Promise<Outcome> => {
    const incident = promotionReaction.incident(subject);
    const records = await ledger.records(incident);
    const last = records.findLast(({ plan, service }) => plan !== undefined && service?.arn === subject.service.arn);
    const isKnown = last !== undefined && last.reason !== "made-way";
    return isKnown ? { decision: "known", reason: undefined, incident } : roads.promotion.handle(subject);
  };

  const round = createRound(deps, {
    hook: roads.hook.handle,
    rolling: roads.rolling.handle,
    tooLate,
    promotion: promote,
    notice: roads.notice.handle,
  });

  const serviceNamed = (event: BusEvent, name: string): ServiceRef | undefined => {
    const { account, region, resources } = v.parse(
      v.object({ account: v.string(), region: v.string(), resources: v.optional(v.array(v.string()), []) }),
      event,
    );
    const partition = parseArn(resources[0] ?? "")?.partition ?? "aws";
    return parseServiceArn(formatArn({ partition, service: "ecs", region, account, resource: `service/${name}` }));
  };

  const scanEnded = async (event: BusEvent): Promise<Outcome> => {
    const image = scannedImage(parseEvent(ScanFinished, event, "the end of a scan"));
    const { scan } = await judging.keepScan(image);
    for (const waiting of await known.waiting(image.digest)) await handleEvent(waiting as BusEvent);
    for (const promotion of config.promotions.filter(({ repository }) => repository === image.repository)) {
      const service = serviceNamed(event, promotion.service);
      const [candidate] = await candidates(promotion);
      if (service && candidate) await promote({ service, promotion, candidate, remedyOf: undefined });
    }
    return { decision: "resumed", reason: `scan-${scan.state}`, incident: undefined };
  };

  /** What a finding says of its vulnerability counts for every image; true when a rule applies by it, or no longer. */
  const learn = async (finding: FindingChanged): Promise<boolean> => {
    const said = saidOfVulnerability(finding);
    if (said === undefined) return false;
    const { before, after } = await known.learn(said.vulnerability, said.word);
    const { gate: settings } = resolveSettings(config).settings;
    return String(rulesOfThreat(before, settings)) !== String(rulesOfThreat(after, settings));
  };

  /** A burst of findings is one reading a minute: a later one has all in it but what events alone tell. */
  const findingChanged = async (event: BusEvent): Promise<Outcome> => {
    const finding = parseEvent(FindingChanged, event, "an Inspector finding");
    const isNews = await learn(finding);
    const now = clock.now();
    /** Seconds until the image is to be read, where that is not now. */
    const readAgain = async (image: RepositoryImage): Promise<number | undefined> => {
      const before = await known.image(image.digest);
      if (!isNews && before !== undefined) {
        if (isBefore(finding.time, before.readAt)) return undefined;
        const stillStands = READING_STANDS_SECONDS - secondsBetween(before.readAt, now);
        if (stillStands > 0) return stillStands;
      }
      await judging.keepScan(image);
      return undefined;
    };
    const putOff = await Promise.all(foundImages(finding).map(readAgain));
    const later = putOff.filter((seconds) => seconds !== undefined);
    if (later.length > 0) await mailbox.send(event, { delaySeconds: Math.max(...later) });
    return { decision: "resumed", reason: "finding", incident: undefined };
  };

  const hookWaits = async (event: BusEvent): Promise<Outcome> => {
    const { time, detail } = parseEvent(HookWaits, event, "an ECS hook state change");
    const { eventName, hookType, lifecycleStage, hookId, serviceDeploymentArn } = detail;
    if (eventName !== "HOOK_AWAITING_ACTION" || hookType !== "PAUSE") return ignored("no-waiting-pause");
    if (lifecycleStage !== GATE_STAGE) return ignored("other-stage");
    const service = parseServiceArn(detail.serviceArn, detail.clusterArn);
    if (!service) return ignored("no-service");
    return roads.hook.handle(hookSubject(service, serviceDeploymentArn, hookId, time, event));
  };

  const deploymentChanged = async (event: BusEvent): Promise<Outcome> => {
    const changed = parseEvent(DeploymentChanged, event, "an ECS deployment state change");
    const service = deployedService(changed);
    if (!service) return ignored("no-service");
    const { eventName, deploymentId } = changed.detail;
    const asked = rollingSubject(service, deploymentId, isRollback(changed), event);
    if (eventName === "SERVICE_DEPLOYMENT_IN_PROGRESS") return roads.rolling.handle(asked);
    // An end may be what a plan waits for: a promotion's on the service, a rollback's on the deployment.
    await engine.resume(service, { isWoken: true });
    await engine.resume(asked.subject, { isWoken: true });
    if (eventName === "SERVICE_DEPLOYMENT_COMPLETED") await tooLate(asked);
    return { decision: "resumed", reason: "deployment-changed", incident: undefined };
  };

  /** A round is worth nothing later: what failed in it is asked again by the next one, and told of when that lasts. */
  const sweptRound = async (): Promise<Outcome> => {
    const [settled] = await Promise.allSettled([round()]);
    const swept = { decision: "resumed", incident: undefined } as const;
    if (settled.status === "fulfilled") return { ...swept, reason: `${settled.value} services judged` };
    if (!(settled.reason instanceof ReflexError)) throw settled.reason;
    return { ...swept, reason: settled.reason.message, alarming: ROUND_FAILED };
  };

  const handleEvent = async (event: BusEvent): Promise<Outcome> => {
    switch (event["detail-type"]) {
      case "ECR Image Scan":
      case "Inspector2 Scan":
        return scanEnded(event);
      case "Inspector2 Finding":
        return findingChanged(event);
      case "ECS Hook State Change":
        return hookWaits(event);
      case "ECS Deployment State Change":
        return deploymentChanged(event);
      case "Reflex Sweep":
        return sweptRound();
      default:
        return ignored("not-ours");
    }
  };

  return async (message) => {
    if (message.kind === "resume") {
      await engine.resume(message.service, { isWoken: false });
      const deployment = deploymentOf(message.service);
      if (deployment) await tooLate(deployment);
      return { decision: "resumed", reason: undefined, incident: undefined };
    }
    return message.kind === "event" ? handleEvent(message.event) : ignored("not-ours");
  };
};
