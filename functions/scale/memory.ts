/** What the scaler keeps of a service between two ticks, in the service's ledger item. */
import type { Evidence } from "#shared/domain/decision.ts";
import type { JsonObject } from "#shared/domain/json.ts";
import type { ScaleState } from "./state.ts";

/** A change that was begun; after a crash it may or may not have happened. */
export interface Intent {
  readonly write: "desired-count" | "minimum";
  readonly from: number;
  readonly to: number;
  readonly at: string;
  readonly evidence: Evidence;
}

/** The service's scalable target as it was last read. */
export interface KnownTarget {
  readonly readAtSeconds: number;
  /** Undefined when the service has none. */
  readonly bounds: { readonly min: number; readonly max: number } | undefined;
  /** Whether somebody else's policy scales the service. */
  readonly isScaled: boolean;
  /** The minimum that we set, and the one that stood there before. */
  readonly moved: { readonly to: number; readonly owners: number } | undefined;
}

export interface ScaleMemory {
  /** Raised when the meaning of anything below changes; what another version wrote is forgotten and learned anew. */
  readonly version: 2;
  readonly state: ScaleState | undefined;
  /** Slot of the last tick. */
  readonly slot: number;
  readonly wantsMinutes: boolean;
  readonly askedMinutesAtSeconds: number;
  /** Start of the newest minute that was read. */
  readonly newestMinuteSeconds: number;
  readonly target: KnownTarget | undefined;
  readonly intent: Intent | undefined;
  /** Troubles by reason, with the day on which people were last told. */
  readonly told: Readonly<Record<string, string>>;
  /** Since when a trouble has been seen at every look. */
  readonly troubledSince: Readonly<Record<string, string>>;
  /** What was last said that would have been done. */
  readonly wouldHave: { readonly to: number; readonly at: string } | undefined;
}

/** A service that was never looked at. */
const nothingKnown: ScaleMemory = {
  version: 2,
  state: undefined,
  slot: 0,
  wantsMinutes: true,
  askedMinutesAtSeconds: 0,
  newestMinuteSeconds: 0,
  target: undefined,
  intent: undefined,
  told: {},
  troubledSince: {},
  wouldHave: undefined,
};

/** JSON writes a number that is none as null, and no other null is ever stored: such a state would spoil every tick to come. */
const isSpoilt = (state: unknown): boolean => JSON.stringify(state ?? {}).includes("null");

/** The memory in an item; what another version wrote or what is spoilt is forgotten, and learned anew. */
export const memoryOf = (stored: JsonObject | undefined): ScaleMemory => {
  if (stored?.version !== nothingKnown.version) return nothingKnown;
  const memory = { ...nothingKnown, ...(stored as unknown as Partial<ScaleMemory>) };
  return isSpoilt(memory.state) ? { ...memory, state: undefined } : memory;
};

/** The memory as an item keeps it. */
export const storedOf = (memory: ScaleMemory): JsonObject => memory as unknown as JsonObject;
