/** The way of every call: known? allowed? in time? unharmed? then done, and logged. */
import type { Calls, Decision } from "./calls.ts";
import type { ApiRequest } from "./cloud.ts";
import {
  AwsError,
  type CallContext,
  type Cloud,
  type JsonObject,
  type Need,
  type Operation,
  type Principal,
  type Service,
} from "./contract.ts";
import type { Faults } from "./faults.ts";
import type { CallsDoor, LambdaDoor } from "./neighbours.ts";
import { randomOf } from "./random.ts";
import { accessDenied, identityOf, serverFailed, throttled } from "./refusals.ts";
import type { Authority } from "./services/iam/authority.ts";
import { Throttling } from "./throttling.ts";

/** The caller never hears: the wire drops the connection. Whether the call was applied is the fault's secret. */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";
}

interface Parts {
  readonly cloud: Cloud;
  readonly services: ReadonlyMap<string, Service>;
  readonly calls: Calls;
  readonly faults: Faults;
  readonly seed: string;
}

interface Making extends ApiRequest {
  readonly principal: Principal;
  readonly requestId: string;
  /** IAM's decisions so far. */
  decisions: Decision[];
}

/** Takes calls from the wire, from functions in this process, and from services that act in somebody's name. */
export class FrontDoor implements CallsDoor {
  readonly notModelled = new Set<string>();
  readonly #parts: Parts;
  readonly #throttling: Throttling;
  readonly #requestIds: Cloud["random"];

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#throttling = new Throttling(parts.cloud.clock.now());
    this.#requestIds = randomOf(parts.seed, "requests");
  }

  requestId(): string {
    return this.#requestIds.uuid();
  }

  async request(principal: Principal, api: ApiRequest, requestId = this.requestId()): Promise<JsonObject> {
    const making: Making = { ...api, principal, requestId, decisions: [] };
    try {
      const answer = await this.#make(making);
      this.#log(making, undefined);
      return answer;
    } catch (error) {
      this.#log(making, codeOf(error));
      throw error;
    }
  }

  check(principal: Principal, service: string, operation: string, needs: readonly Need[]): boolean {
    const requestId = this.requestId();
    const making: Making = { principal, service, operation, input: {}, requestId, decisions: [] };
    const refusal = this.#authorise(making, needs);
    this.#log(making, refusal?.code);
    return refusal === undefined;
  }

  async #make(making: Making): Promise<JsonObject> {
    const { cloud, faults } = this.#parts;
    const { service, operation, input, principal, requestId } = making;
    const known = this.#operation(service, operation);
    const context: CallContext = { cloud, principal, requestId };
    const refusal = this.#authorise(making, known.needs(input, context));
    if (refusal) throw refusal;
    // The person at the machine calls in real time, where these buckets do not refill.
    if (principal.kind !== "owner" && !this.#throttling.admits(service, operation, cloud.clock.now()))
      throw throttled(service);

    const functionName = functionOf(principal);
    const fault = faults.take(service, operation, CALL_FAULTS, functionName);
    if (fault?.kind === "throttle") throw throttled(service);
    if (fault?.kind === "error" || fault?.kind === "down") throw serverFailed(service);
    if (fault?.kind === "timeout") throw new ConnectionLost(`${service}:${operation} was not applied`);
    if (fault?.kind === "duplicate") await known.run(input, context);
    const answer = await known.run(input, context);
    if (fault?.kind === "lost-response") throw new ConnectionLost(`${service}:${operation} was applied`);
    if (fault?.kind === "crash") {
      if (principal.kind === "role") cloud.neighbour<LambdaDoor>("lambda").killInvocation(principal);
      throw new ConnectionLost(`${service}:${operation} was applied, its caller killed`);
    }
    if (fault?.kind === "delay") await this.#pause(fault.seconds, principal);
    return answer;
  }

  #operation(service: string, operation: string): Operation {
    const { cloud, services } = this.#parts;
    const operations = services.get(service)?.operations;
    if (operations && Object.hasOwn(operations, operation)) return operations[operation] as Operation;
    const what = operations ? `operation ${service}:${operation}` : `service ${service}, asked for ${operation},`;
    this.notModelled.add(`${service}:${operation}`);
    cloud.say(`the ${what} is not modelled by the local cloud`);
    throw new AwsError("UnknownOperationException", `The ${what} is not modelled by the local cloud (docs/local.md)`);
  }

  #authorise(making: Making, needs: readonly Need[]): AwsError | undefined {
    const { account, partition } = this.#parts.cloud;
    const authority = this.#parts.cloud.neighbour<Authority>("iam");
    for (const need of needs) {
      const { allowed, statement, because } = authority.authorise(making.principal, need);
      making.decisions.push({ action: need.action, resource: need.resource, allowed, statement });
      if (!allowed)
        return accessDenied(making.service, identityOf(making.principal, account, partition), need, because);
    }
    return undefined;
  }

  /** An answer late in virtual time: the caller's own hold on the clock has to wait as well. */
  async #pause(seconds: number, principal: Principal): Promise<void> {
    const { clock, neighbour } = this.#parts.cloud;
    const wait = principal.kind === "role" ? neighbour<LambdaDoor>("lambda").suspend(principal) : undefined;
    await new Promise<void>((resolve) => {
      clock.at(clock.now() + seconds * 1000, "a delayed answer", async () => {
        await wait?.resume();
        resolve();
      });
    });
  }

  #log({ principal, service, operation, requestId, decisions }: Making, error: string | undefined): void {
    const { calls, cloud } = this.#parts;
    const decisive = decisions.find(({ allowed }) => !allowed) ?? decisions[0];
    calls.add({
      at: new Date(cloud.clock.now()).toISOString(),
      principal:
        principal.kind === "owner" ? "owner" : principal.kind === "role" ? principal.roleArn : principal.service,
      service,
      operation,
      resource: decisive?.resource,
      allowed: decisive?.allowed ?? true,
      statement: decisive?.statement,
      error,
      functionName: functionOf(principal),
      requestId,
      decisions,
    });
  }
}

const CALL_FAULTS = ["throttle", "error", "timeout", "lost-response", "duplicate", "delay", "crash", "down"];

const functionOf = (principal: Principal): string | undefined =>
  principal.kind === "role" ? principal.functionName : undefined;

const codeOf = (error: unknown): string =>
  error instanceof AwsError ? error.code : error instanceof ConnectionLost ? error.name : "InternalFailure";
