/** The sentences of the reactions' incidents: the only place where evidence becomes prose. */
import { parseTaskDefinitionArn } from "#shared/domain/arn.ts";
import type { Evidence } from "#shared/domain/decision.ts";
import { code, escaped } from "#shared/slack/text.ts";
import { gateBecause, gateFacts, gateHeadline } from "./gate-words.ts";
import type { Incident, Stage } from "./incident.ts";
import { scaleBecause, scaleFacts, scaleHeadline } from "./scale-words.ts";

/** A sign and a word for each stage; the sign is what one sees from across the room. */
export const STAGES: Readonly<Record<Stage, { readonly sign: string; readonly word: string }>> = {
  "would-act": { sign: "👀", word: "observed: nothing was changed" },
  proposed: { sign: "🟡", word: "proposed: waits for approval" },
  "under-way": { sign: "🔵", word: "under way" },
  "rolling-out": { sign: "🔵", word: "rolling out" },
  steady: { sign: "🟢", word: "steady; watching whether it holds" },
  verified: { sign: "✅", word: "held: no kill since" },
  scaled: { sign: "🟢", word: "done" },
  "let-on": { sign: "🟢", word: "let on" },
  "sent-back": { sign: "🛑", word: "sent back" },
  deployed: { sign: "✅", word: "deployed and steady" },
  undoing: { sign: "🟠", word: "being taken back" },
  undone: { sign: "🟠", word: "taken back" },
  failed: { sign: "🔴", word: "failed: a person must look" },
  superseded: { sign: "⚪", word: "superseded by somebody else's change" },
  held: { sign: "✋", word: "held: nothing was changed" },
  declined: { sign: "⚪", word: "declined: nothing was changed" },
  expired: { sign: "⚪", word: "not answered in time: nothing was changed" },
  escalated: { sign: "🔴", word: "a person must look" },
};

const text = (value: Evidence[string]): string => String(value ?? "?");

const MIB_PER_GIB = 1024;

const memory = (mib: Evidence[string]): string => {
  const amount = Number(mib);
  return amount >= MIB_PER_GIB && amount % MIB_PER_GIB === 0 ? `${amount / MIB_PER_GIB} GiB` : `${text(mib)} MiB`;
};

const size = (cpuUnits: Evidence[string], memoryMiB: Evidence[string]): string =>
  `${text(cpuUnits)} CPU units, ${memory(memoryMiB)}`;

/** Dollars a month with their sign, or that it costs nothing. */
const money = (usd: number): string => {
  if (usd === 0) return "no change";
  return `${usd > 0 ? "+" : "−"}$${Math.abs(usd).toFixed(2)} a month`;
};

const revisionName = (arn: Evidence[string]): string => {
  const named = parseTaskDefinitionArn(text(arn));
  return named ? `${named.family}:${named.revision}` : text(arn);
};

const minutes = (seconds: Evidence[string]): string => {
  const amount = Number(seconds);
  return amount < 120 ? `${Math.round(amount)} s` : `${Math.round(amount / 60)} min`;
};

/** What happened, in one plain sentence. */
export const headline = (incident: Incident): string => {
  const { service, evidence, reaction } = incident;
  if (reaction === "scale") return scaleHeadline(incident);
  if (reaction === "gate") return gateHeadline(incident);
  const name = service?.name ?? "a task";
  if (reaction !== "oom") return name;
  if (evidence.toMemoryMiB === undefined) return `${name} was killed for memory`;
  return `${name} was killed for memory: ${memory(evidence.fromMemoryMiB)} → ${memory(evidence.toMemoryMiB)}`;
};

/** Why the decision was what it was. */
export const because = (incident: Incident): string => {
  const { evidence, reaction } = incident;
  if (reaction === "scale") return scaleBecause(incident);
  if (reaction === "gate") return gateBecause(incident);
  const ran = evidence.ranSeconds === undefined ? "" : ` after ${minutes(evidence.ranSeconds)}`;
  const killed = `Container ${code(text(evidence.container))} of ${code(revisionName(evidence.revision))} was killed for memory${ran}`;
  const count = Number(evidence.killsInWindow ?? 1);
  return count > 1 ? `${killed}, ${count} kills so far.` : `${killed}.`;
};

/** What the raise changes beside memory. */
export const sideEffect = ({ evidence }: Incident): string | undefined => {
  if (evidence.cpuRowChanged !== true) return undefined;
  const percent = Math.round(Number(evidence.cpuUtilizationFactor) * 100);
  return `The larger size has more CPU too: the same load will show as ${percent} % of the CPU utilization it shows now, which scaling on CPU follows.`;
};

/** Before, after and price, as label and value. */
export const facts = (incident: Incident): readonly (readonly [string, string])[] => {
  const { service, evidence, usdPerMonth, newRevision, reaction } = incident;
  if (reaction === "scale") return scaleFacts(incident);
  if (reaction === "gate") return gateFacts(incident);
  const rows: (readonly [string, string])[] = [];
  if (service) rows.push(["Service", code(`${service.cluster}/${service.name}`)]);
  rows.push(["Container", code(text(evidence.container))]);
  if (evidence.toMemoryMiB === undefined) return rows;
  rows.push(["Task before", escaped(size(evidence.fromCpuUnits, evidence.fromMemoryMiB))]);
  rows.push(["Task after", escaped(size(evidence.toCpuUnits, evidence.toMemoryMiB))]);
  if (evidence.containerToMiB !== undefined) {
    rows.push(["Container limit", `${memory(evidence.containerFromMiB)} → ${memory(evidence.containerToMiB)}`]);
  }
  const estimate = evidence.priceIsEstimate === true ? " (estimate: us-east-1 prices)" : "";
  rows.push(["Cost", `${money(usdPerMonth)}${usdPerMonth === 0 ? "" : estimate}`]);
  if (newRevision) rows.push(["New revision", code(revisionName(newRevision))]);
  return rows;
};
