/** Lists of threats that an operator gives: our own, or CISA's catalogue of exploited vulnerabilities as it is published. */
import * as v from "valibot";
import type { Threats } from "#shared/domain/finding.ts";
import { isInstant } from "#shared/domain/time.ts";

const id = v.pipe(v.string(), v.regex(/^[\w-]{3,64}$/));

/** By vulnerability; EPSS is a probability, a fix has a day. */
const Own = v.record(
  id,
  v.strictObject({
    isExploited: v.optional(v.boolean()),
    epss: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
    fixedAt: v.optional(v.pipe(v.string(), v.check(isInstant))),
  }),
);

/** Source: CISA, known_exploited_vulnerabilities.json. */
const Catalogue = v.object({ vulnerabilities: v.array(v.object({ cveID: id })) });

const tidy = (threat: v.InferOutput<typeof Own>[string]): Threats[string] => ({
  ...(threat.isExploited !== undefined && { isExploited: threat.isExploited }),
  ...(threat.epss !== undefined && { epss: threat.epss }),
  ...(threat.fixedAt !== undefined && { fixedAt: threat.fixedAt }),
});

/** The threats in a document of either form; undefined when it is neither. */
export function threatsOf(document: unknown): Threats | undefined {
  const catalogue = v.safeParse(Catalogue, document);
  if (catalogue.success)
    return Object.fromEntries(
      catalogue.output.vulnerabilities.map(({ cveID }) => [cveID.toUpperCase(), { isExploited: true }]),
    );
  const own = v.safeParse(Own, document);
  if (!own.success) return undefined;
  return Object.fromEntries(Object.entries(own.output).map(([name, threat]) => [name.toUpperCase(), tidy(threat)]));
}
