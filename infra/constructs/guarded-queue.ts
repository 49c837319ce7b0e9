import { Duration } from "aws-cdk-lib";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";

export interface GuardedQueueProps {
  /** Physical name; the dead letters are named after it. */
  readonly name: string;
  /** How long a received message stays hidden. */
  readonly visibilitySeconds: number;
  /** Receives after which a message is a dead letter. */
  readonly maxReceives: number;
}

/** A queue and its dead letters: encrypted, TLS only, and no message is lost silently. */
export class GuardedQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, { name, visibilitySeconds, maxReceives }: GuardedQueueProps) {
    super(scope, id);
    this.deadLetters = new Queue(this, "DeadLetters", {
      queueName: `${name}-dead-letters`,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // a dead letter keeps the age it had in the queue, so it must be allowed to grow older there
      retentionPeriod: Duration.days(14),
    });
    this.queue = new Queue(this, "Queue", {
      queueName: name,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(4),
      visibilityTimeout: Duration.seconds(visibilitySeconds),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: maxReceives },
    });
  }
}
