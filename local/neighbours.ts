/** The doors between emulated services, by the name under which each exposes its own. */
import type { MadeStack } from "./assembly/stack.ts";
import type { BusEvent, Json, JsonObject, Need, Principal } from "./contract.ts";

/** `cloud.neighbour<SqsDoor>("sqs")` */
export interface SqsDoor {
  /** Puts a message as an AWS service does: the queue policy decides; answers false when refused or when there is no such queue. */
  deliver(
    queueArn: string,
    body: string,
    from: Extract<Principal, { kind: "service" }>,
    /** String message attributes, such as those of an undeliverable event. */
    messageAttributes?: Readonly<Record<string, string>>,
  ): boolean;
  receive(queueArn: string, atMost: number, visibilitySeconds?: number): readonly ReceivedMessage[];
  delete(queueArn: string, receiptHandle: string): void;
  changeVisibility(queueArn: string, receiptHandle: string, seconds: number): void;
  /** Calls back (at once, synchronously) whenever a message of the queue becomes receivable. */
  whenReceivable(queueArn: string, listener: () => void): void;
  counts(queueArn: string): {
    readonly visible: number;
    readonly inFlight: number;
    readonly delayed: number;
    readonly oldestAgeSeconds: number;
  };
  queues(): readonly {
    readonly arn: string;
    readonly name: string;
    readonly url: string;
    readonly visibilitySeconds: number;
    readonly policy?: JsonObject | undefined;
  }[];
  /** Puts many messages at once as the machine's owner: the control door's load. */
  load(queueArn: string, bodies: readonly string[]): void;
}

/** A received message, in the shape Lambda's event source mapping hands on. */
export interface ReceivedMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly md5OfBody: string;
  /** SentTimestamp, ApproximateReceiveCount, AWSTraceHeader and the like, as strings. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly messageAttributes: JsonObject;
}

/** `lambda` */
export interface LambdaDoor {
  /** A synchronous invocation on behalf of an AWS service; resource policy and, for ECS hooks, role trust are checked by the caller. */
  invoke(functionArn: string, payload: Json): Promise<{ readonly payload: Json; readonly functionError?: string }>;
  /** An asynchronous one: queued, retried twice on failure (after 1 and 2 minutes), then dropped to the function's destination. */
  invokeAsync(functionArn: string, payload: Json): void;
  /** Whether the function's resource policy lets this caller invoke it. */
  allows(functionArn: string, from: Extract<Principal, { kind: "service" }>): boolean;
  /** Kills the process that holds this key's session at once, as a crash would. */
  killInvocation(principal: Extract<Principal, { kind: "role" }>): unknown;
  /** Lets time pass for that process, whose call is answered late, until `resume`. */
  suspend(principal: Extract<Principal, { kind: "role" }>): { resume(): Promise<void> } | undefined;
}

/** `ecs`: what the world outside the API may do to services, and what neighbours may ask. */
export interface EcsDoor {
  services(): readonly EcsServiceView[];
  service(cluster: string, name: string): EcsServiceView | undefined;
  /** What the service's tasks need or suffer from now on; running tasks feel it at once. */
  suffer(cluster: string, name: string, conditions: Conditions): void;
  /** Application Auto Scaling's own hand: no IAM of ours, announced by SERVICE_DESIRED_COUNT_UPDATED. */
  setDesiredCount(cluster: string, name: string, count: number): void;
  /** How the tasks that may receive from a queue work it: 2 s a message, one at a time, unless told otherwise. */
  consume(
    queueArn: string,
    how: { readonly secondsPerMessage?: number; readonly slotsPerTask?: number; readonly protect?: boolean },
  ): void;
  /** Messages that tasks finished, and messages whose work was lost with its task. */
  consumed(queueArn: string): { readonly processed: number; readonly lost: number };
  /** How long targets of the group drain before their tasks are stopped; 300 s until told. */
  setDeregistrationDelay(targetGroupArn: string, seconds: number): void;
  /** Every image that a registered task definition names. */
  images(): readonly string[];
}

/** The control door's words for what a service's tasks need. */
export interface Conditions {
  readonly memoryMiB?: number;
  readonly leakMiBPerHour?: number;
  readonly startSeconds?: number;
  /** True or a stopped reason: tasks never run. `exit N`: they run and their main process ends with code N. */
  readonly failStart?: boolean | string;
  /** Tasks run but fail their container or load balancer health checks. */
  readonly failHealth?: boolean;
  /** Processes do not react to SIGTERM: they are killed when the stop timeout is over. */
  readonly ignoreSigterm?: boolean;
  /** The container to which memory and leak apply; the main one unless named. */
  readonly container?: string;
  /** How busy the CPU of each task is, 0 to 100. */
  readonly cpuPercent?: number;
}

export interface EcsServiceView {
  readonly arn: string;
  readonly cluster: string;
  readonly name: string;
  readonly desiredCount: number;
  readonly runningCount: number;
  readonly pendingCount: number;
  /** Whether a service deployment is in progress: Auto Scaling does not scale in meanwhile. */
  readonly isDeploying?: boolean;
  readonly taskDefinitionArn: string;
  readonly taskRoleArn: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** What Fargate has billed so far, tasks at work included. */
  readonly bill: { readonly vcpuSeconds: number; readonly gbSeconds: number };
  readonly tasks: readonly {
    readonly arn: string;
    readonly lastStatus: string;
    readonly startedAtMs: number | undefined;
    readonly memoryUsedMiB: number;
    readonly memoryLimitMiB: number;
    readonly protectedUntilMs: number | undefined;
  }[];
}

/** `cloudwatch` */
export interface CloudWatchDoor {
  put(
    namespace: string,
    metricName: string,
    dimensions: Readonly<Record<string, string>>,
    value: number,
    unit?: string,
  ): void;
}

/** `alarms`: CloudWatch's alarms, for services that keep some of their own, such as Auto Scaling. */
export interface AlarmsDoor {
  /** Makes or replaces an alarm, in the members of PutMetricAlarm; answers its ARN. */
  putAlarm(alarm: JsonObject): string;
  deleteAlarm(alarmName: string): void;
  /** An alarm as it stands, with the newest value that is known by now. */
  look(
    alarmName: string,
  ): { readonly state: string; readonly threshold: number; readonly value: number | undefined } | undefined;
}

/** `application-autoscaling`: the action of an alarm that names a scaling policy, once a minute while it lasts. */
export interface AutoScalingDoor {
  act(policyArn: string, alarmName: string): void;
}

/** `ecr` */
export interface EcrDoor {
  /** Digest that a reference (`host/repository:tag` or `@digest`) names now; undefined when there is no such image. For images outside this registry a digest derived from the reference. */
  resolve(imageReference: string): string | undefined;
  push(image: PushedImage): { readonly digest: string };
}

/** The control door's image push; `scan` is an answer of DescribeImageScanFindings, or null for never. */
export interface PushedImage {
  readonly repositoryName: string;
  readonly imageTag?: string;
  readonly platforms?: readonly string[];
  readonly scan: JsonObject | null;
}

/** `iam`: role documents made from templates. */
export interface IamDoor {
  role(roleArn: string):
    | {
        readonly arn: string;
        readonly name: string;
        readonly trust: JsonObject;
        readonly statements: readonly JsonObject[];
      }
    | undefined;
  /** Whether the principal may do it: identity policies, default deny, explicit deny first. Answers the statement that decided. */
  decide(
    principal: Principal,
    action: string,
    resource: string,
    context: JsonObject,
  ): { readonly allowed: boolean; readonly statement: string | undefined };
  /** Evaluates a resource policy (queue, bus, function, topic) for a caller. */
  decideByResourcePolicy(
    policy: JsonObject | undefined,
    principal: Principal,
    action: string,
    resource: string,
    context: JsonObject,
  ): "allow" | "deny" | "none";
  /** Whether a service may assume the role; `sourceArn` is what the service states as `aws:SourceArn`. */
  trusts(roleArn: string, service: string, sourceArn?: string): boolean;
}

/** `sns` */
export interface SnsDoor {
  publish(topicArn: string, message: string, from: Principal): void;
}

/** `secretsmanager` */
export interface SecretsDoor {
  value(secretIdOrArn: string): string | undefined;
  put(secretIdOrArn: string, value: string): void;
  names(): readonly string[];
}

/** `ssm`: the parameter store. */
export interface SsmDoor {
  value(parameterName: string): string | undefined;
}

/** `stacks`: what was made of the assembly, told to CloudFormation. */
export interface StacksDoor {
  add(stack: MadeStack): void;
}

/** `cloudformation`: stacks read from the assembly, and what is going on with them. */
export interface CloudFormationDoor {
  setStatus(stackName: string, status: string): void;
  stacks(): readonly { readonly name: string; readonly status: string }[];
}

/** `slack`: the local workspace. */
export interface SlackDoor {
  messages(): readonly SlackMessage[];
  /** Presses a button as `user`: a signed interaction is sent to the app's request URL. */
  click(click: {
    readonly ts: string;
    readonly actionId: string;
    readonly user: string;
  }): Promise<{ readonly status: number }>;
  setDown(down: boolean): void;
  whenMessage(listener: (message: SlackMessage) => void): void;
}

export interface SlackMessage {
  readonly ts: string;
  readonly threadTs: string | undefined;
  readonly channel: string;
  readonly text: string;
  readonly blocks: readonly JsonObject[];
  readonly edits: number;
  readonly deletedAt: string | undefined;
}

/** `principals`: the access keys of this account, each speaking for one caller. */
export interface PrincipalsDoor {
  /** A new key; requests signed with it are this principal's. One per process tells processes apart by `sessionName`. */
  issue(principal: Principal): { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Takes a key back, as when a process ends. */
  revoke(accessKeyId: string): void;
}

/** `calls`: calls that a service makes in somebody's name without going over the wire, such as an event source's polls. */
export interface CallsDoor {
  /** Authorises and logs such a call like any other; answers whether it is allowed. */
  check(principal: Principal, service: string, operation: string, needs: readonly Need[]): boolean;
}

/** `faults`: trouble asked for at the control door, for the kinds that a service brings about itself. */
export interface FaultsDoor {
  /** Takes one fault of these kinds off the list, if there is one for this operation. */
  take(
    service: string,
    operation: string,
    kinds: readonly string[],
    functionName?: string,
  ): { readonly kind: string; readonly seconds: number } | undefined;
}

/** `events`: the default bus, as AWS services reach it. */
export interface EventsDoor {
  deliver(event: BusEvent): void;
}

/** `wire`: the HTTP server, for services that speak more than AWS's protocols. */
export interface WireDoor {
  /** Such as `http://127.0.0.1:4566`, known once the server listens, which is before time moves. */
  endpoint(): string;
  /** Everything under the prefix goes to `handle`; the longest prefix wins. */
  mount(prefix: string, handle: (request: PlainRequest) => PlainAnswer | Promise<PlainAnswer>): void;
}

/** An HTTP request as a mounted handler sees it. `path` holds the query string; header names are lower case. */
export interface PlainRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a mounted handler answers; `"reset"` drops the connection without a word. */
export type PlainAnswer =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | "reset";
