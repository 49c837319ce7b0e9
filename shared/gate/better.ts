/** Comparing verdicts, for a rollback is only worth it when it leads to something better. */

import { OUTCOMES, type Verdict } from "#shared/domain/verdict.ts";
import type { DeploymentVerdict } from "./judge-deployment.ts";

const count = ({ containers }: DeploymentVerdict, severity: keyof Verdict["counted"]): number =>
  containers.reduce((sum, { verdict }) => sum + (verdict.counted[severity] ?? 0), 0);

/** The verdict of the images alone, whatever let them pass. */
const ofImages = ({ containers }: DeploymentVerdict): number =>
  Math.max(0, ...containers.map(({ verdict }) => OUTCOMES.indexOf(verdict.outcome)));

/** True when the first verdict is milder, or equal with fewer critical or else fewer high findings; never on a guess. */
export function isStrictlyBetter(one: DeploymentVerdict, other: DeploymentVerdict): boolean {
  if (one.isPending || one.containers.length === 0) return false;
  if (ofImages(one) !== ofImages(other)) return ofImages(one) < ofImages(other);
  const [critical, others] = [count(one, "CRITICAL"), count(other, "CRITICAL")];
  return critical === others ? count(one, "HIGH") < count(other, "HIGH") : critical < others;
}

/** Whether a critical finding that counts has a known exploit. */
export const hasExploitableCritical = ({ containers }: DeploymentVerdict): boolean =>
  containers.some(({ verdict }) => verdict.hasExploitableCritical);
