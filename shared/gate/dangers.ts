/** What makes one finding dangerous whatever the numbers: an exploit, exploitation, or its probability. */
import type { Finding, Threat } from "#shared/domain/finding.ts";
import type { DangerRule, DangerTold } from "#shared/domain/verdict.ts";
import type { GateSettings } from "./settings.ts";

/** The setting that says what each rule calls for. */
export const DANGERS = [
  ["known-exploited", "knownExploited"],
  ["exploit-available", "exploitAvailable"],
  ["likely-exploited", "likelyExploited"],
] as const satisfies readonly (readonly [DangerRule, keyof GateSettings])[];

/** Who says it, and what; the finding itself is known to who asks. */
type Told = Omit<DangerTold, "finding" | "rule">;

type Exploitable = Pick<Finding, "hasExploit">;

const exploitTold = ({ hasExploit }: Exploitable, threat: Threat | undefined): Told | undefined => {
  if (hasExploit) return { saidBy: "scan" };
  const word = threat?.inspector;
  return word?.hasExploit ? { saidBy: "inspector", saidAt: word.saidAt } : undefined;
};

/** Below every probability, and every bound. */
const UNTOLD = -1;

/** Of two probabilities the higher counts; who disagrees has waivers. */
const likelihoodTold = ({ epss: listed = UNTOLD, inspector }: Threat, epssAtLeast: number): Told | undefined => {
  const said = inspector?.epss ?? UNTOLD;
  if (Math.max(said, listed) < epssAtLeast) return undefined;
  return inspector !== undefined && said > listed
    ? { saidBy: "inspector", saidAt: inspector.saidAt, epss: said }
    : { saidBy: "list", epss: listed };
};

/** Who says that a finding is dangerous in the rule's sense; undefined when nobody does. */
export function dangerTold(
  rule: DangerRule,
  finding: Exploitable,
  threat: Threat | undefined,
  { epssAtLeast }: Pick<GateSettings, "epssAtLeast">,
): Told | undefined {
  if (rule === "known-exploited") return threat?.isExploited === true ? { saidBy: "list" } : undefined;
  if (rule === "exploit-available") return exploitTold(finding, threat);
  return threat && likelihoodTold(threat, epssAtLeast);
}

/** Whether there is, or may soon be, an attack on it: a known exploit, or exploitation itself. */
export const isExploitable = (finding: Exploitable, threat: Threat | undefined): boolean =>
  threat?.isExploited === true || exploitTold(finding, threat) !== undefined;

/** The rules that a threat alone calls up, whatever image has it. */
export const rulesOfThreat = (threat: Threat, settings: GateSettings): readonly DangerRule[] =>
  DANGERS.flatMap(([rule, setting]) =>
    settings[setting] !== "count" && dangerTold(rule, { hasExploit: false }, threat, settings) !== undefined
      ? [rule]
      : [],
  );
