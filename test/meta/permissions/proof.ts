/** Plays stories until every statement of some roles has been needed, or says which were not. */
import { expect } from "vitest";
import { startWorld, type World } from "../../scenarios/world.ts";
import { needsOf, tableOf } from "./needs.ts";
import { roleNamed, SUBJECTS, type Subject, type SubjectName } from "./roles.ts";

export interface Proof {
  /** What the functions are configured with. */
  readonly config: unknown;
  /** What happens, in this order and in one world: together the stories need every permission there is. */
  readonly stories: Readonly<Record<string, (world: World) => Promise<void>>>;
  /** Names of roles that only the stories make, looked up once they are over. */
  readonly made?: (world: World) => Promise<readonly string[]>;
}

/** Each statement of these roles was the only reason for a call, each action of it was used, and no call was denied. */
export const expectAllNeeded = (world: World, subject: SubjectName, made: readonly string[] = []): void => {
  const { cloud, assemblyFolder } = world;
  const { roles, idleOfAws = {} }: Subject = SUBJECTS[subject];
  const named = roles.map((name) => roleNamed(name, assemblyFolder, cloud.stacks));
  const needs = needsOf(cloud.local, [...named, ...made]);
  const idle = needs.filter(({ allowed, soleReason }) => allowed === 0 || soleReason === 0);
  const statements = idle.map(({ statement }) => statement.slice(statement.indexOf("/") + 1)).toSorted();
  const table = `of these permissions, some are not needed by any story:\n${tableOf(needs)}`;
  expect(statements, table).toEqual(Object.keys(idleOfAws).toSorted());
  expect(needs).not.toEqual([]);
  expect(cloud.local.calls.denied()).toEqual([]);
};

/** Plays the stories of a subject in a world of their own. */
export const prove = async (subject: SubjectName, { config, stories, made }: Proof): Promise<void> => {
  const world = await startWorld({ config });
  for (const play of Object.values(stories)) await play(world);
  expectAllNeeded(world, subject, await made?.(world));
};
