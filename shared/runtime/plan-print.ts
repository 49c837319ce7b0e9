/** A plan's fingerprint: what a person saw and answered is what is carried out, or nothing. */
import { createHash } from "node:crypto";
import type { Plan } from "#shared/domain/plan.ts";

/** The same for a plan and for what the ledger gives back of it; another for any other plan. */
export const planPrint = (plan: Plan): string =>
  createHash("sha256").update(JSON.stringify(plan)).digest("hex").slice(0, 32);
