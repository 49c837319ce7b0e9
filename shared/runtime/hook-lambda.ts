/** The shell around a function that ECS itself asks: an outage of ours keeps a deployment waiting, it never fails it. */
import { Logger } from "@aws-lambda-powertools/logger";
import type { Context } from "aws-lambda";
import type { ReactionName } from "#shared/domain/plan.ts";
import { ReflexError } from "#shared/errors.ts";

/** Seconds until ECS asks again after we could not answer. */
const AFTER_OUTAGE_SECONDS = 60;

export interface HookFunction<Answer> {
  readonly name: ReactionName;
  /** Built at the first question: a failure there, such as a bad configuration, keeps the deployment waiting. */
  readonly build: () => (question: unknown) => Promise<Answer>;
}

export interface Waiting {
  readonly hookStatus: "IN_PROGRESS";
  readonly callBackDelay: number;
}

/** The Lambda handler of a deployment hook. What is worth retrying is answered with "not yet"; the rest is an error, which ECS takes as no. */
export const hookHandler = <Answer>({ name, build }: HookFunction<Answer>) => {
  const logger = new Logger({ serviceName: name });
  let answer: ((question: unknown) => Promise<Answer>) | undefined;
  return async (question: unknown, context: Context): Promise<Answer | Waiting> => {
    logger.addContext(context);
    try {
      answer ??= build();
      const said = await answer(question);
      logger.info("answered", { answer: said });
      return said;
    } catch (error) {
      if (!(error instanceof ReflexError) || !error.retryable) throw error;
      logger.warn("not answered yet", { kind: error.kind, error });
      return { hookStatus: "IN_PROGRESS", callBackDelay: AFTER_OUTAGE_SECONDS };
    }
  };
};
