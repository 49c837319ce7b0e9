/** Every package is one version, the same on every machine, whatever registry it comes from. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./repository.ts";

const read = (file: string): string => readFileSync(join(root, file), "utf8");
const manifest = JSON.parse(read("package.json"));

test("package.json names exact versions only", () => {
  const versions = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
  expect(Object.keys(versions).length).toBeGreaterThan(10);
  const loose = Object.entries<string>(versions).filter(
    ([, version]) => !/^(?:npm:[\w@/-]+@)?\d+\.\d+\.\d+$/.test(version),
  );
  expect(loose).toEqual([]);
});

test("the lock file knows each package by its content and names no registry", () => {
  const { packages } = JSON.parse(read("package-lock.json"));
  const entries = Object.entries<{ integrity?: string; resolved?: string; inBundle?: boolean }>(packages);
  const wrong = entries.filter(
    ([path, { integrity, resolved, inBundle }]) => path !== "" && !inBundle && (!integrity || resolved),
  );
  expect(wrong.map(([path]) => path)).toEqual([]);
});

test("every command starts by the launcher, which needs nothing installed", () => {
  const commands = Object.entries<string>(manifest.scripts);
  expect(commands.filter(([, command]) => !/^node run\.mjs [\w/]+\.ts$/.test(command))).toEqual([]);
});
