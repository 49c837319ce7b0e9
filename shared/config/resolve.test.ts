import fc from "fast-check";
import { expect, test } from "vitest";
import { parseConfig } from "./parse.ts";
import { explain, highestLimit, resolveSettings } from "./resolve.ts";
import type { TagProblem } from "./tag.ts";

const config = (value: unknown = {}) => parseConfig(value, "test");
const order = (tags: Record<string, string> = {}) => ({ cluster: "production", name: "order-service", tags });

test("each origin wins over those before it: default, document, the service's block, its tag", () => {
  const document = config({
    oom: { mode: "off", watchSeconds: 1000, raiseRatio: 2 },
    services: { "production/order-*": { oom: { mode: "ask", watchSeconds: 2000 } } },
  });
  const { explained, findings } = resolveSettings(document, order({ "reflex:oom:mode": "act" }));
  expect(explained).toMatchObject({
    "oom.killsInWindow": { value: 2, origin: "default" },
    "oom.raiseRatio": { value: 2, origin: "document" },
    "oom.watchSeconds": { value: 2000, origin: "document services.production/order-*" },
    "oom.mode": { value: "act", origin: "tag reflex:oom:mode" },
  });
  expect(findings).toEqual([]);
});

test("values and their explanations are the same values", () => {
  const { settings, explained } = resolveSettings(config(), order({ "reflex:paused": "true" }));
  const flat = Object.entries(settings).flatMap(([block, values]) =>
    Object.entries(values).map(([name, value]) => [`${block}.${name}`, value]),
  );
  expect(Object.fromEntries(flat)).toEqual(
    Object.fromEntries(Object.entries(explained).map(([key, { value }]) => [key, value])),
  );
  expect(settings.brakes.paused).toBe(true);
});

test("where several blocks name a service, the later wins setting by setting", () => {
  const document = config({
    services: {
      "production/*": { oom: { mode: "act", watchSeconds: 100 } },
      "production/order-service": { oom: { mode: "observe" } },
      "staging/*": { oom: { mode: "off" } },
    },
  });
  expect(resolveSettings(document, order()).settings.oom).toMatchObject({ mode: "observe", watchSeconds: 100 });
});

test("nothing acts that has not opted in", () => {
  expect(resolveSettings(config(), order()).settings.oom.mode).toBe("observe");
  expect(resolveSettings(config({ services: { "*/*": { oom: { mode: "act" } } } })).settings.oom.mode).toBe("observe");
});

// biome-ignore format: a table reads as a table
test.each<[string, string, string, TagProblem | undefined, string, unknown]>([
  ["a mode is switched on",              "reflex:oom:mode",             "act",     undefined,       "oom.mode", "act"],
  ["a mode is switched off",             "reflex:oom:mode",             "off",     undefined,       "oom.mode", "off"],
  ["a mode that is none",                "reflex:oom:mode",             "Act",     "unparsable",    "oom.mode", "observe"],
  ["the pause switch",                   "reflex:paused",               "true",    undefined,       "brakes.paused", true],
  ["the pause switch in other words",    "reflex:paused",               "yes",     "unparsable",    "brakes.paused", true],
  ["the pause switch, released",         "reflex:paused",               "false",   undefined,       "brakes.paused", false],
  ["a bound is lowered",                 "reflex:limits:max-memory-mib", "4096",   undefined,       "limits.maxMemoryMiB", 4096],
  ["a bound left as it is",              "reflex:limits:max-memory-mib", "30720",  undefined,       "limits.maxMemoryMiB", 30720],
  ["a bound raised by its tag",          "reflex:limits:max-memory-mib", "30721",  "beyond-limits", "limits.maxMemoryMiB", 30720],
  ["a number with a unit",               "reflex:limits:max-memory-mib", "4 GB",   "unparsable",    "limits.maxMemoryMiB", 30720],
  ["an empty number",                    "reflex:limits:max-memory-mib", "",       "unparsable",    "limits.maxMemoryMiB", 30720],
  ["a number in another writing",        "reflex:limits:max-cpu-units", "1e3",     "unparsable",    "limits.maxCpuUnits", 4096],
  ["a number out of range",              "reflex:limits:max-cpu-units", "1",       "unparsable",    "limits.maxCpuUnits", 4096],
  ["a longer cooldown",                  "reflex:oom:cooldown-seconds", "7200",    undefined,       "oom.cooldownSeconds", 7200],
  ["a shorter cooldown",                 "reflex:oom:cooldown-seconds", "60",      "beyond-limits", "oom.cooldownSeconds", 3600],
  ["a smaller ratio with a fraction",    "reflex:oom:raise-ratio",      "1.25",    undefined,       "oom.raiseRatio", 1.25],
  ["a setting that no tag sets",         "reflex:limits:mode-by-tag",   "act",     "not-by-tag",    "limits.modeByTag", "act"],
  ["a switch that no tag sets",          "reflex:limits:allow-32-vcpu", "true",    "not-by-tag",    "limits.allow32Vcpu", false],
  ["a tag with a slip",                  "reflex:oom:mod",              "act",     "unknown",       "oom.mode", "observe"],
  ["a word of every object",             "reflex:constructor",          "act",     "unknown",       "oom.mode", "observe"],
])("by tag: %s", (_, tag, value, problem, key, expected) => {
  const { explained, findings } = resolveSettings(config(), order({ [tag]: value }));
  expect(findings.map((finding) => [finding.tag, finding.value, finding.problem])).toEqual(
    problem === undefined ? [] : [[tag, value, problem]],
  );
  expect(explained[key]?.value).toBe(expected);
});

test("a finding says what would be fine", () => {
  const { findings } = resolveSettings(
    config({ limits: { modeByTag: "observe" } }),
    order({
      "reflex:oom:mode": "act",
      "reflex:oom:max-raises-per-day": "9",
      "reflex:oom:watch-seconds": "60",
      "reflex:oom:window-hours": "0",
    }),
  );
  expect(findings.map(({ rule }) => rule)).toEqual([
    "may go as far as limits.modeByTag, which is observe",
    "may lower 3 and not raise it",
    "may raise 3600 and not lower it",
    "must be a whole number from 1 to 168",
  ]);
});

test("a tag may not go further than limits.modeByTag, unless the document went there itself", () => {
  const limits = { limits: { modeByTag: "observe" } };
  expect(resolveSettings(config(limits), order({ "reflex:oom:mode": "ask" })).settings.oom.mode).toBe("observe");
  const named = { ...limits, services: { "production/*": { oom: { mode: "act" } } } };
  expect(resolveSettings(config(named), order({ "reflex:oom:mode": "ask" })).settings.oom.mode).toBe("ask");
});

test("a mode that is none goes no further than to observe, whatever the document says", () => {
  const named = config({ services: { "production/*": { oom: { mode: "act" }, gate: { mode: "off" } } } });
  const { settings, explained } = resolveSettings(
    named,
    order({ "reflex:oom:mode": "disabled", "reflex:gate:mode": "disabled" }),
  );
  expect([settings.oom.mode, settings.gate.mode]).toEqual(["observe", "off"]);
  expect(explained["oom.mode"]?.origin).toBe("tag reflex:oom:mode");
});

test("a pause in the document is not lifted by a tag", () => {
  const { settings, findings } = resolveSettings(
    config({ brakes: { paused: true } }),
    order({ "reflex:paused": "false" }),
  );
  expect(settings.brakes.paused).toBe(true);
  expect(findings[0]?.problem).toBe("beyond-limits");
});

test("tags that are not ours are not looked at", () => {
  expect(resolveSettings(config(), order({ team: "orders", "aws:x": "y" })).findings).toEqual([]);
});

test("whatever the tags say, no bound is exceeded and no brake loosened", () => {
  const document = config({ limits: { maxMemoryMiB: 8192, modeByTag: "ask" }, oom: { cooldownSeconds: 900 } });
  const tag = fc.constantFrom(
    "limits:max-memory-mib",
    "limits:mode-by-tag",
    "oom:mode",
    "oom:cooldown-seconds",
    "paused",
  );
  const value = fc.oneof(
    fc.constantFrom("off", "observe", "ask", "act", "true", "false"),
    fc.integer().map(String),
    fc.string(),
  );
  fc.assert(
    fc.property(
      fc.dictionary(
        tag.map((name) => `reflex:${name}`),
        value,
      ),
      (tags) => {
        const { settings } = resolveSettings(document, order(tags));
        expect(settings.limits.maxMemoryMiB).toBeLessThanOrEqual(8192);
        expect(settings.limits.modeByTag).toBe("ask");
        expect(settings.oom.mode).not.toBe("act");
        expect(settings.oom.cooldownSeconds).toBeGreaterThanOrEqual(900);
      },
    ),
  );
});

test("a record keeps the blocks that a decision used", () => {
  const used = explain(resolveSettings(config()), ["brakes", "slack"]);
  expect(Object.keys(used)).toEqual(["brakes.paused", "slack.channel", "slack.approvers", "slack.undoHours"]);
});

test("what IAM denies beyond is the largest bound that any service has", () => {
  const document = config({
    limits: { maxMemoryMiB: 4096 },
    services: { "a/b": { limits: { maxMemoryMiB: 16_384 } }, "a/c": {} },
  });
  expect(highestLimit(document, "maxMemoryMiB")).toBe(16_384);
  expect(highestLimit(config(), "maxCpuUnits")).toBe(4096);
});
