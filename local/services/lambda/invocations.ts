/** Runs one function once: concurrency limits, deadline, trace, Lambda's own metrics. */
import type { Cloud, Principal } from "../../contract.ts";
import { AwsError } from "../../contract.ts";
import type { CallsDoor, CloudWatchDoor } from "../../neighbours.ts";
import type { FunctionConfiguration } from "./functions.ts";
import { nextTrace } from "./lineage.ts";
import type { Outcome, Runner } from "./runner.ts";
import type { Target } from "./state.ts";

/** Concurrent executions of an account by default. Source: Lambda quotas. */
const accountConcurrency = 1000;
const runtimes = ["nodejs22.x", "nodejs24.x"];

/** A finished invocation. */
export interface Finished extends Outcome {
  readonly requestId: string;
  readonly version: string;
}

/** Counts what runs and refuses what is too much. */
export class Invocations {
  readonly #cloud: Cloud;
  readonly #runner: () => Runner;
  readonly #running = new Map<string, number>();
  readonly #traced = new Set<string>();
  #total = 0;

  constructor(cloud: Cloud, runner: () => Runner) {
    this.#cloud = cloud;
    this.#runner = runner;
  }

  running(functionName: string): number {
    return this.#running.get(functionName) ?? 0;
  }

  /** Refuses by TooManyRequestsException when the function's or the account's concurrency is used up. */
  async run(
    target: Target,
    payload: string,
    { trace, requestId = this.#cloud.random.uuid() }: { trace?: string | undefined; requestId?: string } = {},
  ): Promise<Finished> {
    const { configuration, arn, version } = target;
    this.#admit(configuration);
    const startedMs = this.#cloud.clock.now();
    const outcome = await this.#runner().invoke(configuration, {
      requestId,
      payload,
      deadlineMs: startedMs + configuration.timeoutSeconds * 1000,
      invokedArn: arn,
      traceHeader: nextTrace(trace, configuration.arn, this.#cloud),
    });
    this.#finish(configuration, startedMs, outcome);
    return { ...outcome, requestId, version };
  }

  /** Puts one of Lambda's own metrics. */
  measure(functionName: string, metric: string, value: number, unit = "Count"): void {
    this.#cloud
      .neighbour<CloudWatchDoor>("cloudwatch")
      .put("AWS/Lambda", metric, { FunctionName: functionName }, value, unit);
  }

  #admit(configuration: FunctionConfiguration): void {
    const { name, reservedConcurrency, runtime } = configuration;
    if (!runtimes.includes(runtime))
      throw new AwsError(
        "InvalidRuntimeException",
        `running ${name}: runtime ${runtime} is not modelled; ${runtimes.join(" and ")} are`,
        { status: 502 },
      );
    const running = this.running(name);
    if (running >= (reservedConcurrency ?? accountConcurrency) || this.#total >= accountConcurrency) {
      this.measure(name, "Throttles", 1);
      const isReserved = reservedConcurrency !== undefined;
      throw new AwsError("TooManyRequestsException", "Rate Exceeded.", {
        status: 429,
        members: {
          Type: "User",
          Reason: isReserved
            ? "ReservedFunctionConcurrentInvocationLimitExceeded"
            : "ConcurrentInvocationLimitExceeded",
        },
      });
    }
    this.#trace(configuration);
    this.#running.set(name, running + 1);
    this.#total += 1;
    this.measure(name, "ConcurrentExecutions", running + 1);
  }

  #finish({ name }: FunctionConfiguration, startedMs: number, { functionError }: Outcome): void {
    this.#running.set(name, this.running(name) - 1);
    this.#total -= 1;
    this.measure(name, "Invocations", 1);
    this.measure(name, "Errors", functionError ? 1 : 0);
    this.measure(name, "Duration", this.#cloud.clock.now() - startedMs, "Milliseconds");
  }

  /** With active tracing the execution role sends the segments; without its permission they are lost in silence. */
  #trace({ name, roleArn, isTraced }: FunctionConfiguration): void {
    if (!isTraced || this.#traced.has(name)) return;
    this.#traced.add(name);
    const principal: Principal = { kind: "role", roleArn, sessionName: name, functionName: name };
    for (const operation of ["PutTraceSegments", "PutTelemetryRecords"])
      this.#cloud
        .neighbour<CallsDoor>("calls")
        .check(principal, "xray", operation, [{ action: `xray:${operation}`, resource: "*" }]);
  }
}
