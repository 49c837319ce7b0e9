/** Another reaction's proposal for the same service: a question that waits for a person must not keep a killed service waiting. */
import { expect, test } from "vitest";
import type { Plan } from "#shared/domain/plan.ts";
import { initialProgress } from "#shared/runtime/progress.ts";
import { killEvent } from "../builders/kill.ts";
import { REF } from "../fakes/services.ts";
import { createWorld } from "./world.ts";

/** A world in whose service's item the gate has a plan of this mode. */
const worldWith = async (mode: "ask" | "act") => {
  const world = createWorld();
  const item = await world.item();
  const plan: Plan = {
    schemaVersion: 1,
    id: "promote-image-1",
    kind: "promote-image",
    incident: "gate/promotion/production/order-service/v2",
    reaction: "gate",
    service: REF,
    mode,
    createdAt: world.clock.now().toISOString(),
    decidedFor: world.services.registered[0]?.arn ?? "",
    steps: [{ do: "wait-until-steady", atMostSeconds: 1800 }],
    usdPerMonth: 0,
    evidence: {},
    aftermath: { cooldownSeconds: 600, failuresUntilOpen: 2, breakerOpenSeconds: 86_400 },
    admission: undefined,
  };
  await world.ledger.save({ ...item, active: initialProgress(plan, world.clock.now()) }, undefined);
  return world;
};

test("a kill is answered although a promotion waits for an answer, and the promotion is told as superseded", async () => {
  const world = await worldWith("ask");
  await world.spawn().handle(killEvent());
  expect((await world.item()).active?.plan.kind).toBe("raise-memory");
  expect(world.published).toContainEqual(
    expect.objectContaining({
      incident: "gate/promotion/production/order-service/v2",
      reaction: "gate",
      reason: "made-way",
      plan: expect.objectContaining({ id: "promote-image-1", status: "superseded" }),
    }),
  );
});

test("a plan of the gate that is carried out already is waited for", async () => {
  const world = await worldWith("act");
  expect(await world.spawn().handle(killEvent())).toMatchObject({ decision: "hold", reason: "already-under-way" });
  expect((await world.item()).active?.plan.kind).toBe("promote-image");
});
