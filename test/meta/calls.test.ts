/** Whoever is called at night reads a sentence, not the name of a reason alone. */
import { expect, test } from "vitest";
import { callOf } from "../../functions/notify/calls.ts";
import { incidentOf } from "../../functions/notify/incident.ts";
import { escalationMeanings } from "../../functions/oom/reasons.ts";
import { decisionRecord } from "../builders/records.ts";

test.each(Object.keys(escalationMeanings))("the escalation %s of oom has a sentence of its own", (reason) => {
  const incident = incidentOf([decisionRecord({ decision: "escalate", reason, plan: undefined })]);
  expect(incident && callOf(incident)).toMatch(/\.$/);
});
