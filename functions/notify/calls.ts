/** What a person who is called has to know beyond the reason's name: what stands in the way, and what AWS said. */
import type { Evidence } from "#shared/domain/decision.ts";
import { code, cut } from "#shared/slack/text.ts";
import type { Incident } from "./incident.ts";

/** An answer of AWS is at most some hundred characters; a stack trace is not for a chat. */
const ERROR_CHARACTERS = 600;

const CEILINGS: Readonly<Record<string, string>> = {
  memory: `what ${code("limits.maxMemoryMiB")} allows`,
  cpu: `what ${code("limits.maxCpuUnits")} allows`,
  money: `what raises may add to its bill, ${code("limits.maxAddedUsdPerMonth")}`,
  table: "the largest size that Fargate sells for it",
};

const text = (value: Evidence[string]): string => String(value ?? "?");

const list = (value: Evidence[string]): string =>
  Array.isArray(value) ? value.map(code).join(", ") : code(text(value));

const instant = (at: Evidence[string]): string => `${text(at).slice(0, 16).replace("T", " ")} UTC`;

/** Sentences by reason, of the oom reaction. */
const SENTENCES: Readonly<Record<string, (evidence: Evidence) => string>> = {
  "at-ceiling": ({ ceiling, neededMiB }) =>
    `It would need ${text(neededMiB)} MiB, beyond ${CEILINGS[text(ceiling)] ?? code(text(ceiling))}. A leak is likely.`,
  "breaker-open": ({ until }) =>
    `Raises of it failed one after another, so it is left to people until ${instant(until)}.`,
  "deployment-never-ends": () => "Somebody else's deployment of it does not end while its tasks are killed.",
  "digest-unknown": ({ containers }) =>
    `What runs in ${list(containers)} is not known by digest, so a new revision might ship other code.`,
  "revision-unknown": ({ running }) => `The revision ${code(text(running))} cannot be read, or has no task size.`,
  "killed-again": () => "The new revision was killed for memory as well. It stays in force: a leak is likely.",
  "rolled-back": () => "ECS gave the deployment up and went back to the revision before.",
  "not-steady-in-time": () => "The larger tasks did not become steady in time, so the size before is deployed again.",
  contended: () => "Somebody deployed so often meanwhile that the plan could not follow. Nothing of theirs was lost.",
  "budget-service": ({ raisesToday }) =>
    `It was raised ${text(raisesToday)} times today, which is all that is allowed.`,
  "budget-account": () => "What all services may be changed in an hour, or add to the bill in a month, is used up.",
};

/** The sentence for whoever is called; undefined when there is nothing to add. */
export const callOf = ({ reaction, stage, reason, evidence, lastEvidence }: Incident): string | undefined => {
  const why = reaction === "oom" && reason !== undefined ? SENTENCES[reason]?.(evidence) : undefined;
  const { error } = lastEvidence;
  const said =
    stage !== "failed" || error === undefined ? undefined : `It ended with ${code(cut(text(error), ERROR_CHARACTERS))}`;
  return [why, said].filter((part) => part !== undefined).join("\n") || undefined;
};
