/** Every block of the configuration by its key. */
import { account } from "./account.ts";
import type { SettingsOf } from "./block.ts";
import { brakes } from "./brakes.ts";
import { gate } from "./gate.ts";
import { limits } from "./limits.ts";
import { oom } from "./oom.ts";
import { scale } from "./scale.ts";
import { slack } from "./slack.ts";

export const blocks = { brakes, limits, account, slack, oom, gate, scale } as const;

export type BlockName = keyof typeof blocks;

/** All settings of one service. */
export type Settings = { readonly [Name in BlockName]: SettingsOf<(typeof blocks)[Name]> };
