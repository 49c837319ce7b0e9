import { describe, expect, test } from "vitest";
import { finding, gateSettings, image, NOW, scan, waiver } from "../../test/builders/gate.ts";
import { BREAK_GLASS_TAG, WAY_BACK_TAG } from "../domain/tags.ts";
import type { Waiver } from "../domain/waiver.ts";
import { hasExploitableCritical, isStrictlyBetter } from "./better.ts";
import { type ContainerImage, type DeploymentFacts, judgeDeployment } from "./judge-deployment.ts";
import type { GateSettings } from "./settings.ts";
import { wayBackPrint } from "./way-back.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const OTHER = `sha256:${"b".repeat(64)}`;
const bad = scan([finding({ severity: "CRITICAL" })]);

const verdictOf = (
  images: readonly ContainerImage[],
  settings: Partial<GateSettings> = {},
  over: Partial<DeploymentFacts> = {},
) =>
  judgeDeployment(
    {
      now: NOW,
      service: { arn: "arn", cluster: "production", name: "order-service" },
      images,
      replaced: new Set(),
      tags: {},
      waivers: [],
      threats: {},
      waitingSince: undefined,
      ...over,
    },
    gateSettings(settings),
  );

const rulesOf = ({ containers }: ReturnType<typeof verdictOf>) =>
  containers.flatMap(({ verdict }) => verdict.decided.map(({ rule }) => rule));

test("the worst image decides", () => {
  const verdict = verdictOf([image(), image({ container: "sidecar", scan: bad })]);
  expect(verdict).toMatchObject({ outcome: "block", isPending: false, passes: undefined });
  expect(verdict.containers.map((each) => each.verdict.outcome)).toEqual(["allow", "block"]);
});

// biome-ignore format: a table reads as a table
test.each<[string, ContainerImage, Partial<GateSettings>, string, string[]]>([
  ["an image in no registry of ECR", image({ kind: "foreign", scan: undefined }), {}, "ask", ["foreign-image"]],
  ["the same where that is fine", image({ kind: "foreign", scan: undefined }), { foreignImage: "allow" }, "allow", []],
  ["another account's registry", image({ kind: "other-registry", scan: undefined }), { otherRegistry: "block" }, "block", ["other-registry"]],
  ["a reference that cannot be read", image({ kind: "unreadable", scan: undefined }), {}, "ask", ["unreadable-reference"]],
  ["an index without the platform", image({ kind: "no-child", scan: undefined }), {}, "block", ["no-child-for-platform"]],
  ["a container of AWS", image({ kind: "injected", scan: undefined }), {}, "allow", []],
  ["an image of ours without any scan object", image({ scan: undefined }), {}, "ask", ["other-registry"]],
  ["a tag that may be moved", image({ isMovable: true }), { movableTag: "ask" }, "ask", ["movable-tag"]],
  ["a movable tag where that is fine", image({ isMovable: true }), {}, "allow", []],
  ["a movable tag of a bad image", image({ isMovable: true, scan: bad }), { movableTag: "ask" }, "block", ["too-many-critical"]],
])("%s", (_, one, settings, outcome, rules) => {
  const verdict = verdictOf([one], settings);
  expect([verdict.outcome, rulesOf(verdict)]).toEqual([outcome, rules]);
});

test("of an image that is not looked at nothing is said but why", () => {
  const foreign = image({ kind: "foreign", reference: "nginx:1", repository: "nginx", image: undefined, scan: bad });
  const rule = { rule: "foreign-image", outcome: "ask", count: 1, findings: [] };
  const nothing = { ignored: [], waivers: [], dangers: [], counted: {}, updates: [], withoutUpdate: [] };
  const said = { isPending: false, hasExploitableCritical: false, validUntil: undefined, ...nothing };
  const told = (settings: Partial<GateSettings>) => verdictOf([foreign], settings).containers[0]?.verdict;
  expect(told({})).toEqual({ ...said, outcome: "ask", decided: [rule], tolerated: [] });
  expect(told({ foreignImage: "allow" })).toEqual({
    ...said,
    outcome: "allow",
    decided: [],
    tolerated: [{ ...rule, outcome: "allow" }],
  });
});

test("each container is told with what its platform runs, or else with what its reference means", () => {
  const child = image({ container: "app", digest: OTHER, image: DIGEST });
  const unread = image({ container: "sidecar", kind: "foreign", digest: OTHER, image: undefined });
  expect(verdictOf([child, unread]).containers.map(({ container, digest }) => [container, digest])).toEqual([
    ["app", DIGEST],
    ["sidecar", OTHER],
  ]);
});

test("a waiver holds for the repository and the service that are judged", () => {
  const one = image({ scan: scan([finding({ id: "CVE-2026-1" })]) });
  const scoped = (scope: Waiver["scope"]) => verdictOf([one], {}, { waivers: [waiver({ scope })] }).outcome;
  expect(scoped({ repository: "order-service", service: "production/order-service" })).toBe("allow");
  expect(scoped({ repository: "worker" })).toBe("block");
  expect(scoped({ service: "production/worker" })).toBe("block");
});

test("a tag that may be moved joins the other rules, decided or tolerated as its outcome is", () => {
  const rulesWith = (scanned: ContainerImage["scan"], movableTag: GateSettings["movableTag"]) => {
    const { decided, tolerated } = verdictOf([image({ isMovable: true, scan: scanned })], { movableTag }).containers[0]
      ?.verdict ?? { decided: [], tolerated: [] };
    return [decided, tolerated].map((some) => some.map(({ rule, outcome }) => `${rule} ${outcome}`));
  };
  const unranked = scan([finding({ severity: "UNKNOWN" })]);
  expect(rulesWith(bad, "ask")).toEqual([["too-many-critical block"], ["movable-tag ask"]]);
  expect(rulesWith(unranked, "block")).toEqual([["movable-tag block"], ["unknown-severity ask"]]);
  expect(rulesWith(unranked, "ask")).toEqual([["unknown-severity ask", "movable-tag ask"], []]);
  expect(rulesWith(scan(), "allow")).toEqual([[], ["movable-tag allow"]]);
  const { tolerated } = verdictOf([image({ isMovable: true })]).containers[0]?.verdict ?? {};
  expect(tolerated).toEqual([{ rule: "movable-tag", outcome: "allow", count: 1, findings: [] }]);
});

describe("what runs already", () => {
  const pinnedBad = image({ digest: DIGEST, image: DIGEST, scan: bad });

  test("passes, however bad it is, and the verdict of each image is told all the same", () => {
    const verdict = verdictOf([pinnedBad], {}, { replaced: new Set([DIGEST]) });
    expect(verdict).toMatchObject({ outcome: "allow", passes: "unchanged" });
    expect(verdict.containers[0]?.verdict.outcome).toBe("block");
  });

  test("is known by the image of an index as well", () => {
    const child = image({ digest: OTHER, image: DIGEST, scan: bad });
    expect(verdictOf([child], {}, { replaced: new Set([DIGEST]) }).passes).toBe("unchanged");
  });

  test("is not what comes with one image more, nor with an image whose digest is not known", () => {
    const replaced = new Set([DIGEST]);
    expect(verdictOf([pinnedBad, image({ image: OTHER, digest: OTHER })], {}, { replaced }).passes).toBeUndefined();
    const unknown = image({ kind: "foreign", digest: undefined, image: undefined, scan: undefined });
    expect(verdictOf([pinnedBad, unknown], {}, { replaced }).passes).toBeUndefined();
  });

  test("no image at all is nothing that runs already", () => {
    expect(verdictOf([], {}, { replaced: new Set([DIGEST]) })).toMatchObject({ outcome: "allow", passes: undefined });
  });

  test("is not waited for, whatever its scan does", () => {
    const rescanned = { ...pinnedBad, scan: scan(undefined, { state: "in-progress", findings: undefined }) };
    expect(verdictOf([rescanned], {}, { replaced: new Set([DIGEST]) })).toMatchObject({
      outcome: "allow",
      isPending: false,
    });
  });
});

describe("a revision of ours that goes back", () => {
  const service = { cluster: "production", name: "order-service" };
  const [one, other] = [DIGEST, OTHER].map((digest) =>
    image({ reference: `r.example/order-service@${digest}`, scan: bad }),
  );
  const said = (...images: readonly (ContainerImage | undefined)[]) => {
    const containers = images.flatMap((each) => (each ? [{ name: each.container, image: each.reference }] : []));
    return { tags: { [WAY_BACK_TAG]: wayBackPrint(service, containers) ?? "" } };
  };
  const passes = (...[images, ...more]: Parameters<typeof verdictOf>) => verdictOf(images, ...more).passes;

  test("passes, however bad its images are and whatever may break glass, and their verdicts are told", () => {
    const verdict = verdictOf(one ? [one] : [], { breakGlass: false }, said(one));
    expect(verdict).toMatchObject({ outcome: "allow", isPending: false, passes: "goes-back" });
    expect(rulesOf(verdict)).toEqual(["too-many-critical"]);
  });

  test("says nothing of other images, of one more, of another service, or of a tag that can be moved", () => {
    if (!one || !other) throw new Error("no images");
    expect(passes([other], {}, said(one))).toBeUndefined();
    expect(passes([one, { ...other, container: "sidecar" }], {}, said(one))).toBeUndefined();
    expect(passes([{ ...one, container: "sidecar" }], {}, said(one))).toBeUndefined();
    const abroad = { arn: "arn", cluster: "staging", name: "order-service" };
    expect(passes([one], {}, { ...said(one), service: abroad })).toBeUndefined();
    const movable = { ...one, reference: "r.example/order-service:v1" };
    expect(passes([movable], {}, said(movable))).toBeUndefined();
    expect(passes([one], {}, { tags: { [WAY_BACK_TAG]: "true" } })).toBeUndefined();
  });
});

describe("breaking the glass", () => {
  const tags = { [BREAK_GLASS_TAG]: "  incident 4711, fix inside  " };

  test("passes with its justification", () => {
    const verdict = verdictOf([image({ scan: bad })], {}, { tags });
    expect(verdict).toMatchObject({
      outcome: "allow",
      passes: "break-glass",
      justification: "incident 4711, fix inside",
    });
  });

  test("does not where the policy forbids it, nor without a justification", () => {
    const shortest = { tags: { [BREAK_GLASS_TAG]: "0123456789" } };
    expect(verdictOf([image({ scan: bad })], {}, shortest).passes).toBe("break-glass");
    expect(verdictOf([image({ scan: bad })], { breakGlass: false }, { tags }).outcome).toBe("block");
    expect(verdictOf([image({ scan: bad })], {}, { tags: { [BREAK_GLASS_TAG]: "urgent   " } }).outcome).toBe("block");
  });
});

describe("waiting", () => {
  const pending = image({ container: "pending", scan: scan(undefined, { state: "in-progress", findings: undefined }) });

  test("for a scan keeps the deployment waiting", () => {
    expect(verdictOf([image(), pending])).toMatchObject({ outcome: "ask", isPending: true });
  });

  test("ends when another image blocks already", () => {
    expect(verdictOf([image({ scan: bad }), pending])).toMatchObject({ outcome: "block", isPending: false });
  });

  test("a bad image that was never waited for blocks a scan that is too late", () => {
    expect(verdictOf([pending], { waitForScanMinutes: 0 })).toMatchObject({ outcome: "ask", isPending: false });
  });
});

describe("comparing", () => {
  const of = (...severities: ("CRITICAL" | "HIGH")[]) =>
    verdictOf([image({ scan: scan(severities.map((severity) => finding({ severity }))) })]);

  // biome-ignore format: a table reads as a table
  test.each([
    ["a clean image with a bad one", of(), of("HIGH"), true],
    ["a bad image with a clean one", of("HIGH"), of(), false],
    ["an image with itself", of("HIGH"), of("HIGH"), false],
    ["fewer critical findings with more", of("CRITICAL"), of("CRITICAL", "CRITICAL"), true],
    ["more high findings and fewer critical ones", of("CRITICAL", "HIGH", "HIGH"), of("CRITICAL", "CRITICAL"), true],
    ["more critical findings and fewer high ones", of("CRITICAL", "CRITICAL"), of("CRITICAL", "HIGH", "HIGH"), false],
    ["fewer high findings with more", of("HIGH"), of("HIGH", "HIGH"), true],
    ["what is not judged yet", verdictOf([image({ scan: scan(undefined, { state: "no-scan", findings: undefined }) })]), of("HIGH"), false],
    ["nothing", verdictOf([]), of("HIGH"), false],
  ])("%s", (_, one, other, isBetter) => {
    expect(isStrictlyBetter(one, other)).toBe(isBetter);
  });

  test("a critical finding with an exploit is known as one only when nothing excuses it", () => {
    const exploited = finding({ severity: "CRITICAL", hasExploit: true });
    expect(hasExploitableCritical(verdictOf([image({ scan: scan([exploited]) })]))).toBe(true);
    expect(hasExploitableCritical(verdictOf([image(), image({ scan: scan([exploited]) })]))).toBe(true);
    const excused = { ...exploited, packages: [{ name: "linux-libc-dev", version: "1", fixedIn: "2" }] };
    expect(hasExploitableCritical(verdictOf([image({ scan: scan([excused]) })]))).toBe(false);
    const listed = finding({ severity: "CRITICAL", id: "CVE-2026-1" });
    const threats = { "CVE-2026-1": { isExploited: true } };
    expect(hasExploitableCritical(verdictOf([image({ scan: scan([listed]) })], {}, { threats }))).toBe(true);
  });
});
