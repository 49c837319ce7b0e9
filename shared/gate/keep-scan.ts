/** Reads the scan of a digest from the registry and keeps it, with the verdict of the policy for all services. */
import { resolveSettings } from "#shared/config/resolve.ts";
import type { Config } from "#shared/config/schema.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { ImageName, Images } from "#shared/ports/images.ts";
import type { KnownImage, KnownImages } from "#shared/ports/known-images.ts";
import { judge } from "./judge.ts";

export interface KeepScanDeps {
  readonly config: Config;
  readonly images: Images;
  readonly known: KnownImages;
  readonly clock: Clock;
}

type Digest = Pick<ImageName, "registryId" | "repository"> & { readonly digest: string };

export type KeepScan = (name: Digest) => Promise<KnownImage & { readonly scan: NonNullable<KnownImage["scan"]> }>;

export const createKeepScan =
  ({ config, images, known, clock }: KeepScanDeps): KeepScan =>
  async ({ registryId, repository, digest }) => {
    const readAt = clock.now().toISOString();
    const [before, scan] = await Promise.all([known.image(digest), images.scan({ registryId, repository, digest })]);
    const verdict = judge(
      {
        now: readAt,
        scan,
        image: { repository, service: undefined },
        waivers: [...config.waivers, ...(await known.waivers())],
        threats: await known.threats(),
        waitingSince: undefined,
      },
      resolveSettings(config).settings.gate,
    );
    const rules = verdict.decided.map(({ rule }) => rule);
    const { outcome } = verdict;
    const since = before?.verdict.outcome === outcome ? before.verdict.since : readAt;
    const image = { digest, registryId, repository, scan, readAt, verdict: { outcome, rules, since } };
    await known.keep(image);
    return image;
  };
