/** Many services in trouble at once have one cause: which are in trouble together, and how many are remembered. */
import { type Instant, secondsBetween } from "./time.ts";

/** Services in trouble, by ARN, with the instant. */
export type Troubled = Readonly<Record<string, string>>;

/** ARNs of the services in trouble within so many seconds of that instant, before or after, most recent first. */
export const inTroubleAround = (troubled: Troubled, at: Instant, windowSeconds: number): readonly string[] =>
  Object.entries(troubled)
    .filter(([, other]) => Math.abs(secondsBetween(other, at)) <= windowSeconds)
    .sort(([, one], [, other]) => (one < other ? 1 : -1))
    .map(([arn]) => arn);

/** When a service last got into trouble; undefined when none is remembered. */
export const lastTrouble = (troubled: Troubled): string | undefined => Object.values(troubled).sort().at(-1);

/** So many services are remembered: more change no decision. */
export const servicesRemembered = (correlationServices: number): number => correlationServices * 10;
