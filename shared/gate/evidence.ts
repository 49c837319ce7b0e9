/** A verdict as the evidence of a record: short texts, so that a message can be made from them alone. */
import type { Evidence } from "#shared/domain/decision.ts";
import { dayOf } from "#shared/domain/time.ts";
import type { Applied, DangerRule, DangerTold, Update, Verdict } from "#shared/domain/verdict.ts";
import type { DeploymentVerdict, JudgedContainer } from "./judge-deployment.ts";

/** How many lines of one kind a record keeps. */
const MOST_LINES = 12;

const DIGEST_SHOWN = "sha256:".length + 12;

const ruleLine = (container: string, { rule, outcome, count, findings }: Applied): string => {
  const named = findings.length === 0 ? "" : `: ${findings.slice(0, 3).join(", ")}${count > 3 ? ", ..." : ""}`;
  return `${container} ${outcome} ${rule} ${count}${named}`;
};

const updateLine = ({ package: name, from, to, fixes }: Update): string =>
  `${name} ${from ?? "?"} -> ${to ?? "a fixed version"} (${fixes})`;

const imageLine = ({ container, repository, digest }: JudgedContainer): string =>
  `${container} ${repository}${digest === undefined ? "" : `@${digest.slice(0, DIGEST_SHOWN)}`}`;

const DANGER_WORDS: Readonly<Record<DangerRule, string>> = {
  "known-exploited": "is exploited",
  "exploit-available": "has an exploit",
  "likely-exploited": "EPSS",
};

const SAID_BY = { scan: "the scan", list: "the list given", inspector: "Inspector" } as const;

const dangerLine = ({ finding, rule, epss, saidBy, saidAt }: DangerTold): string => {
  const what = [DANGER_WORDS[rule], epss].filter((word) => word !== undefined).join(" ");
  return `${finding} ${what}, says ${SAID_BY[saidBy]}${saidAt === undefined ? "" : ` of ${dayOf(saidAt)}`}`;
};

const countLine = ({ container, verdict }: JudgedContainer): readonly string[] => {
  const counts = Object.entries(verdict.counted).map(([severity, count]) => `${count} ${severity}`);
  return counts.length === 0 ? [] : [`${container} ${counts.join(", ")}`];
};

const lines = (
  containers: readonly JudgedContainer[],
  of: (verdict: Verdict, container: JudgedContainer) => readonly string[],
): readonly string[] | undefined => {
  const all = containers.flatMap((container) => of(container.verdict, container));
  return all.length === 0 ? undefined : all.slice(0, MOST_LINES);
};

/** What a record keeps of the verdict of a deployment. */
export const verdictEvidence = ({ outcome, passes, justification, containers }: DeploymentVerdict): Evidence => ({
  verdict: outcome,
  passes,
  justification,
  images: containers.map(imageLine).slice(0, MOST_LINES),
  counted: containers.flatMap(countLine).slice(0, MOST_LINES),
  rules: lines(containers, ({ decided }, { container }) => decided.map((rule) => ruleLine(container, rule))),
  tolerated: lines(containers, ({ tolerated }, { container }) => tolerated.map((rule) => ruleLine(container, rule))),
  ignored: lines(containers, ({ ignored }, { container }) =>
    ignored.map(({ because, count }) => `${container} ${because} ${count}`),
  ),
  waivers: lines(containers, ({ waivers }) =>
    waivers.map(
      ({ finding, owner, reason, expiresAt }) => `${finding} until ${expiresAt.slice(0, 10)}, ${owner}: ${reason}`,
    ),
  ),
  dangers: lines(containers, ({ dangers }) => dangers.map(dangerLine)),
  updates: lines(containers, ({ updates }) => updates.map(updateLine)),
  withoutUpdate: lines(containers, ({ withoutUpdate }) => withoutUpdate),
});
