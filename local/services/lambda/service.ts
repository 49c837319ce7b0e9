/** AWS Lambda: functions as processes, fed by queues, buses, hooks and URLs. */
import type { Cloud, Json, Principal, Service } from "../../contract.ts";
import { AwsError } from "../../contract.ts";
import type { IamDoor, PlainRequest, PrincipalsDoor, WireDoor } from "../../neighbours.ts";
import { Asynchronous } from "./asynchronous.ts";
import type { LambdaOptions, LambdaProcessesDoor } from "./door.ts";
import { reservationProblem } from "./function-limits.ts";
import { FunctionUrls } from "./function-url.ts";
import type { FunctionConfiguration } from "./functions.ts";
import { Invocations } from "./invocations.ts";
import { lambdaOperations } from "./operations.ts";
import { Output } from "./output.ts";
import { ProcessRunner } from "./processes/process-runner.ts";
import { QueueSource } from "./queue-source.ts";
import { lambdaResources } from "./resources.ts";
import { lambdaRoutes } from "./rest-routes.ts";
import type { Runner } from "./runner.ts";
import { LambdaState } from "./state.ts";

/** Refuses what CreateFunction would, once all that it depends on is there. */
function checkFunctions(cloud: Cloud, functions: readonly FunctionConfiguration[]): void {
  const problem = reservationProblem(functions.flatMap(({ reservedConcurrency }) => reservedConcurrency ?? []));
  if (problem) throw new AwsError("InvalidParameterValueException", problem);
  const iam = cloud.neighbour<IamDoor>("iam");
  for (const { name, roleArn, deadLetterArn } of functions) {
    if (!deadLetterArn) continue;
    const action = deadLetterArn.split(":")[2] === "sns" ? "sns:Publish" : "sqs:SendMessage";
    const principal: Principal = { kind: "role", roleArn, sessionName: name };
    if (!iam.decide(principal, action, deadLetterArn, {}).allowed)
      throw new AwsError(
        "InvalidParameterValueException",
        `creating function ${name}: The provided execution role does not have permissions to call ${action} on ${deadLetterArn}`,
      );
  }
}

const urlPrefix = "/lambda-url/";

/** The service, with its door exposed as `lambda`. */
export function createLambdaService(cloud: Cloud, options: LambdaOptions = {}): Service {
  const state = new LambdaState(cloud);
  const output = new Output(cloud);
  const coldStartListeners: ((functionName: string, realMs: number) => void)[] = [];
  const seed = cloud.random.hex(8);
  let configured = options;
  let sources: readonly QueueSource[] = [];
  let processes: ProcessRunner | undefined;
  let otherRunner: Runner | undefined;

  const runner = (): Runner => {
    if (otherRunner) return otherRunner;
    processes ??= new ProcessRunner({
      ...configured,
      clock: cloud.clock,
      region: cloud.region,
      seed,
      connection: {
        endpoint: cloud.neighbour<WireDoor>("wire").endpoint(),
        issue: (principal) => cloud.neighbour<PrincipalsDoor>("principals").issue(principal),
        revoke: (accessKeyId) => cloud.neighbour<PrincipalsDoor>("principals").revoke(accessKeyId),
      },
      onLine: (configuration, line) => output.add(configuration, line),
      onColdStart: (functionName, realMs) => {
        for (const listener of coldStartListeners) listener(functionName, realMs);
      },
    });
    return processes;
  };

  const invocations = new Invocations(cloud, runner);
  const asynchronous = new Asynchronous(cloud, state, invocations);
  const urls = new FunctionUrls(cloud, state, invocations);

  const door: LambdaProcessesDoor = {
    invoke: async (functionArn, payload) => {
      const finished = await invocations.run(state.find(functionArn), JSON.stringify(payload));
      const answer = JSON.parse(finished.payload) as Json;
      return finished.functionError ? { payload: answer, functionError: finished.functionError } : { payload: answer };
    },
    invokeAsync: (functionArn, payload) => {
      asynchronous.accept(state.find(functionArn), JSON.stringify(payload));
    },
    allows: (functionArn, from) => {
      if (!state.has(functionArn)) return false;
      const { arn } = state.find(functionArn);
      const iam = cloud.neighbour<IamDoor>("iam");
      return iam.decideByResourcePolicy(state.policyOf(arn), from, "lambda:InvokeFunction", arn, {}) === "allow";
    },
    logs: (functionName) => output.of(functionName),
    killInvocation: (caller) => {
      const doomed = typeof caller === "string" ? processes?.running(caller) : processes?.of(caller);
      for (const process of doomed ?? []) process.kill();
      return doomed?.length ?? 0;
    },
    suspend: (principal) => processes?.of(principal)[0]?.park(),
    suspendProcess: (processId) => processes?.process(processId)?.park(),
    callUrl: (url, request, principal) => urls.call(new URL(url).hostname.split(".")[0] ?? "", request, principal),
    urls: () => [...state.urls.values()],
    configure: (next) => {
      if (processes) throw new Error("functions run already; say how before the first invocation");
      configured = { ...configured, ...next };
    },
    runBy: (other) => {
      otherRunner = other;
    },
    whenColdStarted: (listener) => coldStartListeners.push(listener),
    stop: async () => {
      await processes?.stop();
      await otherRunner?.stop();
    },
  };
  cloud.expose("lambda", door);

  /** `/lambda-url/ID/rest` here is `/rest` at the URL's own host there. */
  const overWire = (request: PlainRequest, principal?: Principal) => {
    const [, id = "", path = "/"] = /^([^/?]+)(.*)$/.exec(request.path.slice(urlPrefix.length)) ?? [];
    return urls.call(id, { ...request, path: path.startsWith("/") ? path : `/${path}` }, principal);
  };

  return {
    name: "lambda",
    operations: lambdaOperations({
      cloud,
      state,
      invocations,
      asynchronous,
      sources: () => sources,
      suspend: door.suspend,
    }),
    restRoutes: lambdaRoutes,
    resources: lambdaResources(state),
    start: () => {
      checkFunctions(cloud, [...state.functions.values()]);
      sources = state.mappings.map((mapping) => new QueueSource(cloud, mapping, state, invocations));
      for (const source of sources) if (source.mapping.enabled) source.enable();
      if (state.urls.size > 0) cloud.neighbour<WireDoor>("wire").mount(urlPrefix, (request) => overWire(request));
    },
  };
}
