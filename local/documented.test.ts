import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createCloud } from "./cloud.ts";
import { DOOR_ROUTES } from "./door/routes.ts";
import { FAULT_KINDS } from "./faults.ts";

const page = readFileSync(join(import.meta.dirname, "..", "docs", "local.md"), "utf8");
const words = new Set(page.match(/[A-Za-z0-9-]+/g));
const { services } = createCloud({ startAtMs: 0 });

test.each([...services.values()].filter(({ operations }) => Object.keys(operations).length > 0))(
  "docs/local.md names every operation of $name",
  ({ operations }) => {
    expect(Object.keys(operations).filter((operation) => !words.has(operation))).toEqual([]);
  },
);

test("docs/local.md names every path of the control door and every kind of fault", () => {
  const generic = (path: string): string =>
    path.replace(/\{(\w+)\}/g, (_, name: string) => (name === "queue" ? "NAME" : name.toUpperCase()));
  const paths = DOOR_ROUTES.map(({ method, path }) => `${method} /_local${generic(path)}`);
  expect(paths.filter((path) => !page.includes(path))).toEqual([]);
  expect(Object.keys(FAULT_KINDS).filter((kind) => !words.has(kind))).toEqual([]);
});
