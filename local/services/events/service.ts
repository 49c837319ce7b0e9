import type { Cloud, Service } from "../../contract.ts";
import type { EventsDoor } from "../../neighbours.ts";
import { busNamed, newBus } from "./buses.ts";
import { Delivery } from "./delivery.ts";
import { putEvents } from "./operations/put-events.ts";
import { ruleOperations } from "./operations/rules.ts";
import { eventResources } from "./resources.ts";
import { followSchedule } from "./rules.ts";
import type { Buses } from "./state.ts";

/** Amazon EventBridge: buses, rules by pattern and by schedule, targets with retries and dead letters. */
export const createEventsService = (cloud: Cloud): Service => {
  const buses: Buses = new Map([["default", newBus(cloud, "default")]]);
  const delivery = new Delivery(cloud, buses);
  const door: EventsDoor = { deliver: (event) => delivery.onBus(busNamed(buses, "default"), event) };
  cloud.expose("events", door);
  return {
    name: "events",
    operations: { PutEvents: putEvents(buses, delivery), ...ruleOperations(buses, delivery) },
    resources: eventResources(buses),
    start: () => {
      for (const bus of buses.values()) for (const rule of bus.rules.values()) followSchedule(cloud, rule, delivery);
    },
  };
};
