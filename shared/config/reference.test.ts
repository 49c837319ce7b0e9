import { expect, test } from "vitest";
import { checkConfig } from "./parse.ts";
import { configReference } from "./reference.ts";

const rows = configReference().flatMap((block) => block.rows);

test("every setting has a sentence of its own and says what may be written", () => {
  for (const { key, description, valid } of rows) {
    expect(description, key).toMatch(/^[A-Z].*\.$/);
    expect(valid, key).not.toBe("");
  }
  expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
});

test("settings of different blocks never share a name but `mode`, for a policy reads them flat", () => {
  const names = rows.map(({ key }) => key.split(".")[1]).filter((name) => name !== "mode");
  expect(new Set(names).size).toBe(names.length);
});

test("a row tells the tag and what it may do, where there is one", () => {
  expect(rows.find(({ key }) => key === "limits.maxMemoryMiB")).toMatchObject({
    valid: "a whole number from 512 to 249856",
    default: 30_720,
    tag: "reflex:limits:max-memory-mib",
    tagRule: "may lower it",
  });
  expect(rows.find(({ key }) => key === "account.actsPerHour")).toMatchObject({ tag: undefined, tagRule: undefined });
  expect(rows.find(({ key }) => key === "oom.mode")?.tag).toBe("reflex:oom:mode");
  expect(rows.find(({ key }) => key === "brakes.paused")?.tag).toBe("reflex:paused");
});

test.each(configReference().map(({ block, perService }) => [block, perService]))(
  "the block %s is accepted for a named service: %s",
  (block, perService) => {
    expect("config" in checkConfig({ [block]: {} })).toBe(true);
    expect("config" in checkConfig({ services: { "a/b": { [block]: {} } } })).toBe(perService);
  },
);
