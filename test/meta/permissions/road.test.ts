/** From the kill to the message: no role on this way may do more than it needs. */
import { expect, test } from "vitest";
import { killEvent } from "../../builders/kill.ts";
import { eventOf, SERVICE, UNBRAKED } from "../../scenarios/world.ts";
import { type Proof, prove } from "./proof.ts";
import { queueTakesNothing } from "./schedule-story.ts";

/** What happens to a platform in a bad week. */
const stories: Proof["stories"] = {
  "a service of a stack needs more memory": async (world) => {
    world.door.suffer("production", SERVICE, { memoryMiB: 1300 });
    await world.until("raised", () => world.service().taskDefinitionArn.endsWith(":2"), 600);
    await world.until("over", () => world.isOver(), 1800);
  },
  "the function is killed after it registered a revision": async (world) => {
    await world.createService({ name: "cart" });
    await world.pass(120);
    world.door.fault({ service: "ecs", operation: "RegisterTaskDefinition", kind: "crash" });
    world.kill({ service: "cart" });
    await world.until("over", () => world.isOver("cart"), 1800);
  },
  "AWS throttles a deployment": async (world) => {
    await world.createService({ name: "search" });
    await world.pass(120);
    world.door.fault({ service: "ecs", operation: "UpdateService", kind: "throttle", functionName: "reflex-oom" });
    world.kill({ service: "search" });
    await world.until("over", () => world.isOver("search"), 1800);
  },
  "nobody tells of a kill": async (world) => {
    await world.createService({ name: "quiet" });
    await world.pass(120);
    const rule = { Name: world.resource("AWS::Events::Rule", /OomKills/) };
    await world.ask("events", "DisableRule", rule);
    world.door.suffer("production", "quiet", { memoryMiB: 1300 });
    await world.until("raised", () => world.service("quiet").taskDefinitionArn.endsWith(":2"), 1200);
    await world.ask("events", "EnableRule", rule);
    await world.until("over", () => world.isOver("quiet"), 1800);
  },
  "messages come that nobody can read": async (world) => {
    const event = eventOf(killEvent());
    world.post({ ...event, detail: { ...event.detail, version: "five" } });
    for (const reaction of ["notify", "sweep"]) await world.send(reaction, "not JSON");
    await world.pass(60);
    for (const reaction of ["oom", "notify", "sweep"]) expect(await world.deadLetters(reaction)).toHaveLength(1);
  },
  "the sweep's queue takes nothing for a while": queueTakesNothing("sweep", 600),
};

test(
  "every statement of the road's roles is the sole reason for a call, every action of it is used, and no call is denied",
  () => prove("road", { config: UNBRAKED, stories }),
  120_000,
);
