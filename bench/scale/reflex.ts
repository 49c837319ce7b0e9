import type { QueueMinute } from "../../functions/scale/observation.ts";
import { decide } from "../../functions/scale/policy.ts";
import type { Caution, ScaleSettings } from "../../functions/scale/settings.ts";
import type { ScaleState } from "../../functions/scale/state.ts";
import { billUsd } from "./bill.ts";
import type { Controller, View } from "./controller.ts";
import { type Scenario, startProfiles } from "./scenario.ts";

const tickSeconds = 10;

/** The product's own policy at the product's own tick, seeing what its function sees. */
export const reflex = (scenario: Scenario, variant = "default", caution?: Partial<Caution>): Controller => {
  const profile = startProfiles[scenario.start];
  const settings: ScaleSettings = {
    latencySeconds: scenario.latencySeconds,
    percentile: scenario.percentile,
    min: scenario.min,
    max: scenario.max,
    slotsPerTask: scenario.slotsPerTask,
    tickSeconds,
    startSeconds: { median: profile.medianSeconds, p95: profile.p95Seconds },
    ...(scenario.toldServiceFactor === undefined
      ? {}
      : { secondsPerMessage: scenario.serviceSeconds * scenario.toldServiceFactor }),
    ...(caution === undefined ? {} : { caution }),
  };
  let state: ScaleState | undefined;
  let wantsMinutes = true;
  let readMinute = -1;
  const minutesOf = (view: View): QueueMinute[] => {
    const read: QueueMinute[] = [];
    for (; readMinute < view.newestMinute; readMinute += 1) {
      const minute = view.minute(readMinute + 1);
      if (minute)
        read.push({ startSeconds: minute.startSeconds, sentMessages: minute.sent, deletedMessages: minute.deleted });
    }
    return read;
  };
  return {
    name: "reflex",
    variant,
    periodSeconds: tickSeconds,
    usdPerMonth: billUsd(tickSeconds),
    decide: (view) => {
      const counts = view.counts();
      const minutes = wantsMinutes ? minutesOf(view) : [];
      const decision = decide(
        {
          nowSeconds: view.nowSeconds,
          tasks: { desiredCount: view.desired, runningCount: view.running, pendingCount: view.pending },
          ...(counts === undefined
            ? {}
            : { counts: { visibleMessages: counts.visible, inFlightMessages: counts.inFlight } }),
          ...(minutes.length > 0 ? { minutes } : {}),
        },
        state,
        settings,
      );
      ({ state, wantsMinutes } = decision);
      return decision.desiredCount;
    },
  };
};
