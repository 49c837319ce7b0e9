/** Failures of a read that the policy has an answer to, in place of errors. */
import type { Reading } from "#shared/ports/reading.ts";
import { isNamed, translate } from "./errors.ts";

interface Asked {
  /** What was attempted, on what. */
  readonly doing: string;
  /** Error names by which AWS says that there is no such thing. */
  readonly gone: readonly string[];
  /** Error names by which AWS says that the thing is not as it was when it was read. */
  readonly changed?: readonly string[];
}

/** What `ask` answers, `undefined` being no such thing; a failure that no policy has an answer to is thrown. What has changed since
 *  it was read is unreadable for now: the next look sees it as it is. */
export const readingOf = async <Value>(
  { doing, gone, changed = [] }: Asked,
  ask: () => Promise<Value | undefined>,
): Promise<Reading<Value>> => {
  try {
    const value = await ask();
    return value === undefined ? { kind: "gone" } : { kind: "read", value };
  } catch (error) {
    if (isNamed(error, ...gone)) return { kind: "gone" };
    if (isNamed(error, ...changed)) return { kind: "unreadable" };
    const known = translate(error, doing);
    if (known.kind === "denied") return { kind: "denied" };
    if (known.kind === "throttled" || known.kind === "unavailable" || known.kind === "conflict")
      return { kind: "unreadable" };
    throw known;
  }
};
