import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compilePattern, isRefused } from "../../local/services/events/pattern/compile.ts";
import { matches } from "../../local/services/events/pattern/match.ts";

/** How many cases of one list of the corpus the matcher answers as recorded, and which it does not. */
export interface CorpusCount {
  readonly file: string;
  readonly right: number;
  readonly total: number;
  readonly wrong: readonly string[];
}

interface Recorded {
  readonly id: string;
  readonly pattern?: object;
  readonly patternText?: string;
  readonly event?: object;
  readonly eventText?: string;
  readonly match?: boolean;
  readonly expect?: string;
  readonly valid?: boolean;
}

const FILE = "event-patterns.json";

const outcome = ({ pattern, patternText, event, eventText }: Recorded): "match" | "no-match" | "invalid" => {
  const compiled = compilePattern(patternText ?? JSON.stringify(pattern));
  if (isRefused(compiled)) return "invalid";
  if (event === undefined && eventText === undefined) return "no-match";
  return matches(compiled, eventText ?? JSON.stringify(event)) ? "match" : "no-match";
};

const expected = ({ match, expect }: Recorded): string => expect ?? (match ? "match" : "no-match");

const count = (list: string, cases: readonly Recorded[], isRight: (recorded: Recorded) => boolean): CorpusCount => {
  const wrong = cases.filter((recorded) => !isRight(recorded)).map(({ id }) => id);
  return { file: `${FILE} ${list}`, right: cases.length - wrong.length, total: cases.length, wrong };
};

/** Runs the event patterns of a data folder against the local EventBridge; answers nothing when the file is not there. */
export const countEventPatterns = (folder: string): readonly CorpusCount[] => {
  const path = join(folder, FILE);
  if (!existsSync(path)) return [];
  const corpus = JSON.parse(readFileSync(path, "utf8")) as Record<string, readonly Recorded[]>;
  const isAsRecorded = (recorded: Recorded): boolean => outcome(recorded) === expected(recorded);
  return [
    count("cases", corpus.cases ?? [], isAsRecorded),
    count("awsValidated", corpus.awsValidated ?? [], isAsRecorded),
    count(
      "patternValidity",
      corpus.patternValidity ?? [],
      (recorded) => recorded.valid === (outcome(recorded) !== "invalid"),
    ),
  ];
};
