/** Looking where nothing that could be seen would say no: what cannot be read there is told, and stops nobody. */
import { ReflexError } from "#shared/errors.ts";

export interface Seen<What> {
  readonly seen: What | undefined;
  /** Why nothing was seen, in the error's words. */
  readonly unread: string | undefined;
}

/** What is seen; where it stops nobody, a failure that time does not mend is a word beside nothing. Every other is thrown. */
export async function lookingOn<What>(stopsNobody: boolean, look: () => Promise<What>): Promise<Seen<What>> {
  try {
    return { seen: await look(), unread: undefined };
  } catch (error) {
    if (!stopsNobody || (error instanceof ReflexError && error.retryable)) throw error;
    return { seen: undefined, unread: error instanceof Error ? error.message : String(error) };
  }
}
