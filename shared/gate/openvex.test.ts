import { describe, expect, test } from "vitest";
import { waiver } from "../../test/builders/gate.ts";
import { openVexOf, waiversOfOpenVex } from "./openvex.ts";
import { trivyIgnoreOf } from "./trivyignore.ts";

const END = "2027-01-31T23:59:59.999Z";
const statement = (over: object = {}) => ({
  vulnerability: { name: "CVE-2026-1" },
  products: [{ "@id": "pkg:oci/order-service" }],
  status: "not_affected",
  justification: "vulnerable_code_not_in_execute_path",
  ...over,
});
const vex = (...statements: readonly object[]) => ({
  "@context": "https://openvex.dev/ns/v0.2.0",
  "@id": "https://example.com/vex-1",
  author: "security@example.com",
  timestamp: "2026-11-01T00:00:00Z",
  version: 1,
  statements,
});

test("a statement that an image is not affected is a waiver with an end, its author's", () => {
  expect(waiversOfOpenVex(vex(statement()), END)).toEqual([
    {
      finding: "CVE-2026-1",
      scope: { repository: "order-service" },
      reason: "not_affected: vulnerable_code_not_in_execute_path",
      owner: "security@example.com",
      expiresAt: END,
      origin: "openvex",
    },
  ]);
});

// biome-ignore format: a table reads as a table
test.each([
  ["an image by its registry", { products: [{ "@id": "pkg:oci/api@sha256:1?repository_url=1.dkr.ecr.us-east-1.amazonaws.com/team/api" }] }, [{ repository: "team/api" }]],
  ["packages of an image", { products: [{ "@id": "pkg:oci/api", subcomponents: [{ "@id": "pkg:deb/debian/openssl@3.0" }, "pkg:npm/%40scope/left-pad@1"] }] }, [{ repository: "api", package: "openssl" }, { repository: "api", package: "left-pad" }]],
  ["a package anywhere", { products: ["pkg:deb/debian/curl@7.88"] }, [{ package: "curl" }]],
  ["the vulnerability as text", { vulnerability: "CVE-2026-1" }, [{ repository: "order-service" }]],
  ["what is fixed", { status: "fixed", justification: undefined }, [{ repository: "order-service" }]],
  ["an impact statement instead of a justification", { justification: undefined, impact_statement: "never called" }, [{ repository: "order-service" }]],
  ["no reason at all", { justification: undefined }, []],
  ["what is affected", { status: "affected" }, []],
  ["what is being looked into", { status: "under_investigation" }, []],
  ["no product", { products: [] }, []],
  ["products left out", { products: undefined }, []],
  ["a product without an id", { products: [{}] }, []],
  ["an image as text", { products: ["pkg:oci/api#layer"] }, [{ repository: "api" }]],
  ["an image with an empty list of parts", { products: [{ "@id": "pkg:oci/api", subcomponents: [] }] }, [{ repository: "api" }]],
  ["parts of an image that cannot be told", { products: [{ "@id": "pkg:oci/api", subcomponents: [{}, "https://example.com/openssl"] }] }, []],
  ["a product that is no package", { products: ["https://example.com/product"] }, []],
])("%s", (_, over, scopes) => {
  expect(waiversOfOpenVex(vex(statement(over)), END)?.map(({ scope }) => scope)).toEqual(scopes);
});

test("a later statement about the same thing wins, whatever their order", () => {
  const later = statement({ status: "affected", timestamp: "2026-11-20T00:00:00Z" });
  expect(waiversOfOpenVex(vex(later, statement()), END)).toEqual([]);
  expect(waiversOfOpenVex(vex(statement({ timestamp: "2026-11-21T00:00:00Z" }), later), END)).toHaveLength(1);
});

test.each([[null], [{}], [vex({ status: "fine" })], [{ ...vex(), "@context": "https://cyclonedx.org" }]])(
  "%o is no OpenVEX document",
  (document) => {
    expect(waiversOfOpenVex(document, END)).toBeUndefined();
  },
);

test("waivers written as OpenVEX are read back with their reach", () => {
  const waivers = [
    waiver({ scope: { repository: "team/api", package: "openssl" } }),
    waiver({ finding: "CVE-2026-2", scope: { repository: "worker" } }),
  ];
  const written = openVexOf(waivers, { author: "ecs-reflex", at: "2026-11-23T12:00:00Z", id: "urn:uuid:1" });
  expect(written.statements[0]?.status_notes).toContain("orders-team until 2026-12-31");
  expect(waiversOfOpenVex(written, END)?.map(({ finding, scope }) => ({ finding, scope }))).toEqual(
    waivers.map(({ finding, scope }) => ({ finding, scope })),
  );
});

describe(".trivyignore.yaml", () => {
  test("says each waiver of the repository with its end and its reason", () => {
    const { yaml } = trivyIgnoreOf([waiver({ reason: 'a "quoted": reason' })], "api");
    expect(yaml).toBe(
      'vulnerabilities:\n  - id: "CVE-2026-1"\n    expired_at: 2026-12-31\n    statement: "a \\"quoted\\": reason (orders-team)"\n',
    );
  });

  test.each([{ package: "openssl" }, { service: "production/api" }, { environment: "production" }])(
    "leaves out what it would make wider: %o",
    (scope) => {
      const one = waiver({ scope });
      expect(trivyIgnoreOf([one], "api")).toEqual({ yaml: "vulnerabilities: []\n", leftOut: [one] });
    },
  );

  test("knows nothing of other repositories", () => {
    expect(trivyIgnoreOf([waiver({ scope: { repository: "worker" } })], "api").leftOut).toEqual([]);
  });
});
