/** Lambda's API, as far as it is modelled. */
import type { Cloud, Json, JsonObject, Need, Operation, Principal } from "../../contract.ts";
import { AwsError, arnOf } from "../../contract.ts";
import type { Asynchronous } from "./asynchronous.ts";
import type { SuspendedCall } from "./door.ts";
import type { Invocations } from "./invocations.ts";
import type { QueueSource } from "./queue-source.ts";
import { textOf } from "./reading.ts";
import type { LambdaState, Target } from "./state.ts";

const largestSynchronousBytes = 6 * 1024 * 1024;
/** Since October 2025; 256 KB before. */
const largestAsynchronousBytes = 1024 * 1024;

/** What the operations work on. */
export interface LambdaParts {
  readonly cloud: Cloud;
  readonly state: LambdaState;
  readonly invocations: Invocations;
  readonly asynchronous: Asynchronous;
  readonly sources: () => readonly QueueSource[];
  /** Lets the clock go on for a function that waits for another. */
  readonly suspend: (principal: Principal) => SuspendedCall | undefined;
}

const configurationOf = ({ configuration, arn, version }: Target): JsonObject => ({
  FunctionName: configuration.name,
  FunctionArn: arn,
  Runtime: configuration.runtime,
  Role: configuration.roleArn,
  Handler: configuration.handler,
  CodeSha256: configuration.codeHash,
  Description: configuration.description,
  Timeout: configuration.timeoutSeconds,
  MemorySize: configuration.memoryMiB,
  Version: version,
  Environment: { Variables: configuration.environment },
  TracingConfig: { Mode: configuration.isTraced ? "Active" : "PassThrough" },
  ...(configuration.deadLetterArn && { DeadLetterConfig: { TargetArn: configuration.deadLetterArn } }),
  State: "Active",
  LastUpdateStatus: "Successful",
  PackageType: "Zip",
  Architectures: [configuration.architecture],
  LoggingConfig: { LogFormat: configuration.logFormat, LogGroup: configuration.logGroup },
});

/** The payload of an Invoke: the wire gives text, neighbours may give JSON. */
const payloadOf = (payload: Json | undefined): string => {
  const text = typeof payload === "string" ? payload : JSON.stringify(payload ?? {});
  try {
    JSON.parse(text || "{}");
  } catch (cause) {
    throw new AwsError("InvalidRequestContentException", `Could not parse request body into json: ${String(cause)}`);
  }
  return text || "{}";
};

const tooLarge = (bytes: number, most: number): AwsError =>
  new AwsError("RequestTooLargeException", `${bytes} byte payload is too large for the limit of ${most} bytes`, {
    status: 413,
  });

/** Every operation by its API name. */
export const lambdaOperations = (parts: LambdaParts): Readonly<Record<string, Operation>> => {
  const { cloud, state, invocations, asynchronous, sources, suspend } = parts;
  const targetOf = (input: JsonObject): Target => state.find(textOf(input.FunctionName) ?? "", textOf(input.Qualifier));
  const needFunction =
    (action: string) =>
    (input: JsonObject): readonly Need[] => {
      const { arn } = targetOf(input);
      return [{ action, resource: arn, resourcePolicy: state.policyOf(arn) }];
    };
  const needAll = (action: string) => (): readonly Need[] => [{ action, resource: "*" }];

  return {
    Invoke: {
      needs: needFunction("lambda:InvokeFunction"),
      run: async (input, { principal }) => {
        const target = targetOf(input);
        const payload = payloadOf(input.Payload);
        const bytes = Buffer.byteLength(payload);
        const type = textOf(input.InvocationType) ?? "RequestResponse";
        const trace = textOf(input.TraceHeader);
        if (type === "DryRun") return { StatusCode: 204 };
        if (type === "Event") {
          if (bytes > largestAsynchronousBytes) throw tooLarge(bytes, largestAsynchronousBytes);
          asynchronous.accept(target, payload, trace);
          return { StatusCode: 202, Payload: "" };
        }
        if (bytes > largestSynchronousBytes) throw tooLarge(bytes, largestSynchronousBytes);
        const waiting = suspend(principal);
        const finished = await invocations.run(target, payload, { trace }).finally(() => waiting?.resume());
        return {
          StatusCode: 200,
          ExecutedVersion: finished.version,
          Payload: finished.payload,
          ...(finished.functionError && { FunctionError: finished.functionError }),
        };
      },
    },
    GetFunction: {
      needs: needFunction("lambda:GetFunction"),
      run: (input) => {
        const target = targetOf(input);
        const { reservedConcurrency, codeFolder } = target.configuration;
        return {
          Configuration: configurationOf(target),
          Code: { RepositoryType: "S3", Location: `file://${codeFolder}` },
          ...(reservedConcurrency !== undefined && {
            Concurrency: { ReservedConcurrentExecutions: reservedConcurrency },
          }),
        };
      },
    },
    GetFunctionConfiguration: {
      needs: needFunction("lambda:GetFunctionConfiguration"),
      run: (input) => configurationOf(targetOf(input)),
    },
    GetPolicy: {
      needs: needFunction("lambda:GetPolicy"),
      run: (input) => {
        const policy = state.policyOf(targetOf(input).arn);
        if (!policy)
          throw new AwsError("ResourceNotFoundException", "The resource you requested does not exist.", {
            status: 404,
          });
        return { Policy: JSON.stringify(policy) };
      },
    },
    ListFunctions: {
      needs: needAll("lambda:ListFunctions"),
      run: () => ({ Functions: [...state.functions.keys()].map((name) => configurationOf(state.find(name))) }),
    },
    ListEventSourceMappings: {
      needs: needAll("lambda:ListEventSourceMappings"),
      run: (input) => {
        const name = input.FunctionName === undefined ? undefined : targetOf(input).configuration.name;
        const asked = sources().filter(
          ({ mapping }) =>
            (name === undefined || mapping.functionName === name) &&
            (input.EventSourceArn === undefined || mapping.queueArn === input.EventSourceArn),
        );
        return { EventSourceMappings: asked.map((source) => mappingView(cloud, source)) };
      },
    },
  };
};

const mappingView = (cloud: Cloud, { mapping, isEnabled }: QueueSource): JsonObject => ({
  UUID: mapping.uuid,
  BatchSize: mapping.batchSize,
  MaximumBatchingWindowInSeconds: mapping.windowSeconds,
  EventSourceArn: mapping.queueArn,
  FunctionArn: arnOf(cloud, "lambda", `function:${mapping.functionName}`),
  EventSourceMappingArn: arnOf(cloud, "lambda", `event-source-mapping:${mapping.uuid}`),
  State: isEnabled ? "Enabled" : "Disabled",
  FunctionResponseTypes: mapping.reportsItemFailures ? ["ReportBatchItemFailures"] : [],
  ...(mapping.maximumConcurrency !== undefined && {
    ScalingConfig: { MaximumConcurrency: mapping.maximumConcurrency },
  }),
});
