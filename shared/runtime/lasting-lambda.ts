/** The shell around a function whose answer is a call of its own: it asks again while it may last, and never ends without one. */
import { Logger } from "@aws-lambda-powertools/logger";
import type { Context } from "aws-lambda";
import type { ReactionName } from "#shared/domain/plan.ts";
import { ReflexError } from "#shared/errors.ts";
import type { Clock } from "#shared/ports/clock.ts";

/** Seconds until it is asked again whether there is an answer. */
const AGAIN_AFTER_SECONDS = 20;

/** What of the invocation is kept for the last word, in seconds. */
const LAST_WORD_SECONDS = 60;

export interface LastingQuestion<Answer> {
  /** Answers, and says so where it is waited for; undefined while there is no answer yet. */
  answer(question: unknown, since: Date): Promise<Answer | undefined>;
  /** Says no, after `answer` failed or the time is over. */
  refuse(question: unknown): Promise<void>;
}

export interface LastingFunction<Answer> {
  readonly name: ReactionName;
  readonly build: () => LastingQuestion<Answer>;
  readonly clock: Clock;
  readonly pause: (seconds: number) => Promise<void>;
}

/** The Lambda handler. A failure worth retrying is a "not yet"; every other says no and is an error for the alarm. */
export const lastingHandler = <Answer>({ name, build, clock, pause }: LastingFunction<Answer>) => {
  const logger = new Logger({ serviceName: name });
  let lasting: LastingQuestion<Answer> | undefined;
  return async (question: unknown, context: Context): Promise<Answer> => {
    logger.addContext(context);
    lasting ??= build();
    const { answer, refuse } = lasting;
    const since = clock.now();
    for (;;) {
      const isLast = context.getRemainingTimeInMillis() < (LAST_WORD_SECONDS + AGAIN_AFTER_SECONDS) * 1000;
      try {
        const said = await answer(question, since);
        if (said !== undefined) {
          logger.info("answered", { answer: String(said) });
          return said;
        }
        if (isLast) throw new ReflexError("defect", "answering a hook: there is no answer, and the time is over");
      } catch (error) {
        const isWorthRetrying = error instanceof ReflexError && error.retryable;
        if (!isWorthRetrying || isLast) {
          logger.error("answered with no", { error: error instanceof Error ? error : String(error) });
          await refuse(question);
          throw error;
        }
        logger.warn("not answered yet", { kind: error.kind, error });
      }
      await pause(AGAIN_AFTER_SECONDS);
    }
  };
};
