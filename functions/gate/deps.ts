/** What the gate is made of, and the settings of a service as its policies read them. */
import { explain, type Resolved, resolveSettings } from "#shared/config/resolve.ts";
import type { Config } from "#shared/config/schema.ts";
import type { AdmissionLimits, Aftermath } from "#shared/domain/plan.ts";
import type { ServiceRef } from "#shared/domain/service.ts";
import type { Tags } from "#shared/domain/tags.ts";
import type { Judging, JudgingDeps } from "#shared/gate/judge-target.ts";
import type { AccountState, Ledger } from "#shared/ports/ledger.ts";
import type { Mailbox } from "#shared/ports/mailbox.ts";
import type { Publisher } from "#shared/ports/publisher.ts";
import type { Invocation } from "#shared/runtime/lambda.ts";
import type { Judgement } from "#shared/runtime/reaction.ts";
import type { Decided, GateSwitches } from "./policy.ts";

export interface GateDeps extends JudgingDeps {
  readonly config: Config;
  readonly ledger: Ledger;
  readonly publisher: Publisher;
  readonly mailbox: Mailbox;
  readonly invocation: Invocation;
}

/** The same with the judging all doors share. */
export interface DoorDeps extends GateDeps {
  readonly judging: Judging;
}

/** Rollouts of ours that may fail in a row, and how long the service is then left to people. */
const FAILURES_UNTIL_OPEN = 2;
const BREAKER_OPEN_SECONDS = 86_400;

/** AWS refills twenty deployment calls and one registration a second for the whole account; at most half of it is ours.
 *  Source: ECS developer guide, request-throttling. */
const INTERVALS_MS = { "service-deployment": 500, "task-definition-write": 2000 } as const;

/** The settings of a service, and of nobody when it is not there. */
export const resolvedFor = (config: Config, service: ServiceRef, tags: Tags = {}): Resolved =>
  resolveSettings(config, { ...service, tags });

export const switchesOf = ({ settings }: Resolved): GateSwitches => ({
  ...settings.gate,
  paused: settings.brakes.paused,
});

const aftermathOf = ({ settings }: Resolved): Aftermath => ({
  cooldownSeconds: settings.gate.gateCooldownSeconds,
  failuresUntilOpen: FAILURES_UNTIL_OPEN,
  breakerOpenSeconds: BREAKER_OPEN_SECONDS,
});

/** What a change of ours counts against. */
const admissionOf = ({ settings }: Resolved, group: keyof typeof INTERVALS_MS): AdmissionLimits => ({
  group,
  intervalMs: INTERVALS_MS[group],
  maxActsPerHour: settings.account.actsPerHour,
  maxUsdPerMonth: settings.account.addedUsdPerMonth,
});

/** A decision as the road takes it; without a group of API calls a plan counts against nothing. */
export const judgementOf = (
  { decision, mode }: Decided,
  resolved: Resolved,
  account: AccountState | undefined,
  group?: keyof typeof INTERVALS_MS,
): Judgement => ({
  decision,
  mode,
  aftermath: aftermathOf(resolved),
  admission: group && admissionOf(resolved, group),
  settings: explain(resolved, ["gate", "account", "brakes"]),
  account,
});
