/** Every port that AWS or Slack stands behind has a contract, kept by its adapter and by its fake, in which each of its functions is called. */
import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import { importsIn, textOf } from "./imports.ts";
import { sourceFiles } from "./repository.ts";

const filesOf = (folder: string): readonly string[] => sourceFiles.filter((path) => path.startsWith(`${folder}/`));

/** Interfaces with functions, by their names. */
const ports = new Map(
  filesOf("shared/ports").flatMap((path) =>
    [...textOf(path).matchAll(/^export interface (\w+)[^{]*\{\n([\s\S]*?)^\}/gm)].flatMap(
      ([, name = "", body = ""]) => {
        const functions = [...body.matchAll(/^ {2}(\w+)\(/gm)].map(([, called = ""]) => called);
        return functions.length > 0 ? [[name, functions] as const] : [];
      },
    ),
  ),
);

/** Functions that make a port of AWS's or Slack's clients, by the port. */
const adapters = Map.groupBy(
  [...filesOf("shared/aws"), ...filesOf("shared/slack")].flatMap((path) =>
    [...textOf(path).matchAll(/^export const (\w+) = \([^=]*\): (\w+) =>/gm)]
      .filter(([, , port = ""]) => ports.has(port))
      .map(([, adapter = "", port = ""]) => ({ adapter, port })),
  ),
  ({ port }) => port,
);

/** Fakes by the ports that they are made of. */
const fakes = Map.groupBy(
  filesOf("test/fakes").flatMap((path) => {
    const made = [...textOf(path).matchAll(/^export const (fake\w+) = /gm)].map(([, fake = ""]) => fake);
    const named = importsIn(path, textOf(path)).filter(({ to }) => to.startsWith("shared/ports/"));
    return named.flatMap(({ names }) =>
      [...names.matchAll(/\w+/g)].flatMap(([port]) => (ports.has(port) ? made.map((fake) => ({ fake, port })) : [])),
    );
  }),
  ({ port }) => port,
);

/** What one suite says, with what it is made of beside it; calling everything there is makes no contract. */
const suites = filesOf("test/contracts")
  .filter((path) => path.endsWith(".test.ts") && basename(path) !== "refusals.test.ts")
  .map((path) => {
    const beside = importsIn(path, textOf(path)).filter(({ to }) => to.startsWith("test/contracts/"));
    return [path, ...beside.map(({ to }) => to)].map(textOf).join("\n");
  });

const isUsedIn = (suite: string, names: readonly string[]): boolean =>
  names.some((name) => new RegExp(`\\b${name}\\b`).test(suite));

test("ports, adapters and fakes are found", () => {
  expect([...ports.keys()].filter((port) => !adapters.has(port))).toEqual(["Clock"]);
  expect(fakes.size).toBeGreaterThan(10);
});

describe.each([...adapters].map(([port, made]) => [port, made.map(({ adapter }) => adapter)] as const))(
  "%s",
  (port, made) => {
    const doubles = (fakes.get(port) ?? []).map(({ fake }) => fake);
    const kept = suites.filter((suite) => isUsedIn(suite, made));

    test("has a contract that its adapter keeps, and its fake where there is one", () => {
      expect(kept.length).toBeGreaterThan(0);
      if (doubles.length > 0) expect(kept.some((suite) => isUsedIn(suite, doubles))).toBe(true);
    });

    test("has no function without a promise", () => {
      const silent = (ports.get(port) ?? []).filter((called) => !kept.some((suite) => suite.includes(`.${called}(`)));
      expect(silent).toEqual([]);
    });
  },
);
