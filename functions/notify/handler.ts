/** Keeps one message per incident true: reads the records, renders, posts or edits; what Slack refuses waits. */
import { createHash } from "node:crypto";
import * as v from "valibot";
import { resolveSettings } from "#shared/config/resolve.ts";
import type { Config } from "#shared/config/schema.ts";
import { inTroubleAround, lastTrouble, servicesRemembered } from "#shared/domain/correlation.ts";
import { PAUSE_INCIDENT } from "#shared/domain/record.ts";
import { ReflexError } from "#shared/errors.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Ledger } from "#shared/ports/ledger.ts";
import type { MessageItem, Messages, Telling } from "#shared/ports/messages.ts";
import type { MessageContent, Messenger, Posted } from "#shared/ports/messenger.ts";
import { type Message, parseEvent } from "#shared/runtime/inbox.ts";
import type { Invocation } from "#shared/runtime/lambda.ts";
import type { Outcome } from "#shared/runtime/reaction.ts";
import { TOGETHER, togetherMessage } from "./folding.ts";
import { incidentOf, type Stage } from "./incident.ts";
import { messageOf } from "./message.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import { pauseMessage } from "./pause-message.ts";

export interface NotifyDeps {
  readonly config: Config;
  readonly ledger: Ledger;
  readonly messages: Messages;
  readonly messenger: Messenger;
  readonly clock: Clock;
  readonly invocation: Invocation;
}

/** Longer than Slack's own timeout and this function's, so that a holder whose claim is over is dead. */
const CLAIM_SECONDS = 90;

/** How soon the sweep tries again what Slack did not take. */
const AGAIN_SECONDS = 60;

/** What people were not told for so long is no news any more; it stays in the ledger. */
const GIVE_UP_SECONDS = 72 * 3600;

/** A message that says what is true, and that nobody is at work on. */
const NOTHING_LEFT = {
  claim: undefined,
  maybePostedSince: undefined,
  waitingSince: undefined,
  unsaid: undefined,
} satisfies Partial<MessageItem>;

/** Longer than trouble is remembered: what is told of together after this is another storm. */
const STORM_SECONDS = 6 * 3600;

const PUT_OFF = "put-off";

/** Counted for the alarm on a way that is not Slack; `infra/reactions.ts` names it as well. */
const MESSAGE_REFUSED = "MessageRefused";

const RecordEvent = v.object({ detail: v.looseObject({ incident: v.string() }) });

const later = (now: Date, seconds: number): Date => new Date(now.getTime() + seconds * 1000);

const fingerprint = (content: MessageContent): string =>
  createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 16);

/** How incidents of the oom reaction begin; what another reaction tells may be a storm's cause and is never part of it. */
const KILL_INCIDENT = "oom/";

/** Stages in which somebody must answer or look at this very service, storm or not. */
const CALLS_BY_NAME: ReadonlySet<Stage> = new Set(["proposed", "failed"]);

/** The reaction to records on our bus. */
export const createNotify = (deps: NotifyDeps): ((message: Message) => Promise<Outcome>) => {
  const { config, ledger, messages, messenger, clock, invocation } = deps;

  /** What the incident's message must say now; undefined when nobody wants to hear of it. */
  const tellingOf = async (incident: string): Promise<Telling | undefined> => {
    const records = await ledger.records(incident);
    if (incident.startsWith(PAUSE_INCIDENT)) {
      const content = pauseMessage(records);
      return content && { channel: resolveSettings(config).settings.slack.channel, content };
    }
    const incidentNow = incidentOf(records);
    if (!incidentNow) return undefined;
    const { slack } = resolveSettings(config, incidentNow.service).settings;
    return { channel: slack.channel, content: messageOf(incidentNow, { hasApprovers: slack.approvers !== "" }) };
  };

  /** What all that are in trouble together must say; undefined when they are too few. */
  const together = async (around: "now" | "last"): Promise<Telling | undefined> => {
    const { settings } = resolveSettings(config);
    const { correlationServices, correlationWindowSeconds } = settings.account;
    const { troubled } = await ledger.account();
    const at = around === "now" ? clock.now() : lastTrouble(troubled);
    const arns = at === undefined ? [] : inTroubleAround(troubled, at, correlationWindowSeconds);
    if (arns.length < correlationServices) return undefined;
    const isMore = arns.length >= servicesRemembered(correlationServices);
    return { channel: settings.slack.channel, content: togetherMessage(arns, isMore) };
  };

  /** Whether it is a kill's, and part of a storm: of one that blows now, or of one in which it was held. */
  const isOfAStorm = async (incident: string): Promise<boolean> => {
    if (!incident.startsWith(KILL_INCIDENT)) return false;
    const told = incidentOf(await ledger.records(incident));
    if (told && CALLS_BY_NAME.has(told.stage)) return false;
    return told?.reason === "correlation" || (await together("now")) !== undefined;
  };

  const say = async (item: MessageItem, { channel, content }: Telling): Promise<Posted> => {
    if (item.posted && (await messenger.update(item.posted, content))) return item.posted;
    // An earlier try that died, or that heard no answer, may have posted all the same.
    const since = item.maybePostedSince;
    const earlier = since && (await messenger.find(channel, item.incident, new Date(since)));
    if (earlier && (await messenger.update(earlier, content))) return earlier;
    return messenger.post(channel, content, item.incident);
  };

  const claimed = (item: MessageItem, unsaid: Telling, now: Date): MessageItem => ({
    ...item,
    unsaid,
    claim: { owner: invocation.owner(), until: later(now, CLAIM_SECONDS).toISOString() },
    maybePostedSince: item.posted ? undefined : (item.maybePostedSince ?? now.toISOString()),
  });

  /** Slack did not take it: the sweep asks again, until it is no news any more. */
  const putOff = async (item: MessageItem, error: unknown): Promise<void> => {
    if (!(error instanceof ReflexError)) throw error;
    const now = clock.now();
    const since = item.waitingSince ?? now.toISOString();
    const isOver = now.getTime() - new Date(since).getTime() > GIVE_UP_SECONDS * 1000;
    const waitingSince = isOver ? undefined : since;
    // Whoever wrote meanwhile left a time for the sweep as well, so a conflict loses nothing.
    await messages.saveMessage(
      { ...item, claim: undefined, waitingSince },
      isOver ? undefined : later(now, AGAIN_SECONDS),
    );
  };

  /** Remembers what the message says; answers what is stored and whether somebody left a mark meanwhile. */
  const remember = async (item: MessageItem, said: Pick<MessageItem, "posted" | "says">) => {
    let fresh = item;
    for (;;) {
      const done = { ...fresh, ...said, ...NOTHING_LEFT };
      const saved = await messages.saveMessage(done, undefined);
      if (saved.kind === "saved") return { item: saved.item, wasMarked: fresh !== item };
      fresh = saved.current;
    }
  };

  /** What it says is true again, so an edit that Slack did not take waits for nothing. A conflict is somebody else's. */
  const letBe = async (item: MessageItem): Promise<void> => {
    if (item.waitingSince !== undefined && item.claim === undefined)
      await messages.saveMessage({ ...item, ...NOTHING_LEFT }, undefined);
  };

  /** The storm before the present one has its own message, which is history. */
  const renewed = (item: MessageItem): MessageItem => {
    const postedAtMs = Number(item.posted?.ts ?? Number.NaN) * 1000;
    const isHistory = item.incident === TOGETHER && clock.now().getTime() - postedAtMs > STORM_SECONDS * 1000;
    return isHistory ? { ...item, posted: undefined, says: undefined } : item;
  };

  /** Makes the message say what is true now. Of two at once, the one without the claim leaves a mark: the other looks again. */
  const tell = async (incident: string, telling: () => Promise<Telling | undefined>): Promise<string> => {
    let item = renewed(await messages.message(incident));
    for (;;) {
      // A storm is forgotten sooner than Slack may come back.
      const wanted = (await telling()) ?? item.unsaid;
      if (!wanted) return "nothing-to-tell";
      const says = fingerprint(wanted.content);
      if (item.says === says) {
        await letBe(item);
        return "already-said";
      }
      const now = clock.now();
      const isClaimed = item.claim !== undefined && new Date(item.claim.until) > now;
      const taken = await messages.saveMessage(
        isClaimed ? item : claimed(item, wanted, now),
        later(now, CLAIM_SECONDS),
      );
      if (taken.kind === "conflict") {
        item = renewed(taken.current);
        continue;
      }
      if (isClaimed) return "left-to-another";
      let posted: Posted;
      try {
        posted = await say(item, wanted);
      } catch (error) {
        await putOff(taken.item, error);
        return PUT_OFF;
      }
      const remembered = await remember(taken.item, { posted, says });
      if (!remembered.wasMarked) return item.posted ? "edited" : "posted";
      item = remembered.item;
    }
  };

  const tellNow = async (incident: string): Promise<Outcome> => {
    const own = await messages.message(incident);
    // An incident that has its own message keeps it; a new one in a storm is part of the storm's.
    const isPartOfAStorm = own.posted === undefined && (await isOfAStorm(incident));
    const reason =
      incident === TOGETHER || isPartOfAStorm
        ? await tell(TOGETHER, () => together("last"))
        : await tell(incident, () => tellingOf(incident));
    return { decision: "act", reason, incident, ...(reason === PUT_OFF && { alarming: MESSAGE_REFUSED }) };
  };

  // The records of one incident come in one batch: the first is told, the others are told together.
  const tellIncident = oneAtATime(tellNow);

  return async (message) => {
    if (message.kind === "resend") return tellIncident(message.incident);
    if (message.kind === "resume") return { decision: "ignored", reason: "not-ours", incident: undefined };
    const { detail } = parseEvent(RecordEvent, message.event, "a record on our bus");
    return tellIncident(detail.incident);
  };
};
