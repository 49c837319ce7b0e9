/** What is known of vulnerabilities: lists that an operator gives, our own or CISA's catalogue, and what Inspector said. */
import * as v from "valibot";
import type { InspectorWord, Threat, Threats } from "#shared/domain/finding.ts";
import { isBefore, isInstant, secondsBetween } from "#shared/domain/time.ts";

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

/** A word said again within this is not worth a write. */
const REPEATED_SECONDS = 30 * 86_400;

/** What Inspector has said in all, after one word more: the later one counts, and what it leaves out stays. */
export const afterWord = (before: InspectorWord | undefined, word: InspectorWord): InspectorWord =>
  before !== undefined && isBefore(word.saidAt, before.saidAt) ? before : { ...before, ...word };

/** Whether a word says what was not known, or repeats it after so long that it has to be kept anew. */
export const isWorthKeeping = (before: InspectorWord | undefined, word: InspectorWord): boolean => {
  const { epss, hasExploit, saidAt } = afterWord(before, word);
  const isSame = before?.epss === epss && before?.hasExploit === hasExploit;
  return before === undefined || !isSame || secondsBetween(before.saidAt, saidAt) > REPEATED_SECONDS;
};

/** The threats of the list, with what Inspector said beside it; neither replaces the other. */
export const withWords = (listed: Threats, words: ReadonlyMap<string, InspectorWord>): Threats => {
  const threats: Record<string, Threat> = { ...listed };
  for (const [id, inspector] of words) threats[id] = { ...threats[id], inspector };
  return threats;
};
