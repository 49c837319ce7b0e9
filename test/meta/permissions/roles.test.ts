/** No role of the stacks is nobody's subject, and what is said to be proved somewhere is proved there. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readAssembly } from "../../../local/assembly/manifest.ts";
import { shippedAssembly } from "../../builders/assembly.ts";
import { root } from "../repository.ts";
import { rolesOf, SUBJECTS } from "./roles.ts";

const roles = readAssembly(shippedAssembly()).flatMap((stack) => [...rolesOf(stack).keys()]);

test("every role of the stacks is the subject of one proof", () => {
  const proved = Object.values(SUBJECTS).flatMap((subject): readonly string[] => subject.roles);
  expect(roles.length).toBeGreaterThan(10);
  expect(roles.filter((role) => !proved.includes(role))).toEqual([]);
  expect(new Set(proved).size).toBe(proved.length);
});

test.each(Object.entries(SUBJECTS))("%s is proved where it is said to be", (name, { provedIn }) => {
  const text = readFileSync(join(root, provedIn), "utf8");
  expect(text).toMatch(new RegExp(`\\b(?:prove\\(|expectAllNeeded\\(world, )"${name}"`));
});
