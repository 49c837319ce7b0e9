/** The shell around every queue-fed function: batch, log, metrics, and what an error leads to. */
import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import middy from "@middy/core";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { ReactionName } from "#shared/domain/plan.ts";
import { ReflexError } from "#shared/errors.ts";
import type { Mailbox } from "#shared/ports/mailbox.ts";
import { type Message, readMessage } from "./inbox.ts";
import type { Outcome } from "./reaction.ts";

/** The invocation under way; a process runs one at a time. */
export interface Invocation {
  readonly owner: () => string;
  readonly secondsLeft: () => number;
}

export interface QueueFunction {
  readonly name: ReactionName;
  /** Whether each kind of decision is a metric of its own, at AWS's price of a custom metric each. @default true */
  readonly countsDecisions?: boolean;
  /** Built on the first message: a failure there, such as a bad configuration, is retried with the message. */
  readonly build: (invocation: Invocation) => {
    readonly handle: (message: Message) => Promise<Outcome>;
    readonly deadLetters: Mailbox;
  };
}

const asReflexError = (error: unknown): ReflexError =>
  error instanceof ReflexError ? error : new ReflexError("defect", String(error), { cause: error });

/** The Lambda handler of a reaction that is fed by its queue. */
export const queueHandler = ({ name, build, countsDecisions = true }: QueueFunction) => {
  const logger = new Logger({ serviceName: name });
  const metrics = new Metrics({ namespace: "EcsReflex", serviceName: name });
  let context: Context | undefined;
  const invocation: Invocation = {
    owner: () => context?.awsRequestId ?? "",
    secondsLeft: () => (context?.getRemainingTimeInMillis() ?? 0) / 1000,
  };
  let built: ReturnType<typeof build> | undefined;

  const park = async (record: SQSRecord, error: ReflexError): Promise<void> => {
    if (!built) throw error;
    logger.error("parked in the dead letters", { kind: error.kind, error });
    metrics.addMetric(`Parked_${error.kind}`, MetricUnit.Count, 1);
    await built.deadLetters.send(JSON.parse(asJson(record.body)), {
      attributes: { ErrorKind: error.kind, ErrorMessage: error.message.slice(0, 1000) },
    });
  };

  const handleRecord = async (record: SQSRecord): Promise<void> => {
    try {
      built ??= build(invocation);
      const outcome = await built.handle(readMessage(record.body));
      logger.info("handled", { ...outcome });
      if (outcome.alarming) metrics.addMetric(outcome.alarming, MetricUnit.Count, 1);
      if (countsDecisions) metrics.addMetric(`Decision_${outcome.decision}`, MetricUnit.Count, 1);
    } catch (error) {
      const known = asReflexError(error);
      if (!known.retryable) return park(record, known);
      logger.warn("will be retried", { kind: known.kind, error: known });
      throw known;
    }
  };

  const processor = new BatchProcessor(EventType.SQS);

  return middy(async (event: SQSEvent, current: Context): Promise<SQSBatchResponse> => {
    context = current;
    logger.addContext(current);
    try {
      return await processPartialResponse(event, handleRecord, processor, {
        context: current,
        throwOnFullBatchFailure: false,
      });
    } finally {
      // Powertools warns of having nothing to publish.
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    }
  });
};

/** A body that is no JSON is parked as the JSON text of itself, so that it can be looked at. */
const asJson = (body: string): string => {
  try {
    JSON.parse(body);
    return body;
  } catch {
    return JSON.stringify(body);
  }
};
