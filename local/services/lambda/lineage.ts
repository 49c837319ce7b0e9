/** The trace header that travels with an event, and the count of hops by which Lambda knows a loop. */
import type { Cloud } from "../../contract.ts";

/** Lambda stops a chain that comes by the same function more often than this. Source: "Use Lambda recursive loop detection". */
export const mostHops = 16;

const hashOf = (arn: string): string => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < arn.length; index += 1) hash = Math.imul(hash ^ arn.charCodeAt(index), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
};

const partsOf = (header: string): Map<string, string> =>
  new Map(
    header
      .split(";")
      .map((part) => part.split("=", 2))
      .filter((pair): pair is [string, string] => pair.length === 2),
  );

const countsOf = (lineage: string | undefined): Map<string, number> =>
  new Map(
    (lineage ?? "").split("|").flatMap((entry): [string, number][] => {
      const [, hash, count] = /^(?:\d+:)?([0-9a-f]{8}):(\d+)$/.exec(entry) ?? [];
      return hash && count ? [[hash, Number(count)]] : [];
    }),
  );

/** How often the chain of this header has come by the function. */
export const hopsOf = (header: string | undefined, functionArn: string): number =>
  countsOf(partsOf(header ?? "").get("Lineage")).get(hashOf(functionArn)) ?? 0;

/** The header of the next invocation: the same root, one hop more. */
export const nextTrace = (header: string | undefined, functionArn: string, cloud: Cloud): string => {
  const parts = partsOf(header ?? "");
  const counts = countsOf(parts.get("Lineage"));
  counts.set(hashOf(functionArn), hopsOf(header, functionArn) + 1);
  const seconds = Math.floor(cloud.clock.now() / 1000)
    .toString(16)
    .padStart(8, "0");
  const root = parts.get("Root") ?? `1-${seconds}-${cloud.random.hex(24)}`;
  const lineage = [...counts].map(([hash, count]) => `${hash}:${count}`).join("|");
  return `Root=${root};Parent=${cloud.random.hex(16)};Sampled=0;Lineage=${lineage}`;
};

/** Of a batch's headers the one whose chain is longest for this function: a loop is not hidden by its neighbours. */
export const longestTrace = (headers: readonly (string | undefined)[], functionArn: string): string | undefined =>
  headers.toSorted((a, b) => hopsOf(b, functionArn) - hopsOf(a, functionArn))[0];
