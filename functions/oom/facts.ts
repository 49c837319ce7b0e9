/** What the oom policy is told. */
import type { Kill, ObservedKill } from "#shared/domain/kill.ts";
import type { Mode } from "#shared/domain/plan.ts";
import type { ServiceRevision, ServiceState } from "#shared/domain/service.ts";
import type { TaskDefinition } from "#shared/domain/task-definition.ts";
import type { Instant } from "#shared/domain/time.ts";

/** What the ledger's item of the service remembers. */
export interface OomHistory {
  /** Kills so far; whether the present one is among them makes no difference. */
  readonly kills: readonly Kill[];
  readonly activePlan: { readonly id: string; readonly kind: string; readonly decidedFor: string } | undefined;
  readonly cooldownUntil: string | undefined;
  readonly raisesToday: number;
  readonly breakerOpenUntil: string | undefined;
  /** Since when this kill has been waiting for someone else's deployment. */
  readonly waitingForDeploymentSince: string | undefined;
  /** What our raises added to this service's monthly bill and still stands. */
  readonly addedUsdPerMonth: number;
}

/** What all services share. */
export interface AccountFacts {
  readonly isPaused: boolean;
  /** Services with a kill inside the correlation window, this one included. */
  readonly servicesInTrouble: number;
  readonly actsThisHour: number;
  readonly addedUsdThisMonth: number;
}

/** What most kills are answered by. */
export interface SeenFacts {
  readonly trigger: "kill";
  readonly now: Instant;
  readonly kill: ObservedKill;
  readonly service: ServiceState | undefined;
  /** The revision that the service runs now. */
  readonly taskDefinition: TaskDefinition | undefined;
  readonly history: OomHistory;
  readonly account: AccountFacts;
}

/** The same with what is read only where the answer is still open. */
export interface OomFacts extends SeenFacts {
  /** The service revision in force, digests included. */
  readonly running: ServiceRevision | undefined;
  readonly stack: { readonly name: string; readonly isUpdating: boolean } | undefined;
}

/** The settings the policy reads: the blocks `oom`, `limits`, `account` and `brakes` of one service, resolved and flat. */
export interface OomSettings {
  readonly mode: Mode;
  readonly paused: boolean;
  readonly killsInWindow: number;
  readonly windowHours: number;
  readonly killedTasksPercent: number;
  readonly earlySeconds: number;
  readonly raiseRatio: number;
  readonly earlyRaiseRatio: number;
  readonly maxRaisesPerDay: number;
  readonly watchSeconds: number;
  readonly steadyWithinSeconds: number;
  readonly staleAfterSeconds: number;
  readonly foreignDeploymentLimitSeconds: number;
  readonly maxMemoryMiB: number;
  readonly maxCpuUnits: number;
  readonly maxAddedUsdPerMonth: number;
  readonly allow32Vcpu: boolean;
  readonly correlationServices: number;
  readonly actsPerHour: number;
  readonly addedUsdPerMonth: number;
}
