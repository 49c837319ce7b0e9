/** Many kills of many services within a minute: none is lost, each service has one plan, AWS is asked slowly. */
import { rmSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { mostWithin, playBurst } from "../../bench/burst/burst.ts";
import { assemblyWith, shippedAssembly } from "../builders/assembly.ts";
import { UNBRAKED } from "./world.ts";

vi.setConfig({ testTimeout: 240_000 });

const SERVICES = 30;
const EVENTS = 300;

test("without brakes every service gets its one plan, at half the rate that AWS grants, and no kill is lost", async () => {
  const assemblyFolder = assemblyWith(UNBRAKED);
  try {
    const result = await playBurst({ assemblyFolder, services: SERVICES, events: EVENTS, restSeconds: 900 });
    expect(result.killsKnown).toBe(EVENTS);
    expect(result.services.filter(({ plans }) => plans !== 1)).toEqual([]);
    expect(result.plansDone).toBe(SERVICES);
    expect(result.registeredAtMs).toHaveLength(SERVICES);
    // One every two seconds, and one at the beginning.
    expect(mostWithin(result.registeredAtMs, 20)).toBeLessThanOrEqual(11);
    expect([result.deadLetters, result.waiting]).toEqual([[], 0]);
  } finally {
    rmSync(assemblyFolder, { recursive: true, force: true });
  }
});

test("with brakes every service has its record, few are changed, and people get one message", async () => {
  const assemblyFolder = shippedAssembly();
  const result = await playBurst({ assemblyFolder, services: SERVICES, events: EVENTS, restSeconds: 600 });
  expect(result.killsKnown).toBe(EVENTS);
  const acted = result.services.filter(({ plans }) => plans > 0);
  // The correlation breaker counts the fifth service in trouble, so four at most were begun before it.
  expect(acted.length).toBeGreaterThan(0);
  expect(acted.length).toBeLessThanOrEqual(4);
  const held = result.services.filter(({ decisions }) => decisions.includes("correlation"));
  expect(held).toHaveLength(SERVICES - acted.length);
  expect(result.registeredAtMs).toHaveLength(acted.length);
  expect(result.messages).toEqual([expect.stringContaining("services are killed for memory at once")]);
  // A kill that is held costs one look at its service; what it runs is read once by each process.
  expect(result.awsCalls).toBeLessThan(1.6 * EVENTS);
  expect([result.deadLetters, result.waiting]).toEqual([[], 0]);
});
