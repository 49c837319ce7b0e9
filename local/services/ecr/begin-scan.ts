import type { Cloud } from "../../contract.ts";
import { emitScanned } from "./scan-events.ts";
import type { Image, Repository } from "./state.ts";

/** Begins a scan: the basic one takes seconds, the first enhanced one minutes; what nobody knows never ends. */
export const beginScan = (cloud: Cloud, repository: Repository, image: Image): void => {
  const { clock, random } = cloud;
  const nowMs = clock.now();
  const [startS, leastS, mostS] = image.isEnhanced ? [5, 60, 180] : [1, 5, 30];
  const startedAtMs = nowMs + startS * 1_000;
  if (image.findings === null) {
    image.scan = { startedAtMs, finishedAtMs: undefined };
    return;
  }
  const finishedAtMs = nowMs + Math.floor((leastS + random.next() * (mostS - leastS)) * 1_000);
  image.scan = { startedAtMs, finishedAtMs };
  clock.at(finishedAtMs, `scan of ${repository.name}@${image.digest.slice(0, 19)}`, () => {
    if (repository.images.get(image.digest) === image) emitScanned(cloud, repository, image);
  });
};
