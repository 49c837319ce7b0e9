/** Plays stories until every statement of some roles has been needed, or says which were not. */
import { expect } from "vitest";
import { startWorld, type World, type WorldOptions } from "../../scenarios/world.ts";
import { isIdle, linesOf, type Need, needsOf } from "./needs.ts";
import { roleNamed, SUBJECTS, type Subject, type SubjectName } from "./roles.ts";

/** A world and what happens in it. */
export interface Proof extends WorldOptions {
  /** By what they tell, in the order in which they happen: together they need every permission there is. */
  readonly stories: Readonly<Record<string, (world: World) => Promise<void>>>;
}

/** `POLICY#SID`. */
const statementOf = ({ statement }: Need): string => statement.slice(statement.indexOf("/") + 1);

/** Each statement of these roles was the only reason for a call, each action of it was used, and no call was denied. */
export const expectAllNeeded = ({ cloud, assemblyFolder }: World, subject: SubjectName): void => {
  const { roles, idleOfAws = {} }: Subject = SUBJECTS[subject];
  const needs = needsOf(
    cloud.local,
    roles.map((name) => roleNamed(name, assemblyFolder, cloud.stacks)),
  );
  expect(needs).not.toEqual([]);
  const idle = needs.filter(isIdle);
  const ours = idle.filter((need) => !Object.hasOwn(idleOfAws, statementOf(need)));
  expect(linesOf(ours), "permissions that no story needs").toEqual([]);
  const needed = Object.keys(idleOfAws).filter((name) => !idle.some((need) => statementOf(need) === name));
  expect(needed, "statements that are said to be idle, and are not").toEqual([]);
  expect(cloud.local.calls.denied()).toEqual([]);
};

/** Plays the stories of a subject in a world of their own. */
export const prove = async (subject: SubjectName, { stories, ...options }: Proof): Promise<void> => {
  const world = await startWorld(options);
  for (const play of Object.values(stories)) await play(world);
  expectAllNeeded(world, subject);
};
