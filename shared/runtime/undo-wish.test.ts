import { describe, expect, test } from "vitest";
import type { ServiceItem } from "#shared/ports/ledger.ts";
import { createTalk } from "../../test/protocol/talk.ts";
import { dueAt } from "./aftermath.ts";
import type { StepMeanings } from "./progress.ts";
import { wishHeard } from "./undo-wish.ts";

const NOW = new Date("2026-11-23T06:00:00Z");
const meanings: StepMeanings = {
  undo: (step) => (step.do === "deploy-revision" ? [{ do: "copy-revision", of: "before", imagesOf: "after" }] : []),
  rebase: (step) => step,
  writes: () => true,
};

/** A service's item after a raise that was approved: watched, or over. */
const itemAfter = async (rounds: number): Promise<ServiceItem> => {
  const talk = await createTalk();
  await talk.press("approve");
  await talk.passTime(rounds);
  return talk.item();
};
const watched = await itemAfter(4);
const over = await itemAfter(20);

const { active: running } = watched;
const newer = { ...watched, active: running && { ...running, plan: { ...running.plan, id: "newer" } } };

const wish = (item: ServiceItem, planId = (item.active ?? item.lastDone)?.plan.id ?? ""): ServiceItem => ({
  ...item,
  undoAsked: { planId, by: "U01", at: NOW.toISOString() },
});
const heard = (item: ServiceItem): ServiceItem => wishHeard(item, meanings, NOW);

test("without a wish nothing changes", () => {
  expect(heard(watched)).toBe(watched);
});

test("a plan under way, or over, is taken back by the undo of what it did", () => {
  for (const item of [watched, over])
    expect(heard(wish(item))).toMatchObject({
      undoAsked: undefined,
      active: { status: "undoing", cursor: 0, steps: [{ do: "copy-revision" }], because: "asked" },
    });
});

describe("a wish that came too late is dropped", () => {
  test.each<[string, ServiceItem]>([
    ["for another plan than the last", wish(over, "another")],
    ["while another plan runs", wish(watched, "another")],
    ["for the last plan while a newer one runs", wish({ ...newer, lastDone: over.lastDone }, over.lastDone?.plan.id)],
    ["for a plan of which nothing is left", wish({ ...over, lastDone: undefined }, "gone")],
  ])("%s", (_, item) => {
    expect(heard(item)).toEqual({ ...item, undoAsked: undefined });
  });

  test("for a plan that is being taken back already", () => {
    const { active } = watched;
    const item = wish({ ...watched, active: active && { ...active, status: "undoing" } });
    expect(heard(item)).toEqual({ ...item, undoAsked: undefined });
  });

  test("for one whose steps cannot be undone", () => {
    const item = wish(over);
    expect(wishHeard(item, { ...meanings, undo: () => [] }, NOW)).toEqual({ ...item, undoAsked: undefined });
  });
});

describe("the sweep comes for a wish", () => {
  const later = (item: ServiceItem): ServiceItem => ({ ...item, outbox: [] });

  test("at once", () => {
    expect(dueAt(later(wish(over)), NOW)).toEqual(NOW);
    expect(dueAt(later(over), NOW)).toBeUndefined();
  });

  test("when whoever runs the plan is done or dead", () => {
    const lease = { owner: "somebody", until: "2026-11-23T06:01:00.000Z" };
    expect(dueAt(later({ ...wish(watched), lease }), NOW)).toEqual(new Date(lease.until));
  });

  test("when a write in doubt is to be looked at", () => {
    const { active } = watched;
    const nextCheckAt = "2026-11-23T06:05:00.000Z";
    const inDoubt = active && { ...active, nextCheckAt, intent: { cursor: 3, at: NOW.toISOString() } };
    expect(heard(wish({ ...watched, active: inDoubt }))).toMatchObject({
      undoAsked: {},
      active: { status: "running" },
    });
    expect(dueAt(later(wish({ ...watched, active: inDoubt })), NOW)).toEqual(new Date(nextCheckAt));
  });
});
