import fc from "fast-check";
import { expect, test } from "vitest";
import { countsOf, gateSettings, judgeFacts, NOW, scan, waiver } from "../../test/builders/gate.ts";
import type { Finding } from "../domain/finding.ts";
import { OUTCOMES, type Outcome } from "../domain/verdict.ts";
import { judge } from "./judge.ts";
import type { GateSettings } from "./settings.ts";

const severities = fc.constantFrom<Finding["severity"]>(
  "CRITICAL",
  "HIGH",
  "MEDIUM",
  "LOW",
  "INFORMATIONAL",
  "UNKNOWN",
);
const day = fc.integer({ min: 0, max: 40 }).map((ago) => new Date(Date.parse(NOW) - ago * 86_400_000).toISOString());
const packages = fc.array(
  fc.record({
    name: fc.constantFrom("openssl", "curl", "zlib", "linux-libc-dev"),
    version: fc.constant("1.0"),
    fixedIn: fc.option(fc.constantFrom("1.1", "1.2", "2.0"), { nil: undefined }),
  }),
  { maxLength: 3 },
);
const findings = fc.array(
  fc.record<Finding>({
    id: fc.integer({ min: 1, max: 30 }).map((number) => `CVE-2026-${number}`),
    severity: severities,
    packages,
    fix: fc.constantFrom<Finding["fix"]>("yes", "partial", "no", "untold"),
    hasExploit: fc.boolean(),
    isActive: fc.boolean(),
    publishedAt: fc.option(day, { nil: undefined }),
  }),
  { maxLength: 30 },
);
const outcome = fc.constantFrom<Outcome>(...OUTCOMES);
const danger = fc.constantFrom("count", "ask", "block");
const settings = fc
  .record({
    maxCritical: fc.integer({ min: 0, max: 3 }),
    maxHigh: fc.integer({ min: 0, max: 5 }),
    maxMedium: fc.integer({ min: 0, max: 5 }),
    maxLow: fc.integer({ min: 0, max: 5 }),
    counts: fc.constantFrom("all", "fixable-or-untold", "fixable"),
    graceDaysHigh: fc.integer({ min: 0, max: 30 }),
    graceDaysLow: fc.integer({ min: 0, max: 30 }),
    exploitAvailable: danger,
    knownExploited: danger,
    unknownSeverity: outcome,
    pageMissing: outcome,
  })
  .map((over) => gateSettings(over as Partial<GateSettings>));
const threats = fc.constant({ "CVE-2026-3": { isExploited: true }, "CVE-2026-4": { epss: 0.9 } });
const rank = (one: Outcome): number => OUTCOMES.indexOf(one);

const judged = (list: readonly Finding[], over: Partial<Parameters<typeof judge>[0]>, by: GateSettings) =>
  judge(judgeFacts({ scan: scan(list), ...over }), by);

test("more findings never make a verdict milder", () => {
  fc.assert(
    fc.property(findings, findings, settings, threats, (some, more, by, known) => {
      const before = judged(some, { threats: known }, by).outcome;
      expect(rank(judged([...some, ...more], { threats: known }, by).outcome)).toBeGreaterThanOrEqual(rank(before));
    }),
  );
});

test("a higher probability and a known exploit never make a verdict milder, whoever tells them", () => {
  const probability = fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined });
  const told = fc.record({ number: fc.integer({ min: 1, max: 30 }), listed: probability, said: probability });
  fc.assert(
    fc.property(findings, settings, fc.array(told, { maxLength: 10 }), fc.boolean(), (list, by, words, hasExploit) => {
      const known = Object.fromEntries(
        words.map(({ number, listed, said }) => [
          `CVE-2026-${number}`,
          {
            ...(listed !== undefined && { epss: listed }),
            inspector: { saidAt: NOW, hasExploit, ...(said !== undefined && { epss: said }) },
          },
        ]),
      );
      const before = rank(judged(list, {}, by).outcome);
      expect(rank(judged(list, { threats: known }, by).outcome)).toBeGreaterThanOrEqual(before);
    }),
  );
});

test("a waiver never makes a verdict worse, and one more never does either", () => {
  fc.assert(
    fc.property(findings, settings, fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 5 }), (list, by, ids) => {
      const outcomes = ids.map((_, count) => {
        const waivers = ids.slice(0, count + 1).map((id) => waiver({ finding: `CVE-2026-${id}` }));
        return rank(judged(list, { waivers }, by).outcome);
      });
      const all = [rank(judged(list, {}, by).outcome), ...outcomes];
      expect(all).toEqual(all.toSorted((a, b) => b - a));
    }),
  );
});

test("the order of findings changes nothing of the outcome, the numbers and the updates", () => {
  fc.assert(
    fc.property(findings, settings, fc.infiniteStream(fc.nat()), (list, by, dice) => {
      const shuffled = list
        .map((one) => ({ one, at: dice.next().value }))
        .sort((a, b) => a.at - b.at)
        .map(({ one }) => one);
      const [a, b] = [judged(list, {}, by), judged(shuffled, {}, by)];
      expect(b.outcome).toBe(a.outcome);
      expect(b.counted).toEqual(a.counted);
      expect(b.updates.length).toBe(a.updates.length);
    }),
  );
});

test("what the summary counts beyond the pages never makes a verdict milder", () => {
  fc.assert(
    fc.property(findings, settings, severities, fc.integer({ min: 1, max: 5 }), (list, by, severity, more) => {
      const counts = countsOf(list);
      const larger = { ...counts, [severity]: (counts[severity] ?? 0) + more };
      const before = judged(list, {}, by).outcome;
      const after = judge(judgeFacts({ scan: scan(list, { counts: larger }) }), by).outcome;
      expect(rank(after)).toBeGreaterThanOrEqual(rank(before));
    }),
  );
});

test("every finding is in exactly one place: ignored, or it stands", () => {
  fc.assert(
    fc.property(findings, settings, (list, by) => {
      const { ignored, counted } = judged(list, {}, by);
      const told = ignored.reduce((sum, { count }) => sum + count, 0);
      const counts = Object.values(counted).reduce((sum, count) => sum + count, 0);
      expect(told + counts).toBeLessThanOrEqual(list.length);
    }),
  );
});

test("after the updates that are named, and waivers for what has none, the image passes; with one update less it does not", () => {
  fc.assert(
    fc.property(findings, settings, (told, by) => {
      // One vulnerability of one severity each, as scanners tell them, all of them named in the answer.
      const list = told.slice(0, 10).map((one, index) => ({ ...one, id: `CVE-2026-${index + 1}` }));
      const { outcome: before, updates, withoutUpdate } = judged(list, {}, by);
      if (before === "allow") return;
      const after = (names: readonly string[]) => {
        const updated = new Set(names);
        const isGone = (one: Finding) =>
          one.packages.length > 0 &&
          one.packages.every(
            ({ name, fixedIn }) =>
              updated.has(name) && (fixedIn !== undefined || one.fix === "untold" || one.fix === "yes"),
          );
        const left = list.filter((one) => !isGone(one));
        return judged(left, { waivers: withoutUpdate.map((id) => waiver({ finding: id })) }, by).outcome;
      };
      const names = updates.map((update) => update.package);
      expect(after(names)).toBe("allow");
      if (names.length === 1 && withoutUpdate.length === 0) expect(after([])).not.toBe("allow");
    }),
    { numRuns: 300 },
  );
});
