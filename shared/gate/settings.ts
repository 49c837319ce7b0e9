/** The settings a verdict rests on: the block `gate` of one service, resolved. */
import type { SettingsOf } from "#shared/config/block.ts";
import type { gate } from "#shared/config/gate.ts";

export type GateSettings = SettingsOf<typeof gate>;
