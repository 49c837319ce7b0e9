/** OpenVEX 0.2 read as waivers, and waivers written as OpenVEX. Source: openvex/spec, OPENVEX-SPEC.md v0.2.0. */
import * as v from "valibot";
import { isInstant } from "#shared/domain/time.ts";
import type { Waiver, WaiverScope } from "#shared/domain/waiver.ts";

const text = v.pipe(v.string(), v.minLength(1));
const Component = v.union([text, v.object({ "@id": v.optional(text) })]);
const Statement = v.object({
  vulnerability: v.union([text, v.object({ name: text })]),
  products: v.optional(
    v.array(v.union([text, v.object({ "@id": v.optional(text), subcomponents: v.optional(v.array(Component)) })])),
  ),
  status: v.picklist(["not_affected", "affected", "fixed", "under_investigation"]),
  justification: v.optional(text),
  impact_statement: v.optional(text),
  timestamp: v.optional(v.pipe(text, v.check(isInstant))),
});
const Document = v.object({
  "@context": v.pipe(v.string(), v.startsWith("https://openvex.dev/ns")),
  author: text,
  timestamp: v.pipe(text, v.check(isInstant)),
  statements: v.array(Statement),
});
type Statement = v.InferOutput<typeof Statement>;

/** The name in a package URL, without type, namespace, version and qualifiers. */
const nameOf = (purl: string): string => {
  const path = purl.replace(/^pkg:/, "").replace(/[?#].*$/, "");
  return decodeURIComponent(path.slice(path.lastIndexOf("/") + 1).replace(/@.*$/, ""));
};

const isImage = (purl: string): boolean => purl.startsWith("pkg:oci/");

/** The repository of an image's package URL, its namespace included where `repository_url` tells it. */
const repositoryOf = (purl: string): string => {
  const url = new URLSearchParams(purl.replace(/^[^?]*/, "")).get("repository_url");
  return url === null ? nameOf(purl) : url.split("/").slice(1).join("/");
};

/** The package URL of a component, as a list that is empty when it has none. */
const purlsOf = (component: v.InferOutput<typeof Component>): readonly string[] => {
  const id = typeof component === "string" ? component : component["@id"];
  return id?.startsWith("pkg:") ? [id] : [];
};

/** Where a statement holds: nothing that it does not name, and no whole image for a part that cannot be read. */
function scopesOf({ products = [] }: Statement): readonly WaiverScope[] {
  return products.flatMap((product) => {
    const parts = typeof product === "string" ? undefined : product.subcomponents;
    return purlsOf(product).flatMap((purl): readonly WaiverScope[] => {
      if (!isImage(purl)) return [{ package: nameOf(purl) }];
      const repository = repositoryOf(purl);
      return parts === undefined || parts.length === 0
        ? [{ repository }]
        : parts.flatMap(purlsOf).map((part) => ({ repository, package: nameOf(part) }));
    });
  });
}

const CLEARS: ReadonlySet<Statement["status"]> = new Set(["not_affected", "fixed"]);

/** A statement that clears a finding has to say why. */
const reasonOf = ({ status, justification, impact_statement: impact }: Statement): string | undefined =>
  status === "fixed" ? "fixed" : (justification ?? impact);

/**
 * The waivers of a document, or undefined when it is none. A later statement about the same thing replaces an earlier
 * one. OpenVEX knows no end, and a waiver must have one: `expiresAt` is the reader's.
 */
export function waiversOfOpenVex(document: unknown, expiresAt: string): readonly Waiver[] | undefined {
  const read = v.safeParse(Document, document);
  if (!read.success) return undefined;
  const { author, timestamp, statements } = read.output;
  const atMs = (statement: Statement) => Date.parse(statement.timestamp ?? timestamp);
  const standing = new Map<string, Waiver | undefined>();
  for (const statement of statements.toSorted((a, b) => atMs(a) - atMs(b))) {
    const { vulnerability, status } = statement;
    const finding = typeof vulnerability === "string" ? vulnerability : vulnerability.name;
    const reason = reasonOf(statement);
    for (const scope of scopesOf(statement)) {
      const clears = CLEARS.has(status) && reason !== undefined;
      standing.set(
        JSON.stringify([finding, scope]),
        clears
          ? { finding, scope, reason: `${status}: ${reason}`, owner: author, expiresAt, origin: "openvex" }
          : undefined,
      );
    }
  }
  return [...standing.values()].filter((waiver) => waiver !== undefined);
}

const purlOf = ({ repository = "*" }: WaiverScope): string => `pkg:oci/${encodeURIComponent(repository)}`;

/** Waivers as a document that other scanners read; who reads it must look at the end in the status notes. */
export const openVexOf = (
  waivers: readonly Waiver[],
  { author, at, id }: { author: string; at: string; id: string },
) => ({
  "@context": "https://openvex.dev/ns/v0.2.0",
  "@id": id,
  author,
  timestamp: at,
  version: 1,
  statements: waivers.map(({ finding, scope, reason, owner, expiresAt }) => ({
    vulnerability: { name: finding },
    products: [
      {
        "@id": purlOf(scope),
        ...(scope.package !== undefined && {
          subcomponents: [{ "@id": `pkg:generic/${encodeURIComponent(scope.package)}` }],
        }),
      },
    ],
    status: "not_affected",
    impact_statement: reason,
    status_notes: `waived by ${owner} until ${expiresAt}`,
  })),
});
