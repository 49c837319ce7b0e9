import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ReflexError } from "#shared/errors.ts";
import { blocks } from "./blocks.ts";
import { loadConfig } from "./load.ts";
import { parseConfig } from "./parse.ts";
import { resolveSettings } from "./resolve.ts";

/** What loading the text says when it refuses. */
const refusal = (text: string): string => {
  try {
    loadConfig(text, "reflex.yaml");
  } catch (error) {
    expect(error).toBeInstanceOf(ReflexError);
    expect(error).toMatchObject({ kind: "invalid-config" });
    return (error as Error).message;
  }
  return "accepted";
};

// biome-ignore format: a table reads as a table
test.each([
  ["an unknown block",            "oomm:\n  mode: act\n",                    /reflex\.yaml:2: oomm is .*it is not known here; there are: clusters, .*oom/],
  ["an unknown setting",          "oom:\n  windowHour: 3\n",                 /reflex\.yaml:2: oom\.windowHour is 3, it is not known here; there are: mode, killsInWindow/],
  ["a number out of range",       "\noom:\n  windowHours: 0\n",              /reflex\.yaml:3: oom\.windowHours is 0, it must be a whole number from 1 to 168$/],
  ["a fraction where none fits",  "oom:\n  killsInWindow: 1.5\n",            /oom\.killsInWindow is 1\.5, it must be a whole number from 1 to 1000/],
  ["a number as text",            "oom:\n  raiseRatio: '2'\n",               /oom\.raiseRatio is "2", it must be a number from 1\.1 to 4/],
  ["a word that is no mode",      "oom:\n  mode: dry-run\n",                 /oom\.mode is "dry-run", it must be one of off, observe, ask, act/],
  ["acting everywhere at once",   "oom:\n  mode: act\n",                     /oom\.mode is "act", it may not be ask or act for all services at once/],
  ["a switch in words",           "brakes:\n  paused: 'yes'\n",              /brakes\.paused is "yes", it must be true or false/],
  ["a block that is a list",      "oom: []\n",                               /reflex\.yaml:1: oom is \[\], it must be a block with any of: mode/],
  ["no cluster at all",           "clusters: []\n",                          /clusters is \[\], it must name at least one cluster: an empty list never means all/],
  ["a cluster's ARN",             "clusters: ['arn:aws:ecs:a:b:cluster/c']\n", /clusters\.0 is "arn:aws:ecs:a:b:cluster\/c", it must be a cluster's name/],
  ["a service without cluster",   "services:\n  api: {}\n",                  /services\.api is .*must be CLUSTER\/SERVICE/],
  ["a regular expression",        "services:\n  'production/(api|web)': {}\n", /must be CLUSTER\/SERVICE, where \* stands for any text/],
  ["the account's budget in one service", "services:\n  'a/b': {account: {}}\n", /services\."a\/b"\.account is \{\}, it is not known here; there are: brakes, limits, slack, oom, gate, scale$/],
  ["a channel in words",          "slack:\n  channel: our channel\n",        /slack\.channel is "our channel", it must be a channel as #name or its id/],
  ["a queue for all services",    "scale:\n  queueName: jobs\n",           /scale is .*it may not name a queue for many services/],
  ["a queue for a glob",          "services:\n  'a/*': {scale: {queueName: jobs}}\n", /scale\.queueName needs a CLUSTER\/SERVICE without \*/],
  ["a tick of its own",           "scale:\n  tickSeconds: 30\n",            /scale\.tickSeconds is 30, it must be one of 10, 60/],
  ["scaling everywhere at once",  "scale:\n  mode: act\n",                 /scale\.mode is "act", it may not be act for all services at once/],
  ["two mistakes, one line",      "oom:\n  windowHours: 0\n  raiseRatio: 9\n", /^reading the configuration reflex\.yaml:2: .* \(and 1 more\)$/],
  ["a key written twice",         "oom:\n  windowHours: 1\n  windowHours: 2\n", /reflex\.yaml:3: this is not YAML: map keys must be unique/],
  ["a broken line",               "oom:\n  mode: [off\n",                    /reflex\.yaml:\d+: this is not YAML/],
  ["a tag that YAML does not know", "oom: !secret x\n",                      /this is not YAML/],
  ["a document that is a text",   "hello",                                   /reflex\.yaml: the document is "hello", it must be a document with any of: clusters/],
  ["a value too long to show",    `oom:\n  mode: ${"x".repeat(200)}\n`,      /oom\.mode is "x{76}\.\.\., it/],
])("%s is refused with its place, its value and what would be fine", (_, text, expected) => {
  expect(refusal(text)).toMatch(expected);
});

test.each(["", "# nothing but a comment\n", "oom:\nservices:\n", "{}"])("%j is the defaults", (text) => {
  const { config } = loadConfig(text, "reflex.yaml");
  const { explained } = resolveSettings(config);
  expect(new Set(Object.values(explained).map(({ origin }) => origin))).toEqual(new Set(["default"]));
  expect(config.clusters).toEqual(["production"]);
});

test("the JSON that is shipped says the same to the function as the YAML said at synth", () => {
  const text = 'services:\n  production/order-*:\n    oom: {mode: act}\nslack: {channel: "#orders"}\n';
  const { config, json } = loadConfig(text, "reflex.yaml");
  expect(parseConfig(JSON.parse(json), "config.json")).toEqual(config);
  expect(resolveSettings(config, { cluster: "production", name: "order-service" }).settings.oom.mode).toBe("act");
});

test("a shipped configuration that does not fit is refused by its own name", () => {
  expect(() => parseConfig({ oom: { mode: "never" } }, "config.json")).toThrow(
    'reading the configuration config.json: oom.mode is "never", it must be one of off, observe, ask, act',
  );
  expect(() => parseConfig(undefined, "config.json")).toThrow(/the document is missing/);
});

test("the shipped example shows every setting with its default", () => {
  const { config } = loadConfig(
    readFileSync(new URL("../../config/reflex.yaml", import.meta.url), "utf8"),
    "reflex.yaml",
  );
  const { explained } = resolveSettings(config);
  const names = Object.entries(blocks).flatMap(([block, { fields }]) =>
    Object.entries(fields).map(([name, field]) => [`${block}.${name}`, { value: field.default, origin: "document" }]),
  );
  expect(explained).toEqual(Object.fromEntries(names));
});
