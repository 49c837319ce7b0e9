/** Asynchronous invocations: queued, retried, given up. Source: "How Lambda handles errors and retries with asynchronous invocation". */
import type { Cloud } from "../../contract.ts";
import { AwsError } from "../../contract.ts";
import { sendAway } from "./destinations.ts";
import { whileHolding } from "./holding.ts";
import type { Finished, Invocations } from "./invocations.ts";
import { hopsOf, mostHops } from "./lineage.ts";
import type { LambdaState, Target } from "./state.ts";

const queueLatencyMs = 50;
/** After the first error one minute, after the second two. */
const retryAfterMs = [60_000, 120_000];
const throttledAfterMs = { first: 1000, longest: 300_000 };

interface AsynchronousEvent {
  readonly target: Target;
  readonly payload: string;
  readonly trace: string | undefined;
  readonly requestId: string;
  readonly queuedMs: number;
  readonly attempts: number;
  readonly throttles: number;
}

type End = { readonly condition: "RetriesExhausted" | "EventAgeExceeded" | "Success"; readonly finished?: Finished };

/** Lambda's internal queue. */
export class Asynchronous {
  readonly #cloud: Cloud;
  readonly #state: LambdaState;
  readonly #invocations: Invocations;

  constructor(cloud: Cloud, state: LambdaState, invocations: Invocations) {
    this.#cloud = cloud;
    this.#state = state;
    this.#invocations = invocations;
  }

  /** Takes an event in; answers its request id, which stays the same over all attempts. */
  accept(target: Target, payload: string, trace?: string): string {
    const requestId = this.#cloud.random.uuid();
    const queuedMs = this.#cloud.clock.now();
    const event = { target, payload, trace, requestId, queuedMs, attempts: 0, throttles: 0 };
    if (target.configuration.stopsRecursion && hopsOf(trace, target.configuration.arn) >= mostHops) this.#stop(event);
    else this.#schedule(event, queueLatencyMs);
    return requestId;
  }

  #schedule(event: AsynchronousEvent, afterMs: number): void {
    const { clock } = this.#cloud;
    clock.at(clock.now() + afterMs, `${event.target.configuration.name} is invoked`, () => this.#attempt(event));
  }

  #attempt(event: AsynchronousEvent): void {
    const { target, payload, trace, requestId } = event;
    const { maximumAgeSeconds } = this.#state.asynchronousOf(target.configuration.name);
    if (this.#cloud.clock.now() - event.queuedMs > maximumAgeSeconds * 1000) {
      void this.#giveUp(event, { condition: "EventAgeExceeded" });
      return;
    }
    void this.#invocations.run(target, payload, { trace, requestId }).then(
      (finished) => this.#judge({ ...event, attempts: event.attempts + 1 }, finished),
      (error: unknown) => this.#postpone(event, error),
    );
  }

  #judge(event: AsynchronousEvent, finished: Finished): void {
    const { maximumRetryAttempts, onSuccessArn } = this.#state.asynchronousOf(event.target.configuration.name);
    if (!finished.functionError) {
      if (onSuccessArn) void this.#tell(event, onSuccessArn, { condition: "Success", finished });
      return;
    }
    const waitMs = retryAfterMs[event.attempts - 1];
    if (event.attempts > maximumRetryAttempts || waitMs === undefined)
      void this.#giveUp(event, { condition: "RetriesExhausted", finished });
    else this.#schedule(event, waitMs);
  }

  /** Throttles do not count as attempts: the event waits, longer each time, until it is too old. */
  #postpone(event: AsynchronousEvent, error: unknown): void {
    if (!(error instanceof AwsError)) throw error;
    const waitMs = Math.min(throttledAfterMs.first * 2 ** event.throttles, throttledAfterMs.longest);
    this.#schedule({ ...event, throttles: event.throttles + 1 }, waitMs);
  }

  #stop(event: AsynchronousEvent): void {
    const { name } = event.target.configuration;
    this.#invocations.measure(name, "RecursiveInvocationsDropped", 1);
    this.#cloud.say(`function ${name} was stopped: it invoked itself more than ${mostHops} times in one chain`);
    void this.#giveUp(event, { condition: "RetriesExhausted" });
  }

  async #giveUp(event: AsynchronousEvent, end: End): Promise<void> {
    const { configuration } = event.target;
    const { onFailureArn } = this.#state.asynchronousOf(configuration.name);
    this.#invocations.measure(configuration.name, "AsyncEventsDropped", 1);
    if (onFailureArn) await this.#tell(event, onFailureArn, end);
    if (!configuration.deadLetterArn) return;
    const attributes = {
      RequestID: event.requestId,
      ErrorCode: "200",
      ErrorMessage: (end.finished?.payload ?? end.condition).slice(0, 1024),
    };
    await this.#send(event, configuration.deadLetterArn, { body: event.payload, attributes }, "DeadLetterErrors");
  }

  #tell(event: AsynchronousEvent, arn: string, { condition, finished }: End): Promise<void> {
    const record = {
      version: "1.0",
      timestamp: new Date(this.#cloud.clock.now()).toISOString(),
      requestContext: {
        requestId: event.requestId,
        functionArn: `${event.target.configuration.arn}:${event.target.version}`,
        condition,
        approximateInvokeCount: event.attempts,
      },
      requestPayload: JSON.parse(event.payload),
      ...(finished && {
        responseContext: {
          statusCode: 200,
          executedVersion: finished.version,
          ...(finished.functionError && { functionError: finished.functionError }),
        },
        responsePayload: JSON.parse(finished.payload),
      }),
    };
    return this.#send(event, arn, { body: JSON.stringify(record) }, "DestinationDeliveryFailures");
  }

  async #send(
    { target: { configuration } }: AsynchronousEvent,
    arn: string,
    farewell: Parameters<typeof sendAway>[3],
    failureMetric: string,
  ): Promise<void> {
    const problem = await whileHolding(this.#cloud.clock, `${configuration.name} gives up an event`, () =>
      sendAway(this.#cloud, configuration, arn, farewell),
    );
    if (problem === undefined) return;
    this.#invocations.measure(configuration.name, failureMetric, 1);
    this.#cloud.say(`function ${configuration.name} could not send a failed event to ${arn}: ${problem}`);
  }
}
