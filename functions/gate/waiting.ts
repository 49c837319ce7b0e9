/** Leaves word with every image whose scan is not there yet, so that its end asks the same question again. */
import type { JudgedTarget } from "#shared/gate/judge-target.ts";
import type { KnownImages } from "#shared/ports/known-images.ts";
import type { Decided } from "./policy.ts";

/** Notes the event with the digests it waits for. The sweep, which has no event, asks again by itself. */
export const waitForScans = async (
  { known }: { readonly known: KnownImages },
  { decision }: Decided,
  judged: JudgedTarget | undefined,
  key: string,
  event: unknown,
): Promise<void> => {
  const waits = decision.kind === "hold" && decision.reason === "scan-in-progress";
  if (!waits || judged === undefined || event === undefined) return;
  const pending = judged.verdict.containers.flatMap(({ digest, verdict }) =>
    verdict.isPending && digest ? [digest] : [],
  );
  await Promise.all([...new Set(pending)].map((digest) => known.wait(digest, key, event)));
};
