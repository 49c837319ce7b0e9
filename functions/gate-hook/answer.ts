/** The Lambda deployment hook: the verdict as ECS wants to hear it, and the same answer for the same question. */
import * as v from "valibot";
import { resolveSettings } from "#shared/config/resolve.ts";
import type { Config } from "#shared/config/schema.ts";
import { parseServiceArn } from "#shared/domain/arn.ts";
import type { Mode } from "#shared/domain/plan.ts";
import type { LedgerRecord } from "#shared/domain/record.ts";
import type { ServiceRef } from "#shared/domain/service.ts";
import { isInstant } from "#shared/domain/time.ts";
import { ReflexError } from "#shared/errors.ts";
import { verdictEvidence } from "#shared/gate/evidence.ts";
import { onlyLooksOn } from "#shared/gate/hook-answer.ts";
import { createJudging, type JudgingDeps } from "#shared/gate/judge-target.ts";
import type { Ledger } from "#shared/ports/ledger.ts";
import type { Publisher } from "#shared/ports/publisher.ts";
import { lookingOn } from "#shared/runtime/looking-on.ts";
import { decideAnswer, type HookStatus } from "./policy.ts";

export interface HookDeps extends JudgingDeps {
  readonly config: Config;
  readonly ledger: Ledger;
  readonly publisher: Publisher;
}

/** What ECS takes as an answer; anything else rolls the deployment back. */
export interface HookAnswer {
  readonly hookStatus: HookStatus;
  /** Seconds until ECS asks again. */
  readonly callBackDelay?: number;
  /** Given back with the next question of the same hook in the same deployment. */
  readonly hookDetails?: { readonly since: string };
}

const text = v.pipe(v.string(), v.minLength(1));

/** The question as ECS puts it. Unknown fields pass. Source: ECS developer guide, Lambda lifecycle hooks. */
const Question = v.object({
  lifecycleStage: text,
  resourceArn: text,
  executionDetails: v.object({ serviceArn: text, targetServiceRevisionArn: text }),
  hookDetails: v.nullish(v.looseObject({ since: v.optional(v.unknown()) })),
});
type Question = v.InferOutput<typeof Question>;

const CALL_BACK_SECONDS = 30;

/** Each answer's reason in the ledger; those of the gate's other doors where they mean the same. */
const REASONS: Readonly<Record<HookStatus, string>> = {
  SUCCEEDED: "passed",
  FAILED: "sent-back-by-hook",
  IN_PROGRESS: "scan-in-progress",
};

const sinceOf = ({ hookDetails }: Question, now: Date): string => {
  const since = hookDetails?.since;
  return typeof since === "string" && isInstant(since) ? since : now.toISOString();
};

export const createHookAnswer = (deps: HookDeps) => {
  const { config, deployments, known, ledger, publisher, clock } = deps;
  const judging = createJudging(deps);

  /** Told once: the record's id is the question's and the answer's. */
  const record = async (
    question: Question,
    service: ServiceRef,
    mode: Mode,
    answer: HookStatus,
    evidence: LedgerRecord["evidence"],
  ): Promise<void> => {
    const { resourceArn } = question;
    const incident = `gate/${service.cluster}/${service.name}/${resourceArn.slice(resourceArn.lastIndexOf("/") + 1)}`;
    const told: LedgerRecord = {
      id: `${incident}/${question.lifecycleStage}/${answer}`,
      at: clock.now().toISOString(),
      sequence: 0,
      incident,
      reaction: "gate",
      service,
      kind: "decision",
      mode,
      decision: answer === "FAILED" ? "escalate" : "hold",
      reason: REASONS[answer],
      evidence: { ...evidence, door: "lambda-hook", hookStatus: answer, deployment: resourceArn },
      plan: undefined,
      step: undefined,
      settings: {},
    };
    await ledger.append(told);
    await publisher.publish([told]);
  };

  return async (input: unknown): Promise<HookAnswer> => {
    const read = v.safeParse(Question, input);
    if (!read.success) throw new ReflexError("invalid-event", "reading a lifecycle hook's question: not one of ECS's");
    const question = read.output;
    const { serviceArn, targetServiceRevisionArn } = question.executionDetails;
    const key = `${question.resourceArn}/${question.lifecycleStage}/${targetServiceRevisionArn}`;
    const before = await known.answered(key);
    if (before === "SUCCEEDED" || before === "FAILED") return { hookStatus: before };

    const now = clock.now();
    const since = sinceOf(question, now);
    const ref = parseServiceArn(serviceArn);
    const service = ref && (await deployments.service(ref));
    if (!service)
      throw new ReflexError("unavailable", `judging a deployment of ${serviceArn}: the service is not there`);
    const { settings } = resolveSettings(config, { ...service.ref, tags: service.tags });
    const { seen: judged, unread } = await lookingOn(onlyLooksOn(settings.gate.mode), () =>
      judging.target({
        service,
        targetRevision: targetServiceRevisionArn,
        waitingSince: since,
        settings: settings.gate,
      }),
    );
    const decided = decideAnswer(judged?.verdict, { mode: settings.gate.mode });
    const evidence = judged
      ? { ...verdictEvidence(judged.verdict), revision: judged.taskDefinition.arn }
      : { verdict: "unknown", ...(unread !== undefined && { unread }) };
    if (decided === "IN_PROGRESS") {
      // ECS asks again and again; that it waits is told once.
      const isFirst = question.hookDetails?.since === undefined;
      if (isFirst) await record(question, service.ref, settings.gate.mode, decided, evidence);
      return { hookStatus: decided, callBackDelay: CALL_BACK_SECONDS, hookDetails: { since } };
    }
    // Two calls at once may judge differently; the first that is written is the answer of both.
    const hookStatus = (await known.answerOnce(key, decided)) as HookStatus;
    await record(question, service.ref, settings.gate.mode, hookStatus, evidence);
    return { hookStatus };
  };
};
