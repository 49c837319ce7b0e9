import fc from "fast-check";
import { expect, test } from "vitest";
import { addSample, arrivedBy, rateBetween, type Sample } from "./arrivals.ts";

const curve = (reads: number, perSecond: number, reachSeconds = 60): readonly Sample[] => {
  let samples: readonly Sample[] = [];
  // Two seconds in flight and eight at work: four leave a second, the rest of what arrives waits.
  for (let read = 0; read < reads; read += 1)
    samples = addSample(samples, 1000 + read * 10, read * 10 * (perSecond - 4), 8, 2, reachSeconds);
  return samples;
};

test("what arrives is what is there more than before, and what left meanwhile", () => {
  expect(rateBetween(curve(20, 10), 1060, 1180)).toBeCloseTo(10, 6);
});

test("noise in the counts is not taken for arrivals", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -30, max: 30 }), { minLength: 33, maxLength: 33 }), (noise) => {
      let samples: readonly Sample[] = [];
      for (const [read, off] of noise.entries())
        samples = addSample(samples, read * 10, 1000 + (read < 32 ? off : (noise[1] ?? 0)), 8, 2, 60);
      expect(rateBetween(samples, 10, 320)).toBeCloseTo(4, 1);
    }),
  );
});

test("a gap of two minutes begins a new curve", () => {
  const samples = addSample(curve(20, 10), 1190 + 120, 500, 8, 2, 60);
  expect(samples.length).toBe(1);
});

test("the curve reaches as far back as a message may wait, and stays short", () => {
  const samples = curve(300, 10, 900);
  expect(samples.length).toBeLessThanOrEqual(50);
  expect(arrivedBy(samples, 3990 - 900) - (samples[0]?.[1] ?? 0)).toBeCloseTo(
    10 * (3990 - 900 - (samples[0]?.[0] ?? 0)),
    0,
  );
  expect((samples[0]?.[0] ?? 0) <= 3990 - 840).toBe(true);
});
