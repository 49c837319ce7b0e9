import { expect, test } from "vitest";
import type { Sample } from "./arrivals.ts";
import { missingTasks, type Situation, spareTasks } from "./demand.ts";
import { startTimeOf } from "./starts.ts";

/** Ten messages a second for five minutes, the newest `waiting` of them not started. */
const samplesWith = (waiting: number): readonly Sample[] =>
  Array.from({ length: 31 }, (_, index): Sample => [1000 + index * 10, index * 100, index === 30 ? waiting : 0, 20]);
const situation = (over: Partial<Situation> & { readonly waiting?: number } = {}): Situation => ({
  nowSeconds: 1306,
  samples: samplesWith(over.waiting ?? 0),
  runningCount: 5,
  launches: [],
  start: startTimeOf({ median: 35, p95: 60 }),
  taskRate: 2,
  ...over,
});
const outlook = { latencySeconds: 45, horizonSeconds: 120, arrivalsPerSecond: 10 };

test("tasks that keep up miss nobody, whatever waits inside the promise", () => {
  expect(missingTasks(situation({ waiting: 300 }), outlook, 0)).toBe(0);
});

test("half the tasks miss about as many again", () => {
  const missing = missingTasks(situation({ runningCount: 3, waiting: 300 }), outlook, 0);
  expect(missing).toBeGreaterThan(2);
  expect(missing).toBeLessThan(6);
});

test("tasks that are on their way count, those that are overdue begin again", () => {
  const short = situation({ runningCount: 3, waiting: 300 });
  const without = missingTasks(short, outlook, 0);
  expect(missingTasks({ ...short, launches: [[1290, 4]] }, outlook, 0)).toBeLessThan(without / 2);
  const launchedAt = (at: number) => missingTasks({ ...short, runningCount: 2, launches: [[at, 2]] }, outlook, 0);
  expect(launchedAt(1270)).toBeLessThan(launchedAt(1306));
  expect(launchedAt(1200)).toBe(launchedAt(1306));
});

test("reckoning with slow starts asks for more tasks, and for more so when few are missing", () => {
  const short = situation({ runningCount: 4, waiting: 300 });
  expect(missingTasks(short, outlook, 1.5)).toBeGreaterThan(missingTasks(short, outlook, 0));
});

test("tasks are spare when fewer hold the promise, and never more than may go", () => {
  const rich = situation({ runningCount: 12 });
  expect(spareTasks(rich, outlook, 20)).toBeGreaterThanOrEqual(7);
  expect(spareTasks(rich, outlook, 3)).toBe(3);
  expect(spareTasks(situation({ waiting: 440 }), outlook, 5)).toBe(0);
});

test("a launched task that must be there by now counts as a running one", () => {
  const sure = startTimeOf({ median: 40, p95: 41 });
  const launched = missingTasks(
    situation({ runningCount: 2, waiting: 300, launches: [[1268, 2]], start: sure }),
    outlook,
    0,
  );
  const running = missingTasks(situation({ runningCount: 4, waiting: 300, start: sure }), outlook, 0);
  const neither = missingTasks(situation({ runningCount: 2, waiting: 300, start: sure }), outlook, 0);
  expect(Math.abs(launched - running)).toBeLessThan((neither - running) / 5);
});

test("time that tasks spent idle is not saved up for later", () => {
  const rich = situation({ runningCount: 12 });
  const later = { ...outlook, latencySeconds: 20 };
  expect(spareTasks(rich, later, 12)).toBe(spareTasks({ ...rich, nowSeconds: 1300 }, later, 12));
});

test("a task that has been starting for longer is nearer to working", () => {
  const launchedAt = (at: number) =>
    missingTasks(situation({ runningCount: 2, waiting: 300, launches: [[at, 2]] }), outlook, 0);
  expect(launchedAt(1261)).toBeLessThan(launchedAt(1271));
  expect(launchedAt(1271)).toBeLessThan(launchedAt(1286));
});
