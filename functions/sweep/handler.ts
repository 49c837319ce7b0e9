/** The same work every few minutes: hands due plans and messages back to their owners, and finds kills nobody told us of. */

import { resolveSettings } from "#shared/config/resolve.ts";
import type { Config } from "#shared/config/schema.ts";
import type { ReactionName } from "#shared/domain/plan.ts";
import { addSeconds } from "#shared/domain/time.ts";
import { ReflexError } from "#shared/errors.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { DueItem, Ledger } from "#shared/ports/ledger.ts";
import type { Mailbox } from "#shared/ports/mailbox.ts";
import type { StoppedTask, StoppedTasks } from "#shared/ports/stopped-tasks.ts";
import type { Message } from "#shared/runtime/inbox.ts";
import type { Outcome } from "#shared/runtime/reaction.ts";
import { isKilledForMemory } from "./stopped-task.ts";

export interface SweepDeps {
  readonly config: Config;
  readonly ledger: Ledger;
  readonly tasks: StoppedTasks;
  /** The queues of the reactions that are deployed. */
  readonly mailboxes: Readonly<Partial<Record<ReactionName, Mailbox>>>;
  readonly clock: Clock;
}

/** What one sweep hands on at most; the rest is due at the next. */
const MOST_DUE = 500;

/** Kills that the event path has had time for, looked back far enough for several sweeps to see each. */
const SETTLED_SECONDS = 180;
const LOOK_BACK_SECONDS = 900;

/** What each of them answered; the first failure is told when none of them is under way any more. */
const all = async <T>(parts: readonly Promise<T>[]): Promise<readonly T[]> => {
  const settled = await Promise.allSettled(parts);
  const failed = settled.find(({ status }) => status === "rejected");
  if (failed?.status === "rejected") throw failed.reason;
  return settled.flatMap((part) => (part.status === "fulfilled" ? [part.value] : []));
};

export const createSweep = ({ config, ledger, tasks, mailboxes, clock }: SweepDeps) => {
  const mailboxOf = (owner: ReactionName): Mailbox => {
    const mailbox = mailboxes[owner];
    if (mailbox) return mailbox;
    throw new ReflexError("defect", `handing a plan back to ${owner}: no queue of that reaction is known`);
  };

  const handBack = async (item: DueItem): Promise<void> =>
    item.kind === "message"
      ? mailboxOf("notify").send({ resend: item.incident })
      : mailboxOf(item.owner).send({ resume: item.kind === "plan" ? item.planId : item.kind, service: item.ref });

  const tellAgain = async (task: StoppedTask): Promise<void> =>
    mailboxOf("oom").send({
      source: "ecs-reflex.sweep",
      "detail-type": "ECS Task State Change",
      time: clock.now().toISOString(),
      detail: task,
    });

  /** The gate's own round: deployments whose question was lost, and what runs. */
  const askGate = async (now: Date): Promise<void> =>
    mailboxes.gate?.send({
      source: "ecs-reflex.sweep",
      "detail-type": "Reflex Sweep",
      time: now.toISOString(),
      detail: {},
    });

  const untoldKills = async (now: Date): Promise<readonly StoppedTask[]> => {
    const from = new Date(addSeconds(now, -LOOK_BACK_SECONDS));
    const to = new Date(addSeconds(now, -SETTLED_SECONDS));
    const stopped = await Promise.all(config.clusters.map((cluster) => tasks.between(cluster, from, to)));
    return stopped.flat().filter(isKilledForMemory);
  };

  return async (message: Message): Promise<Outcome> => {
    if (message.kind !== "event") return { decision: "ignored", reason: "not-ours", incident: undefined };
    const now = clock.now();
    const { account, oom } = resolveSettings(config).settings;
    // A kill that is told late is still judged by what happened around it.
    const remembered = account.correlationWindowSeconds + oom.staleAfterSeconds;
    // What fails or takes long, be it one read or one message, must not keep the rest waiting.
    const [due, kills] = await all<unknown>([
      ledger.due(now, MOST_DUE).then(async (items) => (await all(items.map(handBack))).length),
      untoldKills(now).then(async (tasks) => (await all(tasks.map(tellAgain))).length),
      ledger.forgetTrouble(new Date(addSeconds(now, -remembered))),
      askGate(now),
    ]);
    return { decision: "resumed", reason: `${due} due, ${kills} kills`, incident: undefined };
  };
};
