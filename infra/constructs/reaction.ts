import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { type EventBus, type IEventBus, Rule } from "aws-cdk-lib/aws-events";
import { SqsQueue } from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { ContextAttribute, Schedule, ScheduleExpression, ScheduleTargetInput } from "aws-cdk-lib/aws-scheduler";
import { SqsSendMessage } from "aws-cdk-lib/aws-scheduler-targets";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import type { ReactionDeclaration } from "../reactions.ts";
import { GuardedQueue } from "./guarded-queue.ts";
import { type OwnFunction, ownFunction } from "./own-function.ts";
import type { JustifiedStatement } from "./permissions.ts";
import { ReactionAlarms } from "./reaction-alarms.ts";
import { RECORD_SOURCE } from "./record-bus.ts";

/** AWS's advice for SQS event sources: six times the function's timeout. */
const VISIBILITY_PER_TIMEOUT = 6;
/** Receives before a message is a dead letter: throttled polls count as receives, so more than the advised five. */
const MAX_RECEIVES = 10;

export interface ReactionProps {
  readonly declaration: ReactionDeclaration;
  /** Folder with the bundle and the resolved configuration. */
  readonly bundleFolder: string;
  readonly recordBus: EventBus;
  readonly operators: ITopic;
}

/** One queue, its dead letters, one function, its rules, clock and alarms: the whole of a reaction's infrastructure. */
export class Reaction extends Construct {
  readonly function: LambdaFunction;
  readonly queue: GuardedQueue;
  private readonly own: OwnFunction;

  constructor(scope: Construct, id: string, { declaration, bundleFolder, recordBus, operators }: ReactionProps) {
    super(scope, id);
    const { name, timeoutSeconds } = declaration;
    this.queue = new GuardedQueue(this, "Inbox", {
      name: `reflex-${name}`,
      visibilitySeconds: timeoutSeconds * VISIBILITY_PER_TIMEOUT,
      maxReceives: MAX_RECEIVES,
    });
    this.own = ownFunction(this, {
      functionName: `reflex-${name}`,
      folder: name,
      bundleFolder,
      summary: declaration.summary,
      timeoutSeconds,
      memoryMiB: declaration.memoryMiB,
      environment: {
        REFLEX_QUEUE_URL: this.queue.queue.queueUrl,
        REFLEX_DEAD_LETTERS_URL: this.queue.deadLetters.queueUrl,
        POWERTOOLS_METRICS_NAMESPACE: "EcsReflex",
      },
      // what was done is in the ledger, which stays; a log that stayed would take its name from the next stack
      logRemoval: RemovalPolicy.DESTROY,
    });
    this.function = this.own.function;
    this.allow({
      statement: new PolicyStatement({
        sid: "TakesFromItsQueue",
        actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
        resources: [this.queue.queue.queueArn],
      }),
    });
    this.function.addEventSourceMapping("Inbox", {
      eventSourceArn: this.queue.queue.queueArn,
      batchSize: 10,
      maxBatchingWindow: Duration.seconds(1),
      maxConcurrency: declaration.maximumConcurrency,
      reportBatchItemFailures: true,
    });
    for (const rule of declaration.rules) this.listen(rule, recordBus);
    if (declaration.schedule) this.wake(name, declaration.schedule);
    new ReactionAlarms(this, "Alarms", {
      name,
      function: this.function,
      timeoutSeconds,
      queue: this.queue,
      topic: operators,
      everyMinutes: declaration.schedule?.everyMinutes,
      metricAlarm: declaration.metricAlarm,
    });
  }

  /** Adds statements to the function's role. */
  allow(...statements: readonly JustifiedStatement[]): void {
    this.own.allow(...statements);
  }

  private listen({ id, description, bus, pattern }: ReactionDeclaration["rules"][number], recordBus: EventBus): void {
    new Rule(this, id, {
      description,
      eventPattern: pattern,
      ...(bus === "records" && { eventBus: recordBus as IEventBus }),
      targets: [new SqsQueue(this.queue.queue, { deadLetterQueue: this.queue.deadLetters })],
    });
  }

  private wake(name: string, { description, everyMinutes }: NonNullable<ReactionDeclaration["schedule"]>): void {
    new Schedule(this, "Schedule", {
      scheduleName: `reflex-${name}`,
      description,
      schedule: ScheduleExpression.rate(Duration.minutes(everyMinutes)),
      target: new SqsSendMessage(this.queue.queue, {
        deadLetterQueue: this.queue.deadLetters,
        // a round that comes late is worth nothing: the next one does the same work
        maxEventAge: Duration.minutes(everyMinutes),
        retryAttempts: 3,
        input: ScheduleTargetInput.fromObject({
          source: RECORD_SOURCE,
          "detail-type": "Reflex Schedule",
          time: ContextAttribute.scheduledTime,
          detail: { schedule: name },
        }),
      }),
    });
  }
}
