/** Instants as ECS writes them: seconds in answers, ISO 8601 without closing zeros in events. */

/** Seconds since 1970 with milliseconds, as AWS JSON carries timestamps. */
export const asSeconds = (atMs: number): number => Math.round(atMs) / 1000;

/** The same for an instant that may not have come. */
export const asSecondsIf = (atMs: number | undefined): number | undefined =>
  atMs === undefined ? undefined : asSeconds(atMs);

/** `2023-05-02T14:19:14.98Z`: ECS leaves out closing zeros of the fraction. */
export const asIso = (atMs: number): string => new Date(atMs).toISOString().replace(/\.?0*Z$/, "Z");

/** The same for an instant that may not have come. */
export const asIsoIf = (atMs: number | undefined): string | undefined => (atMs === undefined ? undefined : asIso(atMs));
