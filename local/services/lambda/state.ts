/** All that Lambda remembers: functions, names for them, who may call them, where their events come from. */
import type { Cloud, Json, JsonObject } from "../../contract.ts";
import { AwsError } from "../../contract.ts";
import type { FunctionConfiguration } from "./functions.ts";
import { listOf } from "./reading.ts";

/** How asynchronous events of a function are retried, and where they go in the end. */
export interface AsynchronousSettings {
  readonly maximumRetryAttempts: number;
  readonly maximumAgeSeconds: number;
  readonly onFailureArn: string | undefined;
  readonly onSuccessArn: string | undefined;
}

/** A function URL. `url` is what the template sees; the local server answers it under `/lambda-url/ID/`. */
export interface FunctionUrl {
  readonly id: string;
  readonly url: string;
  readonly functionArn: string;
  readonly authType: "NONE" | "AWS_IAM";
}

/** An SQS queue that feeds a function. */
export interface EventSourceMapping {
  readonly uuid: string;
  readonly queueArn: string;
  readonly functionName: string;
  readonly batchSize: number;
  readonly windowSeconds: number;
  readonly reportsItemFailures: boolean;
  readonly maximumConcurrency: number | undefined;
  readonly enabled: boolean;
}

/** A function as a caller named it. */
export interface Target {
  readonly configuration: FunctionConfiguration;
  /** As it was asked for, with the qualifier if there was one. */
  readonly arn: string;
  readonly version: string;
}

const defaults: AsynchronousSettings = {
  maximumRetryAttempts: 2,
  maximumAgeSeconds: 21_600,
  onFailureArn: undefined,
  onSuccessArn: undefined,
};

const notFound = (arn: string): AwsError =>
  new AwsError("ResourceNotFoundException", `Function not found: ${arn}`, { status: 404 });

/** Plain maps, written by resources and read by everything else. */
export class LambdaState {
  readonly functions = new Map<string, FunctionConfiguration>();
  readonly urls = new Map<string, FunctionUrl>();
  readonly mappings: EventSourceMapping[] = [];
  readonly #qualifiers = new Map<string, string>();
  readonly #policies = new Map<string, JsonObject>();
  readonly #asynchronous = new Map<string, AsynchronousSettings>();
  readonly #cloud: Cloud;

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
  }

  /** A version or an alias; both name the function's only code. Answers its ARN. */
  addQualifier(functionName: string, qualifier: string, version: string): string {
    const { configuration } = this.find(functionName);
    this.#qualifiers.set(`${configuration.name}:${qualifier}`, version);
    return `${configuration.arn}:${qualifier}`;
  }

  versionsOf(functionName: string): number {
    return [...this.#qualifiers].filter(([key, version]) => key === `${functionName}:${version}`).length;
  }

  /** The function that a name, a partial ARN or an ARN means, qualified or not. */
  find(name: string, qualifier?: string): Target {
    const [, plain = name, own] =
      /^(?:(?:arn:[^:]+:lambda:[^:]*:)?[^:]*:function:)?([^:]+)(?::(.+))?$/.exec(name) ?? [];
    const asked = qualifier ?? own;
    const configuration = this.functions.get(plain);
    const arn = `arn:${this.#cloud.partition}:lambda:${this.#cloud.region}:${this.#cloud.account}:function:${plain}`;
    if (!configuration) throw notFound(asked ? `${arn}:${asked}` : arn);
    if (asked === undefined || asked === "$LATEST")
      return { configuration, arn: asked ? `${arn}:${asked}` : arn, version: "$LATEST" };
    const version = this.#qualifiers.get(`${plain}:${asked}`);
    if (version === undefined) throw notFound(`${arn}:${asked}`);
    return { configuration, arn: `${arn}:${asked}`, version };
  }

  has(name: string): boolean {
    return this.functions.has(name.replace(/^.*:function:/, "").replace(/:.*$/, ""));
  }

  addStatement(arn: string, statement: JsonObject): void {
    const statements = listOf(this.#policies.get(arn)?.Statement);
    this.#policies.set(arn, {
      Version: "2012-10-17",
      Id: "default",
      Statement: [...statements, statement] as readonly Json[],
    });
  }

  /** The resource policy of a function, or of one of its versions or aliases. */
  policyOf(arn: string): JsonObject | undefined {
    return this.#policies.get(arn);
  }

  setAsynchronous(functionName: string, settings: Partial<AsynchronousSettings>): void {
    this.#asynchronous.set(functionName, { ...this.asynchronousOf(functionName), ...settings });
  }

  asynchronousOf(functionName: string): AsynchronousSettings {
    return this.#asynchronous.get(functionName) ?? defaults;
  }
}
