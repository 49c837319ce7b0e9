import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ANY_NUMBER } from "../../shared/config/gate.ts";
import { parseConfig } from "../../shared/config/parse.ts";
import { resolveSettings } from "../../shared/config/resolve.ts";
import type { Outcome } from "../../shared/domain/verdict.ts";
import { judge } from "../../shared/gate/judge.ts";
import { readScan } from "../../shared/gate/read-scan.ts";
import type { GateSettings } from "../../shared/gate/settings.ts";
import type { CorpusCount } from "./event-patterns.ts";

/** A policy as the corpus writes it: bounds that are not named do not bind. */
interface CorpusPolicy {
  readonly critical?: number;
  readonly high?: number;
  readonly medium?: number;
  readonly onlyIfFixAvailableOrUntold?: boolean;
  readonly unknownSeverity: Outcome;
  readonly failed: Outcome;
  readonly unsupported: Outcome;
  readonly noFindings: Outcome;
}

interface Corpus {
  readonly policies?: Readonly<Record<string, CorpusPolicy>>;
  readonly findings?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const EXPECTED = "expected.json";

const settingsOf = (policy: CorpusPolicy): GateSettings => ({
  ...resolveSettings(parseConfig({}, "the defaults")).settings.gate,
  maxCritical: policy.critical ?? ANY_NUMBER,
  maxHigh: policy.high ?? ANY_NUMBER,
  maxMedium: policy.medium ?? ANY_NUMBER,
  counts: policy.onlyIfFixAvailableOrUntold === true ? "fixable-or-untold" : "all",
  unknownSeverity: policy.unknownSeverity,
  scanFailed: policy.failed,
  scanUnsupported: policy.unsupported,
  findingsUnavailable: policy.noFindings,
  // The corpus asks about findings; its answers are years old.
  staleScan: "allow",
});

/** Judges the answers of a data folder under its policies; answers nothing when there are none. */
export const countFindings = (folder: string): readonly CorpusCount[] => {
  const path = join(folder, EXPECTED);
  if (!existsSync(path)) return [];
  const { policies = {}, findings = {} } = JSON.parse(readFileSync(path, "utf8")) as Corpus;
  return Object.entries(policies).map(([name, policy]) => {
    const settings = settingsOf(policy);
    const wrong = Object.entries(findings)
      .filter(([file, expected]) => {
        const answer: unknown = JSON.parse(readFileSync(join(folder, "findings", file), "utf8"));
        const { outcome } = judge(
          {
            now: new Date().toISOString(),
            scan: readScan([answer]),
            image: { repository: file, service: undefined },
            waivers: [],
            threats: {},
            waitingSince: undefined,
          },
          settings,
        );
        return outcome !== expected[name];
      })
      .map(([file]) => file);
    const total = Object.keys(findings).length;
    return { file: `${EXPECTED} findings, ${name}`, right: total - wrong.length, total, wrong };
  });
};
