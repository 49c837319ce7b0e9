import { expect, test } from "vitest";
import type { JsonObject } from "#shared/domain/json.ts";
import { memoryOf, type ScaleMemory, storedOf } from "./memory.ts";
import { freshState } from "./state.ts";

const state = freshState({
  latencySeconds: 60,
  percentile: 100,
  min: 1,
  max: 5,
  slotsPerTask: 1,
  tickSeconds: 10,
  startSeconds: { median: 35, p95: 60 },
});

/** As the ledger gives it back. */
const keptAs = (over: Partial<ScaleMemory>): ScaleMemory =>
  memoryOf(JSON.parse(JSON.stringify(storedOf({ ...memoryOf(undefined), slot: 7, ...over }))) as JsonObject);

test("what is remembered comes back", () => {
  expect(keptAs({ state })).toMatchObject({ slot: 7, state: { service: state.service } });
});

test("what another version wrote is forgotten", () => {
  expect(memoryOf({ ...storedOf(keptAs({ state })), version: 1 })).toEqual(memoryOf(undefined));
});

test("a state in which a number is none is learned anew, and all else is kept", () => {
  const spoilt = { ...state, forecasting: { ...state.forecasting, square: Number.NaN } };
  expect(keptAs({ state: spoilt })).toMatchObject({ slot: 7 });
  expect(keptAs({ state: spoilt }).state).toBeUndefined();
});
