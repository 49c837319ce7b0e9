import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { expect, test } from "vitest";
import { DEPTH_ALARM, DepthAlarm, MinuteSchedule, Tick } from "./event.ts";

const folder = join(import.meta.dirname, "..", "..", "test", "fixtures", "events", "scale");

const fixtures = (kind: string): readonly (readonly [string, unknown])[] =>
  globSync("*.json", { cwd: join(folder, kind) }).map((file) => [
    file,
    JSON.parse(readFileSync(join(folder, kind, file), "utf8")),
  ]);

test.each(fixtures("accepted"))("%s names the service whose queue fills", (_, event) => {
  const { detail } = v.parse(DepthAlarm, event);
  expect(detail.alarmName.slice(DEPTH_ALARM.length)).toBe("production/worker");
});

test.each(fixtures("malformed"))("%s is refused", (_, event) => {
  expect(v.safeParse(DepthAlarm, event).success).toBe(false);
});

const tick = {
  "detail-type": "Reflex Tick",
  detail: { service: "production/worker", slot: 179_000_000, dueAt: "2026-11-23T03:00:10Z" },
};

// biome-ignore format: a table reads as a table
test.each([
  ["a tick without a number",       { ...tick, detail: { ...tick.detail, slot: undefined } }],
  ["a tick with half a number",     { ...tick, detail: { ...tick.detail, slot: 1.5 } }],
  ["a tick that is due some day",   { ...tick, detail: { ...tick.detail, dueAt: "soon" } }],
  ["a tick for nobody",             { ...tick, detail: { ...tick.detail, service: undefined } }],
])("%s is refused", (_, event) => {
  expect(v.is(Tick, tick)).toBe(true);
  expect(v.is(Tick, event)).toBe(false);
});

test("a minute without a name is refused", () => {
  expect(v.is(MinuteSchedule, { "detail-type": "Reflex Schedule", time: "2026-11-23T03:00:00Z" })).toBe(true);
  expect(v.is(MinuteSchedule, { "detail-type": "Reflex Schedule", time: "now" })).toBe(false);
});
