/** Slack's request URL: who it is from, whether it counts, what it changes. Holds no steps: their owner carries them out. */
import { createHash } from "node:crypto";
import { resolveSettings } from "#shared/config/resolve.ts";
import type { Config } from "#shared/config/schema.ts";
import type { PlanProgress } from "#shared/domain/plan.ts";
import type { Answerer } from "#shared/domain/record.ts";
import { ReflexError } from "#shared/errors.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Ledger, ServiceItem } from "#shared/ports/ledger.ts";
import type { Mailbox } from "#shared/ports/mailbox.ts";
import type { OneUse } from "#shared/ports/one-use.ts";
import type { PauseSwitch } from "#shared/ports/pause-switch.ts";
import type { Publisher } from "#shared/ports/publisher.ts";
import { dueAt } from "#shared/runtime/aftermath.ts";
import { planPrint } from "#shared/runtime/plan-print.ts";
import type { UrlAnswer, UrlRequest } from "#shared/runtime/url.ts";
import type { Respond } from "#shared/slack/respond.ts";
import { answered, planOf } from "./answers.ts";
import { mayAnswer, refusalOf, type SeenPlan } from "./policy.ts";
import { type Refusal, refusalMeanings } from "./reasons.ts";
import { type Said, saidIn } from "./request.ts";
import { VALID_SECONDS, verify } from "./signature.ts";
import { switchRecord, switchWords } from "./switching.ts";

export interface ConverseDeps {
  readonly config: Config;
  readonly ledger: Ledger;
  readonly pauseSwitch: PauseSwitch;
  readonly oneUse: OneUse;
  readonly publisher: Publisher;
  /** The queues of the reactions that are deployed. */
  readonly mailboxes: Readonly<Record<string, Mailbox>>;
  /** Signing secrets that are valid now; none while nobody has put one into the secret. */
  readonly signingSecrets: () => Promise<readonly string[]>;
  readonly respond: Respond;
  readonly clock: Clock;
}

/** Slack's largest messages, percent-encoded, are well below. */
const MOST_BYTES = 512 * 1024;

/** Each lost race means that somebody else wrote; so many in a row are not to be expected. */
const MOST_CONFLICTS = 20;

const HELP = "`pause` holds every write of every reaction, `unpause` lets them go on.";

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

const seen = (progress: PlanProgress | undefined, at: string | undefined): SeenPlan | undefined =>
  progress && { id: progress.plan.id, print: planPrint(progress.plan), status: progress.status, at };

/** The answer to one request to the URL. */
export const createConverse = (deps: ConverseDeps): ((request: UrlRequest) => Promise<UrlAnswer>) => {
  const { config, ledger, pauseSwitch, oneUse, publisher, mailboxes, signingSecrets, respond, clock } = deps;

  /** Whether the answer changed the item; a lost race is asked again of what is there then. */
  const answer = async (said: Said & { kind: "plan" }, by: Answerer): Promise<Refusal | ServiceItem> => {
    const { about, action, person } = said;
    const { slack } = resolveSettings(config, about.service).settings;
    let item = await ledger.service(about.service);
    for (let conflicts = 0; conflicts < MOST_CONFLICTS; conflicts += 1) {
      const now = clock.now();
      const progress = planOf(item);
      const refusal = refusalOf(
        {
          now,
          action,
          person,
          asked: { cluster: about.service.cluster, planId: about.planId, print: about.print },
          active: seen(item.active, item.active?.nextCheckAt),
          lastDone: seen(item.lastDone, item.lastDone?.stepStartedAt),
          isUndoAsked: item.undoAsked !== undefined,
        },
        { ...slack, clusters: config.clusters },
      );
      if (refusal || !progress) return refusal ?? "not-waiting";
      const changed = answered(item, progress, action, { by, at: now });
      const saved = await ledger.save(changed, dueAt(changed, now));
      if (saved.kind === "saved") return saved.item;
      item = saved.current;
    }
    throw new ReflexError(
      "conflict",
      `saving what ${by.user} answered for ${about.service.arn}: lost the race ${MOST_CONFLICTS} times`,
    );
  };

  const hearAnswer = async (said: Said & { kind: "plan" }, by: Answerer): Promise<UrlAnswer> => {
    const result = await answer(said, by);
    if (typeof result === "string") {
      if (said.responseUrl) await respond(said.responseUrl, refusalMeanings[result]);
      return { status: 200, outcome: result };
    }
    const progress = planOf(result);
    const owner = progress?.plan.reaction ?? result.outbox[0]?.reaction ?? "";
    const note = { resume: said.about.planId, service: said.about.service };
    // What was saved is due: if the note is lost, the next sweep hands it to its owner.
    await Promise.allSettled([mailboxes[owner]?.send(note)]);
    return { status: 200, outcome: said.action };
  };

  const hearSwitch = async (said: Said & { kind: "switch" }, by: Answerer): Promise<UrlAnswer> => {
    const { isPaused, isTyped, person, responseUrl } = said;
    const tell = async (text: string, outcome: string): Promise<UrlAnswer> => {
      if (isTyped) return { status: 200, body: { response_type: "ephemeral", text }, outcome };
      if (responseUrl) await respond(responseUrl, text);
      return { status: 200, outcome };
    };
    const { approvers } = resolveSettings(config).settings.slack;
    if (!mayAnswer(person, approvers)) return tell(refusalMeanings["not-an-approver"], "not-an-approver");
    const at = clock.now();
    const switched = await pauseSwitch.turn({ isPaused, by: `slack:${person.user}`, at });
    if (switched.isNews) {
      const record = switchRecord(isPaused, switched.pausedAt, by, at);
      await ledger.append(record);
      await publisher.publish([record]);
    }
    return tell(switchWords(isPaused, switched), isPaused ? "pause" : "unpause");
  };

  const hear = async (said: Said, body: Uint8Array): Promise<UrlAnswer> => {
    const by: Answerer = { ...said.person, request: sha256(body) };
    switch (said.kind) {
      case "plan":
        return hearAnswer(said, by);
      case "switch":
        return hearSwitch(said, by);
      case "other": {
        const help = { response_type: "ephemeral", text: HELP };
        return { status: 200, ...(said.isTyped && { body: help }), outcome: "other" };
      }
    }
  };

  return async ({ method, path, headers, body }) => {
    if (method !== "POST" || path !== "/") return { status: 404, outcome: "not-found" };
    if (body.byteLength > MOST_BYTES) return { status: 413, outcome: "too-large" };
    const timestamp = headers["x-slack-request-timestamp"];
    const signature = headers["x-slack-signature"];
    const verdict = verify({ timestamp, signature, body }, await signingSecrets(), clock.now());
    if (verdict !== "genuine") return { status: 401, outcome: verdict };
    const said = saidIn(body);
    if (!said) return { status: 400, outcome: "not-understood" };
    const until = new Date(clock.now().getTime() + 2 * VALID_SECONDS * 1000);
    if (!(await oneUse.take(`${signature}`, until))) return { status: 200, outcome: "replayed" };
    return hear(said, body);
  };
};
