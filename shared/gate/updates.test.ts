import { describe, expect, test } from "vitest";
import { finding, gateSettings, judgeFacts, scan } from "../../test/builders/gate.ts";
import type { Finding } from "../domain/finding.ts";
import { judge } from "./judge.ts";
import type { GateSettings } from "./settings.ts";
import { compareVersions } from "./version.ts";

const of = (name: string, fixedIn: string | null = "2", over: Partial<Finding> = {}) =>
  finding({ packages: [{ name, version: "1", fixedIn: fixedIn ?? undefined }], ...over });
const updatesOf = (list: readonly Finding[], settings: Partial<GateSettings> = {}) =>
  judge(judgeFacts({ scan: scan(list) }), gateSettings(settings));

test("one update for all findings of a package, to the latest version any of them asks for", () => {
  expect(updatesOf([of("openssl", "3.0.9"), of("openssl", "3.0.13"), of("openssl", "3.0.2")]).updates).toEqual([
    { package: "openssl", from: "1", to: "3.0.13", fixes: 3 },
  ]);
});

test("updates are told by how much they fix, and by name where they fix as much", () => {
  const { updates } = updatesOf([of("b"), of("a"), of("c"), of("c")]);
  expect(updates.map((update) => update.package)).toEqual(["c", "a", "b"]);
});

test("a finding of two packages needs both", () => {
  const both = finding({
    packages: [
      { name: "libssl", version: "1", fixedIn: "2" },
      { name: "openssl", version: "1", fixedIn: "2" },
    ],
  });
  expect(updatesOf([both]).updates.map((update) => update.package)).toEqual(["libssl", "openssl"]);
});

test("where some may stay, the package that takes most away is enough", () => {
  const list = [of("a"), of("b"), of("c"), of("c"), of("c")];
  expect(updatesOf(list, { maxHigh: 2 }).updates).toMatchObject([{ package: "c", fixes: 3 }]);
});

test("an update that another makes needless is left out", () => {
  const spread = [of("a"), of("a"), of("a", "2", { severity: "CRITICAL" }), of("b"), of("b")];
  const critical = of("a", "2", { severity: "CRITICAL" });
  expect(updatesOf([...spread, critical], { maxCritical: 0, maxHigh: 2 }).updates).toMatchObject([{ package: "a" }]);
});

test("an early choice that later ones make needless is dropped", () => {
  const medium = { severity: "MEDIUM" } as const;
  const both = [of("both"), of("both"), of("both", "2", medium), of("both", "2", medium)];
  const list = [...both, of("a"), of("a"), of("a"), of("b", "2", medium), of("b", "2", medium), of("b", "2", medium)];
  const { updates } = updatesOf(list, { maxHigh: 2, maxMedium: 2 });
  expect(updates.map((update) => update.package)).toEqual(["a", "b"]);
});

test("an unknown fixed version is an update to whatever has the fix", () => {
  expect(updatesOf([of("busybox", null, { fix: "untold" })]).updates).toMatchObject([
    { package: "busybox", to: undefined },
  ]);
});

test("what no update takes away is named, and updates that would not be enough as well", () => {
  const stuck = of("zlib", null, { id: "CVE-2026-77", fix: "no" });
  const verdict = updatesOf([stuck, of("curl")], { counts: "all" });
  expect(verdict.updates).toMatchObject([{ package: "curl" }]);
  expect(verdict.withoutUpdate).toEqual(["CVE-2026-77"]);
});

test("a finding without a fix that may stay is not named", () => {
  const stuck = of("zlib", null, { fix: "no" });
  expect(updatesOf([stuck, of("curl")], { counts: "all", maxHigh: 1 })).toMatchObject({
    withoutUpdate: [],
    outcome: "block",
  });
});

test("a finding that decides on its own must go, however few it is", () => {
  const list = [of("curl", "2", { hasExploit: true, severity: "INFORMATIONAL" }), of("zlib")];
  const { updates } = updatesOf(list, { exploitAvailable: "ask", maxHigh: 5 });
  expect(updates.map((update) => update.package)).toEqual(["curl"]);
});

test("an unranked finding that is asked about is among what must go", () => {
  expect(updatesOf([of("curl", "2", { severity: "UNKNOWN" })]).updates).toMatchObject([{ package: "curl" }]);
});

test("an unranked finding that may stay is not", () => {
  const { updates } = updatesOf([of("curl", "2", { severity: "UNKNOWN" }), of("zlib")], { unknownSeverity: "allow" });
  expect(updates.map((update) => update.package)).toEqual(["zlib"]);
});

test("a passing image needs none", () => {
  expect(updatesOf([of("curl", "2", { severity: "LOW" })]).updates).toEqual([]);
});

test("findings without packages have no update", () => {
  expect(updatesOf([finding({ id: "CVE-2026-9", packages: [] })])).toMatchObject({
    updates: [],
    withoutUpdate: ["CVE-2026-9"],
  });
});

const inAll = (...names: readonly string[]) =>
  finding({ packages: names.map((name) => ({ name, version: "1", fixedIn: "2" })) });

test("findings of the same packages are one choice, in whatever order and however often they name them", () => {
  const list = [inAll("libssl", "openssl"), inAll("openssl", "libssl", "openssl"), inAll("zlib")];
  expect(updatesOf(list, { maxHigh: 1 }).updates.map((update) => update.package)).toEqual(["openssl", "libssl"]);
  const twice = [inAll("curl", "curl"), inAll("expat", "zlib"), inAll("expat", "zlib")];
  expect(updatesOf(twice.slice(0, 2), { maxHigh: 1 }).updates.map((update) => update.package)).toEqual(["curl"]);
});

test("what no page lists has to be made up for by updates of what is listed", () => {
  const unlisted = scan([of("curl"), of("curl")], { counts: { HIGH: 4 } });
  const { updates } = judge(judgeFacts({ scan: unlisted }), gateSettings({ maxHigh: 2 }));
  expect(updates).toMatchObject([{ package: "curl", fixes: 2 }]);
});

test("a dangerous finding that does not count makes up for none that does", () => {
  const list = [of("curl", "2", { fix: "untold", hasExploit: true }), of("expat"), of("zlib")];
  const { updates } = updatesOf(list, { counts: "fixable", exploitAvailable: "ask", maxHigh: 1 });
  expect(updates).toHaveLength(2);
  expect(updates[0]).toMatchObject({ package: "curl" });
});

// biome-ignore format: a table reads as a table
test.each<[string, Finding["fix"], readonly (string | undefined)[], boolean]>([
  ["all its packages have a version with the fix", "no", ["2", "2"], true],
  ["one has none, and some are said to have a fix", "partial", ["2", undefined], false],
  ["one has none, and all are said to have a fix", "yes", ["2", undefined], true],
  ["none has one, and nothing is said of a fix", "untold", [undefined, undefined], true],
  ["none has one", "no", [undefined, undefined], false],
])("a finding can be updated away or not: %s", (_, fix, versions, isUpdated) => {
  const packages = versions.map((fixedIn, at) => ({ name: `p${at}`, version: "1", fixedIn }));
  const { updates, withoutUpdate } = updatesOf([finding({ fix, packages })], { counts: "all" });
  expect([updates.length, withoutUpdate.length]).toEqual(isUpdated ? [2, 0] : [0, 1]);
});

test("of many without an update ten are named: first what decides on its own, then the worst", () => {
  const stuck = (id: string, over: Partial<Finding> = {}) => of("zlib", null, { id, fix: "no", ...over });
  const list = [
    ...Array.from({ length: 12 }, (_, at) => stuck(`CVE-2026-${at + 10}`)),
    stuck("CVE-2026-1", { severity: "CRITICAL" }),
    stuck("CVE-2026-2", { severity: "LOW", hasExploit: true }),
    stuck("CVE-2026-1", { severity: "CRITICAL" }),
  ];
  const { withoutUpdate } = updatesOf(list, { counts: "all", exploitAvailable: "block" });
  expect(withoutUpdate).toEqual([
    "CVE-2026-2",
    "CVE-2026-1",
    ...Array.from({ length: 8 }, (_, at) => `CVE-2026-${at + 10}`),
  ]);
});

describe("versions", () => {
  // biome-ignore format: a table reads as a table
  test.each([
    ["1.2.3", "1.2.4"],
    ["", "1"],
    ["1.9", "1.10"],
    ["1.2", "1.2.1"],
    ["9.9", "1:0.1"],
    ["0:3.0.13-0ubuntu3.2", "0:3.0.13-0ubuntu3.4"],
    ["2.0~rc1", "2.0"],
    ["7.88.1-10+deb12u8", "7.88.1-10+deb12u12"],
    ["1.0a", "1.0b"],
    ["1.0alpha", "1.0.1"],
    ["1.0", "1.0a"],
    ["1.0", "1.0RC"],
    ["1.0r1", "1.0rc"],
    ["1.0~a", "1.0~b"],
    ["1.0~", "1.0"],
    ["1.0~", "1.0a"],
    ["0:9", "1:0"],
    [":", "A:1"],
    ["99999999999999999998", "99999999999999999999"],
  ])("%s comes before %s", (earlier, later) => {
    expect(compareVersions(earlier, later)).toBeLessThan(0);
    expect(compareVersions(later, earlier)).toBeGreaterThan(0);
    expect(compareVersions(later, later)).toBe(0);
  });

  test.each([
    ["1.0", "0:1.0"],
    ["1.007", "1.07"],
    ["1.0", "1.000"],
    ["1-2", "1.2"],
    ["1.0RC", "1.0RC"],
  ])("neither %s nor %s is the later", (one, other) => {
    expect(compareVersions(one, other)).toBe(0);
    expect(compareVersions(other, one)).toBe(0);
  });
});
