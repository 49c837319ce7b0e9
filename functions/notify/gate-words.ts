/** The sentences of the gate's incidents: what may not run, why, how long it ran, and what would make it pass. */
import { parseTaskDefinitionArn } from "#shared/domain/arn.ts";
import type { Evidence } from "#shared/domain/decision.ts";
import type { LedgerRecord } from "#shared/domain/record.ts";
import { type Rule, ruleMeanings } from "#shared/domain/verdict.ts";
import { code, escaped } from "#shared/slack/text.ts";
import type { Incident, Stage } from "./incident.ts";

/** Holds of the gate that people want to hear of. */
const TOLD_HOLDS: ReadonlySet<string> = new Set(["break-glass"]);

/** Whether a record of the gate is worth a person's attention; a deployment that passed is not. */
export const isGateTold = ({ decision, reason, plan, evidence, kind }: LedgerRecord): boolean => {
  if (decision === "hold") return reason !== undefined && TOLD_HOLDS.has(reason);
  const isPassed = kind === "decision" && plan?.kind === "let-deployment-on" && evidence.verdict === "allow";
  return !isPassed || evidence.passes === "break-glass";
};

const DONE: Readonly<Record<string, Stage>> = {
  "let-deployment-on": "let-on",
  "send-deployment-back": "sent-back",
  "roll-back-deployment": "sent-back",
  "return-to-earlier-image": "deployed",
  "promote-image": "deployed",
  "replace-image": "deployed",
};

/** Where an incident of the gate stands when its plan is done. */
export const gateStageDone = ({ plan, evidence }: LedgerRecord): Stage => {
  if (evidence.observed !== undefined) return "would-act";
  return DONE[plan?.kind ?? ""] ?? "deployed";
};

const text = (value: Evidence[string]): string => String(value ?? "?");
const list = (value: Evidence[string]): readonly string[] => (Array.isArray(value) ? value : []);

const duration = (seconds: Evidence[string]): string => {
  const amount = Number(seconds);
  return amount < 120 ? `${Math.round(amount)} s` : `${Math.round(amount / 60)} min`;
};

const revisionName = (arn: Evidence[string]): string => {
  const named = parseTaskDefinitionArn(text(arn));
  return named ? `${named.family}:${named.revision}` : text(arn);
};

/** An image by its repository and the digest's first digits; the link leads to the whole. */
const shortImage = (reference: string): string =>
  reference.slice(reference.lastIndexOf("/") + 1).replace(/(@sha256:[0-9a-f]{12})[0-9a-f]+$/, "$1");

/** What happened, in one plain sentence. */
export const gateHeadline = ({ service, evidence, planKind, reason, stage }: Incident): string => {
  const name = service?.name ?? "an image";
  if (evidence.door === "waiver") return `the waiver for ${text(evidence.finding)} ends soon`;
  if (planKind === "promote-image") return `${name}: ${text(evidence.tag)} passed its scan`;
  if (planKind === "replace-image") return `${name}: ${text(evidence.tag)} replaces an image that may not run`;
  if (evidence.door === "running") return `${text(evidence.image)} runs and may not`;
  if (reason === "break-glass" || evidence.passes === "break-glass")
    return `${name} is deployed whatever the gate says`;
  if (evidence.tooLate === true)
    return `${name} ${stage === "deployed" ? "went back from" : "runs"} an image that may not run`;
  if (evidence.verdict === "ask") return `${name}: may this image run?`;
  return `${name}: an image that may not run is deployed`;
};

/** Doors that open before the first task of a deployment. */
const HOOK_DOORS: ReadonlySet<string> = new Set(["hook", "lambda-hook", "codedeploy-hook"]);

/** The rule's own sentence after the line that names it. */
const ruleSentence = (line: string): string => {
  const rule = line.split(" ")[2] as Rule | undefined;
  const meaning = rule === undefined ? undefined : ruleMeanings[rule];
  return `• ${escaped(line)}${meaning === undefined ? "" : `\n   _${meaning}_`}`;
};

const sendBackCommand = ({ deployment, hookId }: Evidence): string =>
  `aws ecs continue-service-deployment --service-deployment-arn ${text(deployment)} --hook-id ${text(hookId)} --action ROLLBACK`;

/** Why the verdict is what it is, and how far the image got. */
export const gateBecause = ({ evidence, stage, exposedSeconds }: Incident): string => {
  if (evidence.door === "waiver")
    return `${escaped(text(evidence.owner))} waived it: ${escaped(text(evidence.waiverReason))}. After ${text(evidence.expiresAt)} it counts again.`;
  const lines = list(evidence.rules).map(ruleSentence);
  if (evidence.justification !== undefined) lines.unshift(`Justified by: ${escaped(text(evidence.justification))}`);
  if (HOOK_DOORS.has(text(evidence.door))) {
    if (stage === "sent-back" || stage === "escalated") lines.unshift("No task of it was started.");
    if (stage === "proposed")
      lines.unshift("It waits before its first task until somebody answers or its hook runs out.");
    // Nobody's answer and a no are no answer to ECS.
    if (stage === "declined" || stage === "expired")
      lines.unshift(
        `It still waits before its first task, until its hook runs out. ${code(sendBackCommand(evidence))} sends it back, CONTINUE lets it on.`,
      );
  }
  if (evidence.door === "event")
    lines.unshift(
      `Deployed without a hook: exposed for ${exposedSeconds === undefined ? `${duration(evidence.exposedSeconds)} so far` : `${duration(exposedSeconds)} in all`}${evidence.wasKnownBad === true ? "; the verdict was known before it began" : ""}.`,
    );
  return lines.length === 0 ? "Nothing speaks against it." : lines.join("\n");
};

const joined = (value: Evidence[string]): string => list(value).map(escaped).join("\n");

/** What is judged and what would change the verdict, as label and value. */
export const gateFacts = ({ service, evidence, newRevision }: Incident): readonly (readonly [string, string])[] => {
  const isOfSeveral = evidence.door === "waiver" || list(evidence.services).length > 0;
  const rows: (readonly [string, string | undefined])[] = [
    ["Service", service && !isOfSeveral ? code(`${service.cluster}/${service.name}`) : undefined],
    ["Services", list(evidence.services).length > 0 ? list(evidence.services).map(code).join(", ") : undefined],
    ["Owner", evidence.owner === undefined ? undefined : escaped(text(evidence.owner))],
    ["Where", joined(evidence.where)],
    ["Images", joined(evidence.images)],
    ["Findings that count", joined(evidence.counted)],
    ["Dangers", joined(evidence.dangers)],
    ["Smallest set of updates", joined(evidence.updates)],
    ["Without an update", joined(evidence.withoutUpdate)],
    ["Not counted", joined(evidence.ignored)],
    ["Waived", joined(evidence.waivers)],
    ["Goes back to", evidence.target === undefined ? undefined : code(revisionName(evidence.target))],
    [
      "Newest tag that passes",
      evidence.newestPassedTag === undefined ? undefined : code(text(evidence.newestPassedTag)),
    ],
    ["New image", evidence.door === "promotion" ? code(shortImage(text(evidence.image))) : undefined],
    ["New revision", newRevision === undefined ? undefined : code(revisionName(newRevision))],
  ];
  return rows.flatMap(([label, value]) => (value === undefined || value === "" ? [] : [[label, value] as const]));
};
