/** What AWS does in the name of the platform's services: no role of the world that the automation lives in is wider than it needs. */
import { expect, test } from "vitest";
import type { SqsDoor } from "../../../local/neighbours.ts";
import { CLUSTER } from "../../scenarios/world.ts";
import { type Proof, prove } from "./proof.ts";

const SERVICES = ["api-gateway", "user-service", "order-service", "worker"];

/** What happens on any day. */
const stories: Proof["stories"] = {
  "every service is deployed for the first time": async (world) => {
    const runs = (name: string) => world.service(name).runningCount > 0;
    await world.until("tasks of every service", () => SERVICES.every(runs));
  },
  "a task of the service that shifts its traffic is replaced": async (world) => {
    const [task] = world.service("user-service").tasks;
    await world.ask("ecs", "StopTask", { cluster: CLUSTER, task: task?.arn ?? "" });
    await world.pass(10);
  },
  "the worker works its queue off": async (world) => {
    world.door.loadQueue("worker", { messages: 3 });
    await world.pass(30);
    const sqs = world.cloud.local.cloud.neighbour<SqsDoor>("sqs");
    const queue = sqs.queues().find(({ name }) => name === "worker");
    expect(sqs.counts(queue?.arn ?? "")).toMatchObject({ visible: 0, inFlight: 0 });
  },
};

test("every statement of the platform's roles is the sole reason for a call, every action of it is used, and no call is denied", () =>
  prove("platform", { config: undefined, stories }));
