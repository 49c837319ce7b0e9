/** One tick decided: the policy's answer, held back where something beside the queue says so. Pure; the handler reads and writes. */
import { explain, resolveSettings } from "#shared/config/resolve.ts";
import type { Config } from "#shared/config/schema.ts";
import type { Evidence } from "#shared/domain/decision.ts";
import type { Mode } from "#shared/domain/plan.ts";
import type { LedgerRecord } from "#shared/domain/record.ts";
import { epochMs } from "#shared/domain/time.ts";
import type { ServiceItem } from "#shared/ports/ledger.ts";
import { boundsOf, learnTarget } from "./bounds.ts";
import { type Enrolment, policySettings } from "./enrolment.ts";
import { sentence } from "./explanation.ts";
import { type Intent, memoryOf, type ScaleMemory } from "./memory.ts";
import { observationOf, type Readings } from "./observe.ts";
import { heldFromOutside, troublesOf } from "./outside.ts";
import { decide, type ScaleDecision } from "./policy.ts";
import type { Refusal, ScaleEscalation, ScaleHold } from "./reasons.ts";
import { freshState, type ScaleState } from "./state.ts";

/** What a tick comes to. */
export interface Verdict {
  readonly mode: Mode;
  /** The count moves from `from` to `to`, or would; undefined when it stays. */
  readonly change: Intent | undefined;
  /** Whether the change is to be carried out. */
  readonly acts: boolean;
  /** Why nothing is changed. */
  readonly hold: ScaleHold | undefined;
  /** What a person should know, whether anything is changed or not. */
  readonly troubles: readonly ScaleEscalation[];
  readonly evidence: Evidence;
  /** What is remembered if nothing is changed. */
  readonly memory: ScaleMemory;
  /** What the policy remembers if the change is carried out. */
  readonly whenDone: ScaleState | undefined;
  readonly settings: LedgerRecord["settings"];
}

interface Case {
  readonly item: ServiceItem;
  readonly enrolment: Enrolment;
  readonly config: Config;
  readonly readings: Readings;
}

/** The memory of a decision that is not carried out: what was learned stays, what would have been done is not remembered. */
const unapplied = ({ state, explanation }: ScaleDecision, before: ScaleState, from: number): ScaleState =>
  explanation.reason === "stale-tick"
    ? before
    : {
        ...state,
        desiredCount: from,
        launches: state.launches.filter(([at]) => at < state.tickedAtSeconds),
        addedAtSeconds: before.addedAtSeconds,
        removedAtSeconds: before.removedAtSeconds,
      };

const evidenceOf = ({ explanation }: ScaleDecision, queueName: string): Evidence => ({
  ...explanation,
  queueName,
  sentence: sentence(explanation),
});

/** Decides one tick of a service that can be followed. */
export const judge = ({ item, enrolment, config, readings }: Case): Verdict => {
  const { now, service, counts } = readings;
  const nowSeconds = epochMs(now) / 1000;
  const known = memoryOf(item.scaling);
  const target = readings.target ? learnTarget(known.target, readings.target, nowSeconds) : known.target;
  const tags = service.kind === "read" ? service.value.tags : {};
  const resolved = resolveSettings(config, { ...enrolment, tags });
  const { scale, brakes } = resolved.settings;
  const bounds = boundsOf(resolved.settings, target);
  const settings = policySettings(scale, bounds);
  const before = known.state ?? freshState(settings);
  const decision = decide(observationOf(readings, item), known.state, settings);
  const { explanation } = decision;
  const { from, to } = explanation;

  const busy = counts.kind === "read" && counts.value.inFlightMessages > 0;
  const heldInside = (): ScaleHold | undefined => {
    if (target === undefined) return "target-unreadable";
    if (to === from) return explanation.reason;
    if (to < from && busy && scale.busyTasks === "lost") return "tasks-busy";
    if (target.isScaled && scale.othersTarget === "leave-alone") return "left-to-another";
    if (brakes.paused) return "paused";
    return scale.mode === "act" ? undefined : explanation.reason;
  };
  const hold = heldFromOutside(readings, resolved.settings, bounds.min) ?? heldInside();
  const evidence = evidenceOf(decision, enrolment.queueName);
  const write = target?.isScaled ? "minimum" : "desired-count";
  const standing = write === "minimum" ? (target?.bounds?.min ?? 0) : from;
  // Under somebody else's policy a lower minimum lets that policy take tasks away; it does not do so itself.
  const isChange = to !== from && (write === "desired-count" || (to > from ? to > standing : to < standing));
  const change: Intent | undefined = isChange
    ? { write, from: standing, to, at: now.toISOString(), evidence }
    : undefined;
  const acts = hold === undefined && change !== undefined;
  const minutes = readings.minutes?.kind === "read" ? readings.minutes.value : [];
  return {
    mode: scale.mode,
    change: acts || (scale.mode === "observe" && hold === explanation.reason) ? change : undefined,
    acts,
    hold,
    troubles:
      scale.mode === "off" || hold === "service-gone" || hold === "switched-off"
        ? []
        : troublesOf(readings, explanation),
    evidence,
    whenDone: decision.state,
    settings: explain(resolved, ["scale", "limits", "brakes"]),
    memory: {
      ...known,
      state: unapplied(decision, before, from),
      wantsMinutes: decision.wantsMinutes,
      askedMinutesAtSeconds: readings.minutes ? nowSeconds : known.askedMinutesAtSeconds,
      newestMinuteSeconds: minutes.at(-1)?.startSeconds ?? known.newestMinuteSeconds,
      target,
      intent: undefined,
    },
  };
};

/** The verdict of a tick whose change must not be begun now. */
export const heldBack = (verdict: Verdict, hold: ScaleHold): Verdict => ({
  ...verdict,
  acts: false,
  change: undefined,
  hold,
});

/** What is said of a service that the configuration itself keeps from being followed. */
export const refuse = (item: ServiceItem, { queueName, latencySeconds }: Enrolment, refusal: Refusal): Verdict => ({
  mode: "observe",
  change: undefined,
  acts: false,
  hold: "not-enrolled",
  troubles: [refusal],
  evidence: { queueName, latencySeconds },
  memory: memoryOf(item.scaling),
  whenDone: undefined,
  settings: {},
});
