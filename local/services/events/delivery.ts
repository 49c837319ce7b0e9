import { AwsError, type BusEvent, type Cloud, type Json, type Principal } from "../../contract.ts";
import type { FaultsDoor, IamDoor, LambdaDoor, SnsDoor, SqsDoor } from "../../neighbours.ts";
import { flatten, matchesFlat } from "./pattern/match.ts";
import { shapeEvent } from "./shape.ts";
import type { Bus, Buses, Rule, Target } from "./state.ts";

/** Sources whose events AWS delivers on a best-effort basis: these may be lost. Source: EventBridge, delivery level. */
const BEST_EFFORT: ReadonlySet<string> = new Set([
  "aws.ecr",
  "aws.inspector2",
  "aws.codedeploy",
  "aws.application-autoscaling",
]);
const MOST_HOPS = 5;

/** The codes of dead letters for trouble that was asked for. Source: EventBridge user guide, "Dead-letter queues". */
const CODES: Readonly<Record<string, string>> = {
  error: "ERROR_FROM_TARGET",
  throttle: "THROTTLING",
  timeout: "TIMEOUT",
};

/** Why a target did not take an event, and whether another try may help. */
type Failure = { readonly code: string; readonly message: string; readonly retry: boolean };

/** One event on its way to one target. */
interface Errand {
  readonly rule: Rule;
  readonly target: Target;
  readonly event: BusEvent;
  readonly body: string;
  readonly sinceMs: number;
  readonly hops: number;
}

type ServicePrincipal = Extract<Principal, { kind: "service" }>;

/** Carries events from buses to the targets of matching rules, late, out of order and at least once. */
export class Delivery {
  readonly #cloud: Cloud;
  readonly #buses: Buses;

  constructor(cloud: Cloud, buses: Buses) {
    this.#cloud = cloud;
    this.#buses = buses;
  }

  /** Hands an event to every enabled rule of a bus whose pattern it matches. */
  onBus(bus: Bus, event: BusEvent, hops = 0): void {
    const faults = this.#cloud.neighbour<FaultsDoor>("faults");
    const detailType = event["detail-type"];
    if (BEST_EFFORT.has(event.source) && faults.take("events", detailType, ["lost-event"])) return;
    const copies = faults.take("events", detailType, ["duplicate-event"]) ? 2 : 1;
    const flat = flatten(event);
    for (const rule of bus.rules.values()) {
      if (rule.state !== "ENABLED" || !rule.pattern || !matchesFlat(rule.pattern, flat)) continue;
      for (let copy = 0; copy < copies; copy += 1) this.toTargets(rule, event, hops, copy * 5_000);
    }
  }

  /** Hands an event to every target of one rule. */
  toTargets(rule: Rule, event: BusEvent, hops = 0, laterMs = 0): void {
    const { clock, random } = this.#cloud;
    for (const target of rule.targets.values()) {
      const body = shapeEvent(target.shape, event, rule);
      const errand: Errand = { rule, target, event, body, sinceMs: clock.now(), hops };
      // About half a second is what AWS describes as typical; the jitter lets events overtake each other.
      const delayMs = laterMs + 400 + Math.floor(random.next() * 500);
      clock.at(clock.now() + delayMs, `deliver to ${target.arn}`, () => this.#attempt(errand, 0));
    }
  }

  #attempt(errand: Errand, retries: number): void {
    const failure = this.#hand(errand);
    if (!failure) return;
    const { clock, random } = this.#cloud;
    const { target, sinceMs } = errand;
    const delayMs = Math.min(2 ** retries * 1_000, 600_000) * (0.5 + random.next() / 2);
    const tooOld = clock.now() + delayMs > sinceMs + target.mostAgeSeconds * 1_000;
    const condition = tooOld ? "MaximumEventAgeInSeconds" : "MaximumRetryAttempts";
    if (!failure.retry) this.#giveUp(errand, failure, retries, undefined);
    else if (tooOld || retries >= target.mostRetries) this.#giveUp(errand, failure, retries, condition);
    else clock.at(clock.now() + delayMs, `deliver again to ${target.arn}`, () => this.#attempt(errand, retries + 1));
  }

  #giveUp({ rule, target, event }: Errand, failure: Failure, retries: number, exhausted?: string): void {
    const attributes = {
      RULE_ARN: rule.arn,
      TARGET_ARN: target.arn,
      ERROR_CODE: failure.code,
      ERROR_MESSAGE: failure.message,
      ...(exhausted && { EXHAUSTED_RETRY_CONDITION: exhausted }),
      ...(retries > 0 && { RETRY_ATTEMPTS: String(retries) }),
    };
    const kept =
      target.deadLetterArn !== undefined &&
      this.#cloud
        .neighbour<SqsDoor>("sqs")
        .deliver(target.deadLetterArn, JSON.stringify(event), this.#principal(rule), attributes);
    const fate = kept ? "went to the dead-letter queue" : "is lost";
    this.#cloud.say(`events: ${event["detail-type"]} for ${target.arn} ${fate}: ${failure.message}`);
  }

  #principal(rule: Rule): ServicePrincipal {
    return { kind: "service", service: "events.amazonaws.com", sourceArn: rule.arn };
  }

  #hand(errand: Errand): Failure | undefined {
    const { target, rule, body } = errand;
    const fault = this.#cloud
      .neighbour<FaultsDoor>("faults")
      .take("events", "DeliverToTarget", ["error", "throttle", "timeout"]);
    if (fault) return { code: CODES[fault.kind] ?? "UNKNOWN", message: `${target.arn}: ${fault.kind}`, retry: true };
    const from = this.#principal(rule);
    switch (target.arn.split(":")[2]) {
      case "sqs":
        return this.#toQueue(target, body, from);
      case "lambda":
        return this.#toFunction(target, body, from);
      case "sns":
        return this.#toTopic(target, body, from);
      default:
        return this.#toBus(errand, from);
    }
  }

  #toQueue(target: Target, body: string, from: ServicePrincipal): Failure | undefined {
    const sqs = this.#cloud.neighbour<SqsDoor>("sqs");
    if (sqs.deliver(target.arn, body, from)) return undefined;
    return sqs.queues().some(({ arn }) => arn === target.arn) ? refusal(target) : absence(target);
  }

  #toFunction(target: Target, body: string, from: ServicePrincipal): Failure | undefined {
    const lambda = this.#cloud.neighbour<LambdaDoor>("lambda");
    if (!lambda.allows(target.arn, from)) return refusal(target);
    try {
      lambda.invokeAsync(target.arn, JSON.parse(body) as Json);
      return undefined;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return { code: "INVALID_JSON", message: `the input for ${target.arn} is not JSON: ${body}`, retry: false };
    }
  }

  #toTopic(target: Target, body: string, from: ServicePrincipal): Failure | undefined {
    try {
      this.#cloud.neighbour<SnsDoor>("sns").publish(target.arn, body, from);
      return undefined;
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return { code: "NO_PERMISSIONS", message: error.message, retry: false };
    }
  }

  /** Another bus takes the event by the rule's role or by its own policy. */
  #toBus({ target, event, hops, rule }: Errand, from: ServicePrincipal): Failure | undefined {
    const bus = [...this.#buses.values()].find(({ arn }) => arn === target.arn);
    if (!bus) return absence(target);
    if (target.roleArn !== undefined && !this.#assumes(target.roleArn))
      return { code: "FAILED_TO_ASSUME_ROLE", message: `${target.roleArn} cannot be assumed`, retry: false };
    if (!this.#mayPutOn(bus, event, target, from)) return refusal(target);
    if (hops >= MOST_HOPS) this.#cloud.say(`events: ${rule.name} sends ${event["detail-type"]} in circles; dropped`);
    else this.onBus(bus, event, hops + 1);
    return undefined;
  }

  #assumes(roleArn: string): boolean {
    return this.#cloud.neighbour<IamDoor>("iam").trusts(roleArn, "events.amazonaws.com");
  }

  #mayPutOn(bus: Bus, event: BusEvent, { roleArn }: Target, from: ServicePrincipal): boolean {
    const iam = this.#cloud.neighbour<IamDoor>("iam");
    const context = { "events:source": event.source, "events:detail-type": event["detail-type"] };
    if (roleArn === undefined)
      return (
        iam.decideByResourcePolicy(bus.policy, from, "events:PutEvents", bus.arn, {
          ...context,
          "aws:SourceArn": from.sourceArn,
        }) === "allow"
      );
    const role: Principal = { kind: "role", roleArn, sessionName: "events" };
    return iam.decide(role, "events:PutEvents", bus.arn, context).allowed;
  }
}

const refusal = ({ arn }: Target): Failure => ({
  code: "NO_PERMISSIONS",
  message: `Lack of permissions to invoke ${arn}.`,
  retry: false,
});

const absence = ({ arn }: Target): Failure => ({
  code: "NO_RESOURCE",
  message: `There is no resource ${arn}.`,
  retry: false,
});
