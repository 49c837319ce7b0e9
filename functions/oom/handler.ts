/** Wires the reaction to memory kills: its queue's messages, its engine, what it remembers of a kill. */
import * as v from "valibot";
import { resolveSettings } from "#shared/config/resolve.ts";
import { parseServiceArn } from "#shared/domain/arn.ts";
import type { Kill } from "#shared/domain/kill.ts";
import type { ServiceRef } from "#shared/domain/service.ts";
import { secondsBetween } from "#shared/domain/time.ts";
import type { Mailbox } from "#shared/ports/mailbox.ts";
import type { Publisher } from "#shared/ports/publisher.ts";
import { createEngine } from "#shared/runtime/engine.ts";
import { type Message, parseEvent } from "#shared/runtime/inbox.ts";
import type { Invocation } from "#shared/runtime/lambda.ts";
import { createRoad, type Outcome, type Reaction } from "#shared/runtime/reaction.ts";
import { killOf, TaskStateChange } from "./event.ts";
import type { ObservedKill } from "./facts.ts";
import { createJudge, type GatherDeps } from "./gather.ts";
import { oomSteps } from "./steps.ts";

export interface OomDeps extends GatherDeps {
  readonly publisher: Publisher;
  readonly mailbox: Mailbox;
  readonly invocation: Invocation;
}

/** Kills kept per service: enough for any window's count, small in an item. */
const KILLS_KEPT = 50;

/** Longer than the function's timeout, so that a holder whose lease is over is dead. */
const LEASE_SECONDS = 90;

/** Kills that say nothing of the task's size: they count neither towards a threshold nor against a raise. */
const NOT_COUNTED: ReadonlySet<string> = new Set(["being-stopped", "injected-container"]);

/** Somebody else's change is under way: the same kill is looked at again, so it is not yet known. */
const WAITS: ReadonlySet<string> = new Set(["deployment-in-progress", "stack-in-progress"]);

/** How often at most, well below the 16 rounds after which Lambda takes a chain for a loop. */
const LOOKS = 12;

const DeploymentChange = v.object({ resources: v.pipe(v.array(v.string()), v.minLength(1)) });

const stored = ({ taskArn, container, revision, at, ranSeconds, version }: ObservedKill): Kill => ({
  taskArn,
  container,
  revision,
  at,
  ranSeconds,
  version,
});

const isSame = (kill: Kill, other: ObservedKill): boolean =>
  kill.taskArn === other.taskArn && kill.container === other.container;

const incidentOf = ({ service, group, revision }: ObservedKill): string =>
  `oom/${service ? `${service.cluster}/${service.name}` : group}/${revision.slice(revision.lastIndexOf("/") + 1)}`;

/** The reaction to memory kills, over its ports. */
export const createOom = (deps: OomDeps): ((message: Message) => Promise<Outcome>) => {
  const { config, services, ledger, publisher, mailbox, clock, invocation } = deps;

  const reaction: Reaction<ObservedKill> = {
    name: "oom",
    service: (kill) => kill.service,
    incident: incidentOf,
    isKnown: ({ kills }, kill) => kills.some((one) => isSame(one, kill)),
    remember(item, kill, reason = "") {
      const isCounted = !NOT_COUNTED.has(reason) && !WAITS.has(reason);
      const since = item.waitingForDeploymentSince ?? clock.now().toISOString();
      return {
        ...item,
        kills: isCounted ? [...item.kills, stored(kill)].slice(-KILLS_KEPT) : item.kills,
        waitingForDeploymentSince: WAITS.has(reason) ? since : undefined,
      };
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
    ...invocation,
  });
  const road = createRoad(reaction, { ledger, publisher, clock, engine });

  /** A deployment ended, perhaps the one that a plan waits for. */
  const wake = async (event: unknown): Promise<Outcome> => {
    const { resources } = parseEvent(DeploymentChange, event, "an ECS deployment state change");
    const ref = parseServiceArn(resources[0] ?? "");
    if (ref) await engine.resume(ref, { isWoken: true });
    return { decision: "resumed", reason: "deployment-changed", incident: undefined };
  };

  /** Puts the event back for later while the wait is within its limit; beyond it the policy has called a person. */
  const lookAgain = async ({ service }: ObservedKill, event: unknown): Promise<void> => {
    const since = service && (await ledger.service(service)).waitingForDeploymentSince;
    const { foreignDeploymentLimitSeconds } = resolveSettings(config, service).settings.oom;
    const delaySeconds = Math.ceil(foreignDeploymentLimitSeconds / LOOKS);
    if (since && secondsBetween(since, clock.now()) <= foreignDeploymentLimitSeconds) {
      await mailbox.send(event, { delaySeconds });
    }
  };

  /** The plan that waits for such a kill is told of it: a raise that does not hold must not look well for an hour. */
  const tellTheWatch = async (ref: ServiceRef): Promise<void> => {
    const { active } = await ledger.service(ref);
    if (active?.steps[active.cursor]?.do === "watch-for-kills") await engine.resume(ref, { isWoken: true });
  };

  return async (message) => {
    if (message.kind === "resume") {
      await engine.resume(message.service, { isWoken: false });
      return { decision: "resumed", reason: undefined, incident: undefined };
    }
    if (message.kind === "resend") return { decision: "ignored", reason: "not-ours", incident: undefined };
    if (message.detailType === "ECS Deployment State Change") return wake(message.event);
    const kill = killOf(parseEvent(TaskStateChange, message.event, "an ECS task state change"));
    if (!kill) return { decision: "ignored", reason: "no-memory-kill", incident: undefined };
    const outcome = await road.handle(kill);
    if (WAITS.has(outcome.reason ?? "")) await lookAgain(kill, message.event);
    // Known is also what an earlier delivery noted before it failed.
    const mayBeWatched = outcome.reason === "already-under-way" || outcome.decision === "known";
    if (kill.service && mayBeWatched) await tellTheWatch(kill.service);
    return outcome;
  };
};
