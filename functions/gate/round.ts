/** The gate's part of the sweep: the same questions for every service, so that no lost event leaves one unasked. */
import type { Promotion } from "#shared/config/waivers.ts";
import type { ServiceRef, ServiceRevision } from "#shared/domain/service.ts";
import { addSeconds, isBefore } from "#shared/domain/time.ts";
import { GATE_STAGE } from "#shared/gate/hook-function.ts";
import type { DeployingService } from "#shared/ports/deployments.ts";
import { type DoorDeps, resolvedFor } from "./deps.ts";
import type { HookSubject } from "./hook.ts";
import type { Notice } from "./notice.ts";
import { createCandidates, type PromotionSubject } from "./promotion.ts";
import type { RollingSubject } from "./rolling.ts";
import { type BadImage, createRunning, nameOf } from "./running.ts";
import { hookSubject, rollingSubject } from "./subjects.ts";

/** What the round asks of the doors. */
export interface Doors {
  readonly hook: (subject: HookSubject) => Promise<unknown>;
  readonly rolling: (subject: RollingSubject) => Promise<unknown>;
  readonly tooLate: (subject: RollingSubject) => Promise<unknown>;
  readonly promotion: (subject: PromotionSubject) => Promise<unknown>;
  readonly notice: (notice: Notice) => Promise<unknown>;
}

/** DescribeServiceRevisions takes at most this many. Source: ECS API reference. */
const REVISIONS_PER_CALL = 20;

/** Services looked at side by side. */
const AT_ONCE = 10;

const DAY_SECONDS = 86_400;

const chunks = <Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));

export const createRound = (deps: DoorDeps, doors: Doors) => {
  const { config, clock, deployments, services, known } = deps;
  const candidates = createCandidates(deps);
  const running = createRunning(deps, doors);
  const gateOf = (service: DeployingService) => resolvedFor(config, service.ref, service.tags).settings.gate;

  /** Asks again for what goes on: its event or the end of a scan may have been lost. */
  const askAgain = async (service: DeployingService): Promise<void> => {
    const { ref, serviceDeployment } = service;
    const primary = service.deployments.find(({ status }) => status === "PRIMARY");
    if (primary?.rolloutState !== "IN_PROGRESS") return;
    const isHeld = service.hooks.some(({ type, stages }) => type === "PAUSE" && stages.includes(GATE_STAGE));
    if (isHeld && gateOf(service).answersPauseHooks && serviceDeployment !== undefined) {
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

  const promote = async (promotion: Promotion, all: readonly DeployingService[]): Promise<void> => {
    const service = all.find((each) => nameOf(each) === promotion.service);
    const [candidate] = service ? await candidates(promotion) : [];
    if (service && candidate)
      await doors.promotion({ service: service.ref, promotion, candidate, remedyOf: undefined });
  };

  return async (): Promise<number> => {
    const failures: unknown[] = [];
    /** What cannot be asked about one service must not leave the others unasked. */
    const apart = async <Value>(one: Promise<Value>): Promise<Value | undefined> => {
      const [settled] = await Promise.allSettled([one]);
      if (settled.status === "rejected") failures.push(settled.reason);
      return settled.status === "fulfilled" ? settled.value : undefined;
    };
    const all = (await Promise.all(config.clusters.map((cluster) => deployments.services(cluster)))).flat();
    const enrolled = all.filter((service) => gateOf(service).mode !== "off");
    const revisions = await revisionsOf(enrolled);
    const bad = new Map<string, BadImage>();
    for (const some of chunks(enrolled, AT_ONCE)) {
      await Promise.all(some.map((service) => apart(askAgain(service))));
      const judged = await Promise.all(
        some.map(async (service) => ({ service, found: (await apart(running.bad(service, revisions))) ?? [] })),
      );
      for (const { service, found } of judged)
        for (const container of found) {
          const key = container.digest ?? container.reference;
          const known = bad.get(key) ?? { container, runBy: [] };
          known.runBy.push({ service, container: container.container });
          bad.set(key, known);
        }
    }
    for (const each of bad.values()) await apart(running.tell(each));
    for (const promotion of config.promotions) await apart(promote(promotion, enrolled));
    const [somebody] = enrolled;
    if (somebody) await apart(remindOfWaivers(somebody.ref));
    if (failures.length > 0) throw failures[0];
    return enrolled.length;
  };
};
