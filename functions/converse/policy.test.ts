import { expect, test } from "vitest";
import { type AnswerFacts, type AnswerSettings, mayAnswer, refusalOf, type SeenPlan } from "./policy.ts";

const NOW = "2026-11-23T03:00:00.000Z";
const settings: AnswerSettings = { approvers: "U1 T9/U2", undoHours: 24, clusters: ["production"] };
const plan = (over: Partial<SeenPlan> = {}): SeenPlan => ({
  id: "p1",
  print: "print",
  status: "awaiting-approval",
  at: "2026-11-23T03:00:00.001Z",
  ...over,
});
const running = plan({ status: "running", at: undefined });
const done = (at: string) => plan({ status: "done", at });
const facts = (over: Partial<AnswerFacts> = {}): AnswerFacts => ({
  now: NOW,
  action: "approve",
  person: { user: "U1", team: "T1" },
  asked: { cluster: "production", planId: "p1", print: "print" },
  active: plan(),
  lastDone: undefined,
  isUndoAsked: false,
  ...over,
});
const undo = (over: Partial<AnswerFacts> = {}): AnswerFacts => facts({ action: "undo", active: undefined, ...over });

// biome-ignore format: a table reads as a table
test.each<[string, AnswerFacts, string | undefined]>([
  ["a proposal that waits",                           facts(),                                                   undefined],
  ["to be declined",                                  facts({ action: "decline" }),                              undefined],
  ["by somebody else",                                facts({ person: { user: "U3", team: "T1" } }),             "not-an-approver"],
  ["by a namesake in another workspace",              facts({ person: { user: "U2", team: "T1" } }),             "not-an-approver"],
  ["by the right one in that workspace",              facts({ person: { user: "U2", team: "T9" } }),             undefined],
  ["of a cluster that is not ours",                   facts({ asked: { cluster: "other", planId: "p1", print: "print" } }), "unknown-cluster"],
  ["after somebody approved it",                      facts({ active: running }),                                "already-approved"],
  ["declined after somebody approved it",             facts({ action: "decline", active: running }),             "already-approved"],
  ["after it was approved, carried out and ended",    facts({ active: undefined, lastDone: done(NOW) }),         "already-approved"],
  ["after it was declined",                           facts({ active: undefined }),                              "not-waiting"],
  ["after it was declined, with an older plan there", facts({ active: undefined, lastDone: plan({ id: "p0" }) }), "not-waiting"],
  ["of another plan",                                 facts({ active: plan({ id: "p2" }) }),                     "another-plan"],
  ["of the same plan decided anew",                   facts({ active: plan({ print: "other" }) }),               "another-plan"],
  ["at the instant at which it lapses",               facts({ active: plan({ at: NOW }) }),                      "expired"],
  ["without a time limit, which is none of ours",     facts({ active: plan({ at: undefined }) }),                "expired"],
  ["undo of a plan that runs",                        undo({ active: running }),                                 undefined],
  ["undo of one that is being taken back",            undo({ active: plan({ status: "undoing" }) }),             "being-taken-back"],
  ["undo of a proposal",                              undo({ active: plan() }),                                  "undo-over"],
  ["undo while another plan runs",                    undo({ active: plan({ id: "p2", status: "running" }) }),   "undo-over"],
  ["undo asked for a second time",                    undo({ active: running, isUndoAsked: true }),              "being-taken-back"],
  ["undo in the last second of its time",             undo({ lastDone: done("2026-11-22T03:00:00.000Z") }),      undefined],
  ["undo after its time",                             undo({ lastDone: done("2026-11-22T02:59:59.999Z") }),      "undo-over"],
  ["undo of a plan before the last",                  undo({ lastDone: plan({ id: "p2", at: NOW }) }),           "undo-over"],
  ["undo of what is gone",                            undo(),                                                    "undo-over"],
  ["undo of what ended nobody knows when",            undo({ lastDone: plan({ at: undefined }) }),               "undo-over"],
  ["undo by somebody else",                           undo({ active: running, person: { user: "U3", team: "T1" } }), "not-an-approver"],
])("%s: %s", (_, given, expected) => {
  expect(refusalOf(given, settings)).toBe(expected);
});

test("an empty list is nobody, not even a person without an id", () => {
  for (const user of ["U1", "", " "]) expect(mayAnswer({ user, team: "" }, "")).toBe(false);
  expect(mayAnswer({ user: "", team: "T1" }, "U1")).toBe(false);
});

test("part of an id is no id", () => {
  expect(mayAnswer({ user: "U1", team: "T1" }, "U12 UU1 T2/U1")).toBe(false);
});
