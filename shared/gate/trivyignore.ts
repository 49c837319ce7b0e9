/** Waivers as `.trivyignore.yaml`. Source: Trivy, docs/guide/configuration/filtering.md. */
import { matchesGlob } from "#shared/config/glob.ts";
import type { Waiver } from "#shared/domain/waiver.ts";

/** What Trivy can be told, and which waivers it cannot be told without making them wider. */
export interface TrivyIgnore {
  readonly yaml: string;
  readonly leftOut: readonly Waiver[];
}

/** A waiver for a package, a service or an environment would hold everywhere in Trivy. */
const isSayable = ({ scope, finding }: Waiver): boolean =>
  scope.package === undefined &&
  scope.service === undefined &&
  scope.environment === undefined &&
  !finding.includes("*");

/** The file for an image of this repository; YAML takes JSON's texts as they are. */
export function trivyIgnoreOf(waivers: readonly Waiver[], repository: string): TrivyIgnore {
  const meant = waivers.filter(
    ({ scope }) => scope.repository === undefined || matchesGlob(scope.repository, repository),
  );
  const entries = meant
    .filter(isSayable)
    .flatMap(({ finding, reason, owner, expiresAt }) => [
      `  - id: ${JSON.stringify(finding)}`,
      `    expired_at: ${expiresAt.slice(0, 10)}`,
      `    statement: ${JSON.stringify(`${reason} (${owner})`)}`,
    ]);
  const yaml = entries.length === 0 ? "vulnerabilities: []\n" : `vulnerabilities:\n${entries.join("\n")}\n`;
  return { yaml, leftOut: meant.filter((waiver) => !isSayable(waiver)) };
}
