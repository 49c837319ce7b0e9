/** How a minute is divided into ticks, and which of them come too late. */
import { addSeconds, epochMs, type Instant, secondsBetween } from "#shared/domain/time.ts";
import type { Enrolment } from "./enrolment.ts";
import type { Tick } from "./event.ts";

const SLOT_SECONDS = 10;
const MINUTE_SECONDS = 60;
/** A tick that comes later than this share of its own time is left to the next one. */
const LATE_FRACTION = 0.8;

const slotOf = (minute: Instant): number => Math.floor(epochMs(minute) / (MINUTE_SECONDS * 1000)) * 6;

/** The ticks of the minute of that name, the first of them due now: one set per service, as far apart as its settings say. */
export const ticksOf = (enrolments: readonly Enrolment[], minute: Instant, now: Instant) =>
  enrolments.flatMap(({ service, tickSeconds, refusal }) => {
    // What cannot be followed is told of; once a minute is enough to see that it was mended.
    const everySeconds = refusal ? MINUTE_SECONDS : tickSeconds;
    return Array.from({ length: MINUTE_SECONDS / everySeconds }, (_, index) => {
      const delaySeconds = index * everySeconds;
      const message: Tick & { readonly source: string } = {
        source: "ecs-reflex.scale",
        "detail-type": "Reflex Tick",
        detail: {
          service,
          slot: slotOf(minute) + delaySeconds / SLOT_SECONDS,
          dueAt: addSeconds(now, delaySeconds),
        },
      };
      return { message, delaySeconds };
    });
  });

/** Whether the next tick is so near that this one is worth nothing. */
export const isLate = (dueAt: Instant, now: Instant, tickSeconds: number): boolean =>
  secondsBetween(dueAt, now) > LATE_FRACTION * tickSeconds;
