/** What every emulated service agrees on: time, callers, operations, template resources. */

/** A JSON value as it travels on AWS's wire. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
/** A JSON object: the body of a request or an answer, or the detail of an event. */
export type JsonObject = { readonly [key: string]: Json | undefined };

/** Virtual time. Nothing in `local/` reads another clock, and nothing sleeps. */
export interface Clock {
  /** The present instant, in milliseconds since 1970. */
  now(): number;
  /** Runs `run` when virtual time reaches `atMs`; equal instants run in the order they were asked for. */
  at(atMs: number, what: string, run: () => void | Promise<void>): Timer;
  /** Says that something outside this process is at work: time stands still until `release` is called. */
  hold(what: string): { release(): void };
}

/** A promise of the clock that can be taken back. */
export interface Timer {
  cancel(): void;
}

/** Who makes a call. `owner` is the person at the machine, who may do everything, as an account's administrator. */
export type Principal =
  | { readonly kind: "owner" }
  | { readonly kind: "role"; readonly roleArn: string; readonly sessionName: string; readonly functionName?: string }
  | { readonly kind: "service"; readonly service: string; readonly sourceArn: string };

/** One permission an operation needs before it runs. Context keys are IAM condition keys with their values. */
export interface Need {
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
  /** The resource's own policy, such as a queue's: its deny counts, and within the account its allow suffices. */
  readonly resourcePolicy?: JsonObject | undefined;
}

/** An AWS refusal: `code` is the wire name, such as `ClientException`; `fault` decides the HTTP status. */
export class AwsError extends Error {
  override readonly name = "AwsError";
  readonly code: string;
  readonly status: number;
  /** Further members of the error's shape, such as `Item` of a failed condition. */
  readonly members: JsonObject;

  constructor(
    code: string,
    message: string,
    { status = 400, members = {} }: { status?: number; members?: JsonObject } = {},
  ) {
    super(message);
    this.code = code;
    this.status = status;
    this.members = members;
  }
}

/** What an operation may know of its call. */
export interface CallContext {
  readonly cloud: Cloud;
  readonly principal: Principal;
  readonly requestId: string;
}

/** One API operation: what it needs to be allowed, and what it does. `run` is synchronous but for long polls. */
export interface Operation {
  readonly needs: (input: JsonObject, context: CallContext) => readonly Need[];
  readonly run: (input: JsonObject, context: CallContext) => JsonObject | Promise<JsonObject>;
}

/** Where a REST-JSON operation is found, for services without `X-Amz-Target`. The JSON body is the rest of the input. */
export interface RestRoute {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** `/functions/{FunctionName}/invocations`: each `{Name}` becomes that member of the input, decoded. */
  readonly path: string;
  readonly operation: string;
  /** Query-string names and request headers (lower case) by the input member each becomes. */
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Input member that takes the whole body as text, for operations whose body is not a JSON object. */
  readonly payload?: string;
  /** How the answer leaves its members: a status member, headers, and the member that is the raw body. */
  readonly answer?: {
    readonly status?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly payload?: string;
  };
}

/** A resource made from a template: what `Ref` answers, and every attribute `Fn::GetAtt` may ask for. */
export interface CreatedResource {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** What a template says of one resource, all intrinsic functions resolved. */
export interface ResourceDeclaration {
  readonly stackName: string;
  readonly stackId: string;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: JsonObject;
  /** Folder of the assembly, where assets lie. */
  readonly assemblyFolder: string;
  /** A physical name for a resource whose template names none: `STACK-LOGICAL-RANDOM`, seeded. */
  readonly generatedName: string;
}

/** One emulated AWS service. */
export interface Service {
  /** The IAM prefix, such as `ecs`; also its name in the call log and for faults. */
  readonly name: string;
  /** Operations by their API name. An operation not listed is refused loudly by name. */
  readonly operations: Readonly<Record<string, Operation>>;
  /** Paths of a REST-JSON service. */
  readonly restRoutes?: readonly RestRoute[];
  /** CloudFormation types that this service creates. */
  readonly resources: Readonly<Record<string, (declaration: ResourceDeclaration, cloud: Cloud) => CreatedResource>>;
  /** Runs once, after every resource of every stack exists and before time moves: link resources, start loops. */
  readonly start?: (cloud: Cloud) => void;
}

/** An event as EventBridge carries it. */
export interface BusEvent {
  readonly version: "0";
  readonly id: string;
  readonly "detail-type": string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: JsonObject;
}

/** What services know of each other: the ground they stand on. Services reach one another by `call` or by named ports. */
export interface Cloud {
  readonly clock: Clock;
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  /** Seeded; the only source of randomness. `next()` is in [0, 1). */
  readonly random: { next(): number; hex(characters: number): string; uuid(): string };
  /** Puts an event on the default bus as an AWS service does; fills id, account, region and time. */
  emit(event: {
    source: string;
    detailType: string;
    resources: readonly string[];
    detail: JsonObject;
    time?: string;
  }): void;
  /** Makes a call as `principal`: authorised, logged, faulted like any other. */
  call(principal: Principal, service: string, operation: string, input: JsonObject): Promise<JsonObject>;
  /** A service's TypeScript door for its neighbours, registered by `expose`; unknown names throw. */
  neighbour<T>(name: string): T;
  expose(name: string, door: unknown): void;
  /** Something worth a line on the operator's screen. */
  say(line: string): void;
}

/** The ARN of a resource of this account. */
export const arnOf = (
  cloud: Pick<Cloud, "partition" | "region" | "account">,
  service: string,
  resource: string,
): string => `arn:${cloud.partition}:${service}:${cloud.region}:${cloud.account}:${resource}`;
