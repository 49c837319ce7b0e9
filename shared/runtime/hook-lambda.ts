/** The shell around a function that ECS itself asks: an outage of ours keeps a deployment waiting, it never fails it. */
import { Logger } from "@aws-lambda-powertools/logger";
import type { Context } from "aws-lambda";
import type { ReactionName } from "#shared/domain/plan.ts";
import { ReflexError } from "#shared/errors.ts";
import { pause } from "./clock.ts";

/** Seconds until ECS asks again after we could not answer. */
const AFTER_OUTAGE_SECONDS = 60;

/** What of the invocation is kept for the last word: ECS takes a function that ran out of time as a no. */
const LAST_WORD_SECONDS = 3;

export interface HookFunction<Answer> {
  readonly name: ReactionName;
  /** Built at the first question: a failure there, such as a bad configuration, keeps the deployment waiting. */
  readonly build: () => (question: unknown) => Promise<Answer>;
}

export interface Waiting {
  readonly hookStatus: "IN_PROGRESS";
  readonly callBackDelay: number;
}

/** The answer, or an outage when it is not there in time. What was begun may end in a later call; the first answer written holds. */
const inTime = async <Answer>(answer: Promise<Answer>, context: Context): Promise<Answer> => {
  const over = new AbortController();
  const late = pause(context.getRemainingTimeInMillis() / 1000 - LAST_WORD_SECONDS, over.signal).then(() => {
    throw new ReflexError("unavailable", "answering a hook: the function's time is over");
  });
  return Promise.race([answer, late]).finally(() => over.abort());
};

/** The Lambda handler of a deployment hook. What is worth retrying is answered with "not yet"; the rest is an error, which ECS takes as no. */
export const hookHandler = <Answer>({ name, build }: HookFunction<Answer>) => {
  const logger = new Logger({ serviceName: name });
  let answer: ((question: unknown) => Promise<Answer>) | undefined;
  return async (question: unknown, context: Context): Promise<Answer | Waiting> => {
    logger.addContext(context);
    try {
      answer ??= build();
      const said = await inTime(answer(question), context);
      logger.info("answered", { answer: said });
      return said;
    } catch (error) {
      if (!(error instanceof ReflexError) || !error.retryable) throw error;
      logger.warn("not answered yet", { kind: error.kind, error });
      return { hookStatus: "IN_PROGRESS", callBackDelay: AFTER_OUTAGE_SECONDS };
    }
  };
};
