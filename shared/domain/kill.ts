/** A container killed for memory: as the ledger remembers it, and as it was told. */
import type { ServiceRef } from "./service.ts";

/** As the ledger remembers it. */
export interface Kill {
  readonly taskArn: string;
  readonly container: string;
  /** ARN of the task definition revision that was killed. */
  readonly revision: string;
  readonly at: string;
  /** Seconds from the container's start to its death, when known. */
  readonly ranSeconds: number | undefined;
  /** `detail.version` of the event that told it. */
  readonly version: number;
}

/** As an event tells it: more than is counted later. */
export interface ObservedKill extends Kill {
  /** Undefined for a task of no service. */
  readonly service: ServiceRef | undefined;
  /** `service:NAME`, `family:NAME` or the caller's text. */
  readonly group: string;
  /** Every container killed for memory in this task, `container` first. */
  readonly containers: readonly string[];
  /** ECS, a user or Spot was stopping the task, so the reason is old or no fault of its size. */
  readonly wasBeingStopped: boolean;
  /** The container is in no task definition: AWS put it beside ours. */
  readonly isInjected: boolean;
  /** The injected containers' own limits, which count against the task's memory. */
  readonly injectedMiB: number;
}
