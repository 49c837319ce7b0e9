/** The steps that this function carries; its role is generated from them. */
import { copyRevision } from "#shared/steps/copy-revision.ts";
import { deployRevision } from "#shared/steps/deploy-revision.ts";
import { raiseMemory } from "#shared/steps/raise-memory.ts";
import { waitUntilSteady } from "#shared/steps/wait-until-steady.ts";
import { watchForKills } from "#shared/steps/watch-for-kills.ts";

export const oomSteps = {
  "raise-memory": raiseMemory,
  "copy-revision": copyRevision,
  "deploy-revision": deployRevision,
  "wait-until-steady": waitUntilSteady,
  "watch-for-kills": watchForKills,
} as const;
