/** Wires the reaction to memory kills: its queue's messages, its engine, what it remembers of a kill. */
import * as v from "valibot";
import { resolveSettings } from "#shared/config/resolve.ts";
import { parseServiceArn } from "#shared/domain/arn.ts";
import type { ObservedKill } from "#shared/domain/kill.ts";
import type { ServiceRef } from "#shared/domain/service.ts";
import { isBefore } from "#shared/domain/time.ts";
import type { Mailbox } from "#shared/ports/mailbox.ts";
import type { Publisher } from "#shared/ports/publisher.ts";
import { createEngine } from "#shared/runtime/engine.ts";
import { type Message, parseEvent } from "#shared/runtime/inbox.ts";
import type { Invocation } from "#shared/runtime/lambda.ts";
import { createRoad, type Outcome, type Reaction } from "#shared/runtime/reaction.ts";
import { killOf, TaskStateChange } from "./event.ts";
import { createJudge, type GatherDeps } from "./gather.ts";
import { isDecided, withAnswered } from "./remembering.ts";
import { oomSteps } from "./steps.ts";

export interface OomDeps extends GatherDeps {
  readonly publisher: Publisher;
  readonly mailbox: Mailbox;
  readonly invocation: Invocation;
}

/** Longer than the function's timeout, so that a holder whose lease is over is dead. */
const LEASE_SECONDS = 90;

const DeploymentChange = v.object({ resources: v.pipe(v.array(v.string()), v.minLength(1)) });

const incidentOf = ({ service, group, revision }: ObservedKill): string =>
  `oom/${service ? `${service.cluster}/${service.name}` : group}/${revision.slice(revision.lastIndexOf("/") + 1)}`;

/** The reaction to memory kills, over its ports. */
export const createOom = (deps: OomDeps): ((message: Message) => Promise<Outcome>) => {
  const { config, services, ledger, publisher, mailbox, clock, invocation } = deps;

  const reaction: Reaction<ObservedKill> = {
    name: "oom",
    service: (kill) => kill.service,
    incident: incidentOf,
    isKnown: isDecided,
    remember(item, kill, reason) {
      const { foreignDeploymentLimitSeconds } = resolveSettings(config, kill.service).settings.oom;
      return withAnswered(item, kill, reason, { now: clock.now(), limitSeconds: foreignDeploymentLimitSeconds });
    },
    judge: createJudge(deps),
  };

  const engine = createEngine({
    reaction: "oom",
    ledger,
    publisher,
    mailbox,
    clock,
    ports: { services },
    steps: oomSteps,
    leaseSeconds: LEASE_SECONDS,
    isVoid: async ({ service, decidedFor }) => (await services.describe(service))?.taskDefinitionArn !== decidedFor,
    ...invocation,
  });
  const road = createRoad(reaction, { ledger, publisher, clock, engine });

  /** Goes on with what the service has waited for: its plan, or the kill that no plan could be made for. */
  const resume = async (ref: ServiceRef, isWoken: boolean): Promise<void> => {
    const waiting = (await engine.resume(ref, { isWoken }))?.waiting;
    if (waiting && (isWoken || !isBefore(clock.now(), waiting.lookAt))) await road.handle(waiting.kill);
  };

  /** A deployment ended, perhaps the one that is waited for. */
  const wake = async (event: unknown): Promise<Outcome> => {
    const { resources } = parseEvent(DeploymentChange, event, "an ECS deployment state change");
    const ref = parseServiceArn(resources[0] ?? "");
    if (ref) await resume(ref, true);
    return { decision: "resumed", reason: "deployment-changed", incident: undefined };
  };

  /** The plan that waits for such a kill is told of it: a raise that does not hold must not look well for an hour. */
  const tellTheWatch = async (ref: ServiceRef): Promise<void> => {
    const { active } = await ledger.service(ref);
    if (active?.steps[active.cursor]?.do === "watch-for-kills") await engine.resume(ref, { isWoken: true });
  };

  return async (message) => {
    if (message.kind === "resume") {
      await resume(message.service, false);
      return { decision: "resumed", reason: undefined, incident: undefined };
    }
    if (message.kind === "resend") return { decision: "ignored", reason: "not-ours", incident: undefined };
    if (message.detailType === "ECS Deployment State Change") return wake(message.event);
    const kill = killOf(parseEvent(TaskStateChange, message.event, "an ECS task state change"));
    if (!kill) return { decision: "ignored", reason: "no-memory-kill", incident: undefined };
    const outcome = await road.handle(kill);
    // Known is also what an earlier delivery noted before it failed.
    const mayBeWatched = outcome.reason === "already-under-way" || outcome.decision === "known";
    if (kill.service && mayBeWatched) await tellTheWatch(kill.service);
    return outcome;
  };
};
