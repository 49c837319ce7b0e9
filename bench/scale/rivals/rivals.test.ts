import { describe, expect, test } from "vitest";
import type { MinuteMetrics, View } from "../controller.ts";
import { fastAutoscaler } from "./fast-autoscaler.ts";
import { keda } from "./keda.ts";
import { cdkSteps, stepScaling } from "./steps.ts";
import { targetTracking } from "./target-tracking.ts";
import { wpa } from "./wpa.ts";

interface Seen {
  readonly nowSeconds: number;
  readonly desired: number;
  readonly visible?: number;
  readonly inFlight?: number;
  readonly minutes?: readonly Partial<MinuteMetrics>[];
  readonly unreadable?: boolean;
}

const view = ({ nowSeconds, desired, visible = 0, inFlight = 0, minutes = [], unreadable = false }: Seen): View => ({
  nowSeconds,
  desired,
  running: desired,
  pending: 0,
  counts: () => (unreadable ? undefined : { visible, inFlight }),
  newestMinute: minutes.length - 1,
  minute: (index) => {
    const minute = minutes[index];
    return minute === undefined
      ? undefined
      : {
          startSeconds: index * 60,
          sent: 0,
          deleted: 0,
          visibleMax: 0,
          visibleMean: 0,
          inFlightMean: 0,
          runningMean: desired,
          oldestSeconds: 0,
          cpu: 0.5,
          ...minute,
        };
  },
  sample: () => ({ visible, running: desired }),
  exact: { visible, inFlight },
});
const limits = { min: 1, max: 100 };
const minutesOf = (count: number, minute: Partial<MinuteMetrics>): Partial<MinuteMetrics>[] =>
  Array(count).fill(minute);

describe("KEDA under the HPA", () => {
  const make = () => keda("test", { queueLength: 5, downWindowSeconds: 300, ...limits });
  test("counts messages in flight as backlog and at most doubles in fifteen seconds", () => {
    expect(make().decide(view({ nowSeconds: 0, desired: 10, visible: 400, inFlight: 40 }))).toBe(20);
  });
  test("adds four at once when doubling is less", () => {
    expect(make().decide(view({ nowSeconds: 0, desired: 1, visible: 400 }))).toBe(5);
  });
  test("stays within a tenth of its target", () => {
    expect(make().decide(view({ nowSeconds: 0, desired: 10, visible: 54 }))).toBe(10);
  });
  test("goes down only to the highest recommendation of five minutes", () => {
    const hpa = make();
    hpa.decide(view({ nowSeconds: 0, desired: 8, visible: 40 }));
    expect(hpa.decide(view({ nowSeconds: 285, desired: 8, visible: 5 }))).toBe(8);
    expect(hpa.decide(view({ nowSeconds: 600, desired: 8, visible: 5 }))).toBe(1);
  });
  test("holds when the queue cannot be read", () => {
    expect(make().decide(view({ nowSeconds: 0, desired: 7, unreadable: true }))).toBe(7);
  });
});

describe("target tracking", () => {
  const make = () =>
    targetTracking("test", {
      target: 100,
      outCooldownSeconds: 300,
      inCooldownSeconds: 300,
      basis: "running",
      scaleIn: "one",
      periodSeconds: 60,
      ...limits,
    });
  test("waits for three high minutes, then goes to where the metric meets its target", () => {
    const high = { visibleMean: 1500, runningMean: 10 };
    expect(make().decide(view({ nowSeconds: 300, desired: 10, minutes: [{}, {}, {}, high, high] }))).toBe(10);
    expect(make().decide(view({ nowSeconds: 300, desired: 10, minutes: [{}, {}, high, high, high] }))).toBe(15);
  });
  test("goes down after fifteen low minutes, not after fourteen", () => {
    const low = { visibleMean: 10, runningMean: 10 };
    expect(make().decide(view({ nowSeconds: 1000, desired: 10, minutes: minutesOf(14, low) }))).toBe(10);
    expect(make().decide(view({ nowSeconds: 1000, desired: 10, minutes: minutesOf(15, low) }))).toBe(9);
  });
});

describe("the CDK's queue service", () => {
  const make = () => stepScaling("cdk", "test", { ...cdkSteps, ...limits });
  test("adds five at five hundred waiting messages, one at a hundred, none below", () => {
    const at = (visibleMax: number) =>
      make().decide(view({ nowSeconds: 400, desired: 4, minutes: minutesOf(5, { visibleMax }) }));
    expect([at(500), at(100), at(99)]).toEqual([9, 5, 4]);
  });
  test("takes one away only when five minutes showed nothing and the CPU is low as well", () => {
    const at = (cpu: number) =>
      make().decide(view({ nowSeconds: 2000, desired: 4, minutes: minutesOf(15, { visibleMax: 0, cpu }) }));
    expect([at(0.5), at(0.1)]).toEqual([4, 3]);
  });
});

test("WPA never goes below what the sent messages keep busy, and waits before it goes down", () => {
  const pool = wpa("test", {
    targetMessagesPerWorker: 100,
    downDelaySeconds: 600,
    secondsPerMessage: 2,
    slotsPerTask: 4,
    ...limits,
  });
  expect(pool.decide(view({ nowSeconds: 0, desired: 2, visible: 900, minutes: [{ sent: 600 }] }))).toBe(9);
  expect(pool.decide(view({ nowSeconds: 300, desired: 9, minutes: [{ sent: 600 }] }))).toBe(9);
  expect(pool.decide(view({ nowSeconds: 700, desired: 9, minutes: [{ sent: 600 }] }))).toBe(5);
});

test("the fast autoscaler adds a hundredth of the waiting messages and goes down by a hundredth of its tasks", () => {
  const make = () =>
    fastAutoscaler("test", {
      outAboveVisible: 100,
      outFraction: 0.01,
      inFraction: 0.99,
      inCooldownSeconds: 120,
      ...limits,
    });
  expect(make().decide(view({ nowSeconds: 0, desired: 10, visible: 1200 }))).toBe(22);
  expect(make().decide(view({ nowSeconds: 0, desired: 100, visible: 3 }))).toBe(99);
});
