/** No role of the stacks is nobody's subject, and what is said to be proved somewhere is proved there. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readAssembly } from "../../../local/assembly/manifest.ts";
import { shippedAssembly } from "../../builders/assembly.ts";
import { root } from "../repository.ts";
import { rolesOf, SUBJECTS } from "./roles.ts";

/** Roles whose stories are still to be written. */
const UNPROVED = /^(?:Gate|LambdaHook|CodeDeployHook)/;

const roles = readAssembly(shippedAssembly())
  .flatMap((stack) => [...rolesOf(stack).keys()])
  .filter((name) => !UNPROVED.test(name));

test("every role of the stacks is the subject of one proof", () => {
  expect(roles.length).toBeGreaterThan(4);
  expect(
    Object.values(SUBJECTS)
      .flatMap((subject) => [...subject.roles])
      .toSorted(),
  ).toEqual(roles.toSorted());
});

test.each(Object.entries(SUBJECTS))("%s is proved where it is said to be", (name, { provedIn }) => {
  const text = readFileSync(join(root, provedIn), "utf8");
  expect(text).toMatch(new RegExp(`\\b(?:prove\\(|expectAllNeeded\\(world, )"${name}"`));
});
