/** What the person at the machine may do to the world: the functions behind `/_local/`, for tests and stories as well. */
import type { Call } from "../calls.ts";
import type { LocalCloud } from "../cloud.ts";
import type { BusEvent, JsonObject } from "../contract.ts";
import type { Fault } from "../faults.ts";
import type {
  CloudFormationDoor,
  Conditions,
  EcrDoor,
  EcsDoor,
  EventsDoor,
  PushedImage,
  SlackDoor,
  SlackMessage,
  SqsDoor,
} from "../neighbours.ts";
import { Refusal } from "./fields.ts";
import { type Load, QueueLoads } from "./load.ts";

/** An event as somebody writes it by hand: what AWS fills in may be left out. */
export type GivenEvent = Pick<BusEvent, "source" | "detail-type" | "detail"> & Partial<BusEvent>;

/** The control door. Every function answers when it has been carried out; time moves only by `advance`. */
export class ControlDoor {
  readonly #local: LocalCloud;
  readonly #loads: QueueLoads;

  constructor(local: LocalCloud) {
    this.#local = local;
    this.#loads = new QueueLoads(local.cloud);
  }

  /** The virtual instant, ISO 8601. */
  now(): string {
    return new Date(this.#local.clock.now()).toISOString();
  }

  /** Delivers events on the default bus, as AWS services do; answers their ids. */
  events(events: readonly GivenEvent[]): readonly string[] {
    const { account, region, random } = this.#local.cloud;
    const door = this.#local.cloud.neighbour<EventsDoor>("events");
    return events.map((given) => {
      const time = `${this.now().slice(0, 19)}Z`;
      const event: BusEvent = { version: "0", id: random.uuid(), account, time, region, resources: [], ...given };
      door.deliver(event);
      return event.id;
    });
  }

  /** Runs everything that falls due within so many seconds, and answers when all is idle. */
  async advance(seconds: number): Promise<string> {
    await this.#local.clock.advance(this.#local.clock.now() + seconds * 1000);
    return this.now();
  }

  /** Pushes an image to a repository of the world; answers its digest. */
  pushImage(image: PushedImage): { readonly digest: string } {
    return this.#local.cloud.neighbour<EcrDoor>("ecr").push(image);
  }

  /** Says what a service's tasks need or suffer from now on. */
  suffer(cluster: string, service: string, conditions: Conditions): void {
    const ecs = this.#local.cloud.neighbour<EcsDoor>("ecs");
    if (!ecs.service(cluster, service)) {
      const known = ecs.services().map((each) => `${each.cluster}/${each.name}`);
      throw new Refusal(
        `there is no service ${cluster}/${service}; ${known.join(", ") || "none yet"} would be fine`,
        404,
      );
    }
    ecs.suffer(cluster, service, conditions);
  }

  /** Loads a queue, at once or at a rate, and says how long a message takes the service that consumes it. */
  loadQueue(queueName: string, load: Load): void {
    const queues = this.#local.cloud.neighbour<SqsDoor>("sqs").queues();
    const queue = queues.find(({ name }) => name === queueName);
    if (!queue) {
      const known = queues.map(({ name }) => name).join(", ");
      throw new Refusal(`there is no queue ${queueName}; ${known || "none yet"} would be fine`, 404);
    }
    this.#loads.put(queue.arn, load);
  }

  /** The messages of the local workspace, as they stand. */
  slack(): readonly SlackMessage[] {
    return this.#local.cloud.neighbour<SlackDoor>("slack").messages();
  }

  /** Presses a button of a message. */
  async click(click: { readonly ts: string; readonly actionId: string; readonly user: string }): Promise<number> {
    const slack = this.#local.cloud.neighbour<SlackDoor>("slack");
    if (!slack.messages().some(({ ts }) => ts === click.ts))
      throw new Refusal(`ts is "${click.ts}"; the ts of a message of GET /_local/slack would be fine`, 404);
    return (await slack.click(click)).status;
  }

  slackDown(isDown: boolean): void {
    this.#local.cloud.neighbour<SlackDoor>("slack").setDown(isDown);
  }

  /** The log of calls, the oldest first. */
  calls(): readonly Call[] {
    return this.#local.calls.all();
  }

  /** Asks for trouble. */
  fault(order: Pick<Fault, "service" | "operation" | "kind"> & Partial<Fault>): void {
    this.#local.faults.add(order);
  }

  /** Sets what CloudFormation is doing with a stack. */
  stackStatus(stackName: string, status: string): void {
    this.#local.cloud.neighbour<CloudFormationDoor>("cloudformation").setStatus(stackName, status);
  }

  /** Sends a request to the API as the machine's owner. */
  request(service: string, operation: string, input: JsonObject): Promise<JsonObject> {
    return this.#local.request({ kind: "owner" }, { service, operation, input });
  }
}
