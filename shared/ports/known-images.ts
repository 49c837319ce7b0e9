/** What the ledger remembers of images: the scan of each digest, who waits for it, and what was learned beside it. */
import type { ImageScan, InspectorWord, Threat, Threats } from "#shared/domain/finding.ts";
import type { Outcome, Rule } from "#shared/domain/verdict.ts";
import type { Waiver } from "#shared/domain/waiver.ts";

/** An image digest as it was last read; a verdict is made of it at every door, without asking the registry again. */
export interface KnownImage {
  readonly digest: string;
  readonly registryId: string;
  readonly repository: string;
  /** Undefined when it has too many findings to be kept. */
  readonly scan: ImageScan | undefined;
  readonly readAt: string;
  /** What the policy for all services said of it when it was read, and since when it says the same. */
  readonly verdict: { readonly outcome: Outcome; readonly rules: readonly Rule[]; readonly since: string };
}

/** What was known of a vulnerability before something was said of it, and what is known now. */
export interface Learnt {
  readonly before: Threat;
  readonly after: Threat;
}

export interface KnownImages {
  image(digest: string): Promise<KnownImage | undefined>;
  /** Keeps what was read; an earlier reading never replaces a later one. */
  keep(image: KnownImage): Promise<void>;
  /** Remembers that this message must be handled again once the digest's scan has ended. */
  wait(digest: string, key: string, message: unknown): Promise<void>;
  /** The messages that wait for the digest. */
  waiting(digest: string): Promise<readonly unknown[]>;
  /** Exploited vulnerabilities, exploitation probabilities and fix dates that an operator gave, and what Inspector said. */
  threats(): Promise<Threats>;
  /**
   * Keeps what Inspector said of a vulnerability, upper case, for a year; an earlier word never replaces a later one, and
   * what is not said again stays. Answers the threat before and after.
   */
  learn(vulnerability: string, word: InspectorWord): Promise<Learnt>;
  /** Waivers given at runtime. */
  waivers(): Promise<readonly Waiver[]>;
  /** The answer given to this question before, or else this one, kept for the next time it is asked. */
  answerOnce(question: string, answer: string): Promise<string>;
  /** The answer given to this question before. */
  answered(question: string): Promise<string | undefined>;
}
