/** The core: (principal, request) to answer, on a virtual clock. HTTP and processes are shells around it. */
import { Calls } from "./calls.ts";
import { VirtualClock } from "./clock.ts";
import type { Cloud, JsonObject, Principal, Service } from "./contract.ts";
import { Faults } from "./faults.ts";
import { FrontDoor } from "./front-door.ts";
import type { EventsDoor } from "./neighbours.ts";
import { Principals } from "./principals.ts";
import { randomOf, seededRandom } from "./random.ts";
import { createServices } from "./services.ts";

/** What a local cloud is made with. */
export interface CloudOptions {
  /** Decides every id and jitter. */
  readonly seed?: string;
  /** Where virtual time starts, in milliseconds since 1970. */
  readonly startAtMs: number;
  readonly account?: string;
  readonly region?: string;
  readonly partition?: string;
  /** How many calls the log keeps. @default 50000 */
  readonly callsKept?: number;
  /** Takes lines for the operator's screen. */
  readonly say?: (line: string) => void;
  /** The services; all of them unless a test brings its own. */
  readonly services?: readonly ((cloud: Cloud) => Service)[];
}

/** One request as the wire reads it. */
export interface ApiRequest {
  readonly service: string;
  readonly operation: string;
  readonly input: JsonObject;
}

/** A running local cloud, without any wire. */
export interface LocalCloud {
  readonly cloud: Cloud;
  readonly clock: VirtualClock;
  readonly seed: string;
  readonly services: ReadonlyMap<string, Service>;
  readonly calls: Calls;
  readonly faults: Faults;
  readonly principals: Principals;
  /** Makes a call: authorised, limited, faulted, logged. */
  request(principal: Principal, request: ApiRequest, requestId?: string): Promise<JsonObject>;
  /** An id for a request that is about to be made. */
  requestId(): string;
  /** Operations that were asked for and are not modelled, as `service:Operation`. */
  readonly notModelled: ReadonlySet<string>;
}

/** A cloud with all its services, empty until an assembly is read into it. */
export function createCloud(options: CloudOptions): LocalCloud {
  const { seed = "1", startAtMs, account = "111122223333", region = "us-east-1", partition = "aws" } = options;
  const clock = new VirtualClock(startAtMs);
  const say = options.say ?? (() => {});
  const doors = new Map<string, unknown>();
  const random = seededRandom(seed);
  const eventIds = randomOf(seed, "events");

  const cloud: Cloud = {
    clock,
    account,
    region,
    partition,
    random,
    emit({ source, detailType, resources, detail, time }) {
      const at = time ?? `${new Date(clock.now()).toISOString().slice(0, 19)}Z`;
      const head = { version: "0", id: eventIds.uuid(), "detail-type": detailType, source } as const;
      cloud.neighbour<EventsDoor>("events").deliver({ ...head, account, time: at, region, resources, detail });
    },
    call: (principal, service, operation, input) => frontDoor.request(principal, { service, operation, input }),
    neighbour<T>(name: string): T {
      const door = doors.get(name);
      if (door === undefined)
        throw new Error(`no service has exposed a door "${name}"; there are ${[...doors.keys()].join(", ")}`);
      return door as T;
    },
    expose(name, door) {
      if (doors.has(name)) throw new Error(`two services expose a door "${name}"`);
      doors.set(name, door);
    },
    say,
  };

  const calls = new Calls(options.callsKept ?? 50_000);
  const faults = new Faults();
  const principals = new Principals(randomOf(seed, "access keys"));
  cloud.expose("faults", faults);
  cloud.expose("principals", principals);
  const services = new Map<string, Service>();
  for (const service of createServices(cloud, options.services)) services.set(service.name, service);
  const frontDoor = new FrontDoor({ cloud, services, calls, faults, seed });
  cloud.expose("calls", frontDoor);
  const { notModelled } = frontDoor;
  const request: LocalCloud["request"] = (principal, api, requestId) => frontDoor.request(principal, api, requestId);
  const requestId = (): string => frontDoor.requestId();
  return { cloud, clock, seed, services, calls, faults, principals, request, requestId, notModelled };
}
