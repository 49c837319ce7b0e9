import { expect, test } from "vitest";
import { costOf, MOST_RATIO, questions } from "./cost.ts";
import { pagesOf, shapes } from "./pages.ts";

const named = (name: string) => shapes.filter((shape) => shape.name === name);
const [shipped, , all] = questions;

// What is quickest to parse, and what is slow to judge; the bench has every shape with every policy.
test.each([
  ["basic, name and severity alone", shipped],
  ["basic, with its package", all],
  ["enhanced, every fix a version of its own", shipped],
])("judging ten thousand findings costs at most three times the parsing of their pages: %s", (name, question) => {
  const [shape] = named(name);
  if (!shape || !question) throw new Error(`there is no shape or question for ${name}`);
  const { ratio } = costOf(pagesOf(shape, 10_000), question, { rounds: 5, cpuMsPerRound: 40 });
  expect(ratio).toBeLessThanOrEqual(MOST_RATIO);
});
