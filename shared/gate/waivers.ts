/** Which waivers hold for an image of a service, ready to be asked for each finding. */
import { matchesGlob } from "#shared/config/glob.ts";
import type { Finding } from "#shared/domain/finding.ts";
import type { Instant } from "#shared/domain/time.ts";
import { isInForce, type Waiver } from "#shared/domain/waiver.ts";

/** What is judged, and for whom; a verdict made for nobody has no service. */
export interface JudgedImage {
  readonly repository: string;
  readonly service: { readonly cluster: string; readonly name: string } | undefined;
}

/** What a scope does not name holds everywhere; what it names holds for nobody of whom that is not known. */
const isWithin = (glob: string | undefined, name: string | undefined): boolean =>
  glob === undefined || (name !== undefined && matchesGlob(glob, name));

const covers = ({ scope }: Waiver, { repository, service }: JudgedImage): boolean =>
  isWithin(scope.repository, repository) &&
  isWithin(scope.service, service && `${service.cluster}/${service.name}`) &&
  isWithin(scope.environment, service?.cluster);

/** A waiver for a package waives a finding only when it covers every package the finding is about. */
const coversPackages = ({ scope }: Waiver, { packages }: Finding): boolean => {
  const glob = scope.package;
  return glob === undefined || (packages.length > 0 && packages.every(({ name }) => matchesGlob(glob, name)));
};

/** Answers the waiver that keeps a finding, by its upper-case name, from counting: the one that holds longest. */
export function waiverFinder(
  waivers: readonly Waiver[],
  image: JudgedImage,
  now: Instant,
): (name: string, finding: Finding) => Waiver | undefined {
  const byFinding = new Map<string, Waiver[]>();
  const holding = waivers.filter((waiver) => covers(waiver, image) && isInForce(waiver, now));
  for (const waiver of holding.toSorted((a, b) => Date.parse(b.expiresAt) - Date.parse(a.expiresAt))) {
    const id = waiver.finding.toUpperCase();
    byFinding.set(id, [...(byFinding.get(id) ?? []), waiver]);
  }
  if (byFinding.size === 0) return () => undefined;
  return (name, finding) => byFinding.get(name)?.find((waiver) => coversPackages(waiver, finding));
}
