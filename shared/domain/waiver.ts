/** A dated, owned exception for a finding. */
import { epochMs, type Instant } from "./time.ts";

/** Where a waiver holds; what is not named holds everywhere. Globs: `*` stands for any text without a slash. */
export interface WaiverScope {
  readonly package?: string;
  readonly repository?: string;
  /** `CLUSTER/SERVICE`. */
  readonly service?: string;
  /** The cluster's name. */
  readonly environment?: string;
}

export type WaiverOrigin = "configuration" | "runtime" | "openvex";

export interface Waiver {
  /** The vulnerability, such as `CVE-2024-6119`. */
  readonly finding: string;
  readonly scope: WaiverScope;
  readonly reason: string;
  readonly owner: string;
  /** The last instant at which it holds. */
  readonly expiresAt: string;
  readonly origin: WaiverOrigin;
}

/** True until and at its last instant. */
export const isInForce = ({ expiresAt }: Waiver, now: Instant): boolean => epochMs(now) <= epochMs(expiresAt);
