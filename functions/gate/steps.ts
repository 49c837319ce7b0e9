/** The steps that this function carries; its role is generated from them. */
import { continueDeployment } from "#shared/steps/continue-deployment.ts";
import { copyRevision } from "#shared/steps/copy-revision.ts";
import { deployImage } from "#shared/steps/deploy-image.ts";
import { deployRevision } from "#shared/steps/deploy-revision.ts";
import { stopDeployment } from "#shared/steps/stop-deployment.ts";
import { waitUntilRolledBack } from "#shared/steps/wait-until-rolled-back.ts";
import { waitUntilSteady } from "#shared/steps/wait-until-steady.ts";

export const gateSteps = {
  "continue-deployment": continueDeployment,
  "stop-deployment": stopDeployment,
  "wait-until-rolled-back": waitUntilRolledBack,
  "deploy-image": deployImage,
  "copy-revision": copyRevision,
  "deploy-revision": deployRevision,
  "wait-until-steady": waitUntilSteady,
} as const;
