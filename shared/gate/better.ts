/** Comparing verdicts, for a rollback is only worth it when it leads to something better. */

import { OUTCOMES, type Verdict } from "#shared/domain/verdict.ts";
import type { DeploymentVerdict } from "./judge-deployment.ts";

const count = ({ containers }: DeploymentVerdict, severity: keyof Verdict["counted"]): number =>
  containers.reduce((sum, { verdict }) => sum + (verdict.counted[severity] ?? 0), 0);

/** The verdict of the images alone, whatever let them pass. */
const ofImages = ({ containers }: DeploymentVerdict): number =>
  Math.max(0, ...containers.map(({ verdict }) => OUTCOMES.indexOf(verdict.outcome)));

const measures = (verdict: DeploymentVerdict): readonly number[] => [
  ofImages(verdict),
  count(verdict, "CRITICAL"),
  count(verdict, "HIGH"),
];

/** True when the first verdict is milder, or equal with fewer critical or else fewer high findings; never on a guess. */
export function isStrictlyBetter(one: DeploymentVerdict, other: DeploymentVerdict): boolean {
  if (one.isPending || one.containers.length === 0) return false;
  const [mine, theirs] = [measures(one), measures(other)];
  const at = mine.findIndex((value, index) => value !== theirs[index]);
  return at >= 0 && (mine[at] ?? 0) < (theirs[at] ?? 0);
}

/** Whether a critical finding that counts has a known exploit. */
export const hasExploitableCritical = ({ containers }: DeploymentVerdict): boolean =>
  containers.some(({ verdict }) => verdict.hasExploitableCritical);
