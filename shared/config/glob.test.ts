import fc from "fast-check";
import { expect, test } from "vitest";
import { matchesGlob } from "./glob.ts";

// biome-ignore format: a table reads as a table
test.each([
  ["production/api",        "production/api",           true],
  ["production/api",        "production/api2",          false],
  ["production/*",          "production/order-service", true],
  ["production/order-*",    "production/order-",        true],
  ["*/*",                   "a/b",                      true],
  ["*",                     "a/b",                      false],
  ["a/*-x-*",               "a/1-x-2",                  true],
  ["a/*-x-*",               "a/1-x2",                   false],
  ["a/b*b",                 "a/b",                      false],
  ["a/*ab*ab",              "a/abab",                   true],
  ["a/*ab*ab",              "a/ab",                     false],
  ["a/**",                  "a/b",                      true],
  ["a/a.c",                 "a/abc",                    false],
  ["a/*",                   "a/b/c",                    false],
])("%s against %s: %s", (glob, text, expected) => {
  expect(matchesGlob(glob, text)).toBe(expected);
});

test("putting a star in place of any piece of a name still matches the name", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("a", "b", "-") }), fc.nat(8), fc.nat(8), (name, from, length) => {
      expect(matchesGlob(`${name.slice(0, from)}*${name.slice(from + length)}`, name)).toBe(true);
    }),
  );
});
