import type { Cloud } from "../../contract.ts";
import type { AlarmsDoor, EcsDoor, EcsServiceView } from "../../neighbours.ts";
import type { ScalableTarget, Scaling, ScalingPolicy, Sizing } from "./state.ts";
import { setCount } from "./targets.ts";

type Reading = { readonly value: number; readonly threshold: number };

/**
 * The count that a policy wants, given the count its metric was measured at; undefined when no step applies.
 * AWS publishes neither rounding nor pace of scaling in: here up is rounded up, down goes at most by half at once.
 */
export const wantedCount = (sizing: Sizing, basis: number, { value, threshold }: Reading): number | undefined => {
  if (sizing.kind === "tracking") {
    const proportional = Math.ceil((basis * value) / sizing.target);
    return proportional >= basis ? proportional : Math.max(proportional, Math.ceil(basis / 2));
  }
  const distance = value - threshold;
  const isAbove = distance >= 0;
  // Above the threshold the lower bound belongs to a step, below it the upper one does.
  const step = sizing.steps.find(({ from, to }) =>
    isAbove ? distance >= from && distance < to : distance > from && distance <= to,
  );
  if (!step) return undefined;
  if (sizing.adjustment === "ExactCapacity") return step.by;
  if (sizing.adjustment === "ChangeInCapacity") return basis + step.by;
  const change = (basis * step.by) / 100;
  const whole = Math.abs(change) > 1 ? Math.trunc(change) : Math.sign(change);
  return basis + Math.sign(whole) * Math.max(Math.abs(whole), sizing.leastMagnitude);
};

/** Does what a policy asks for while its alarm lasts: proportionally, within bounds, and not within a cooldown. */
export const act = (scaling: Scaling, cloud: Cloud, policyArn: string, alarmName: string): void => {
  const policy = scaling.policies.get(policyArn);
  const target = policy && scaling.targets.get(policy.targetId);
  const view = target && cloud.neighbour<EcsDoor>("ecs").service(target.cluster, target.service);
  const alarm = cloud.neighbour<AlarmsDoor>("alarms").look(alarmName);
  if (!policy || !target || !view || alarm?.value === undefined) return;
  const reading = { value: alarm.value, threshold: alarm.threshold };
  const nowMs = cloud.clock.now();
  const cooling = policy.lastOut && nowMs < policy.lastOut.atMs + policy.outCooldownMs ? policy.lastOut : undefined;
  // While an earlier scale-out takes effect, what it added already counts: only a greater need goes on.
  const basis = cooling?.basis ?? basisOf(policy, view);
  const wanted = wantedCount(policy.sizing, basis, reading);
  if (wanted === undefined) return;
  const count = Math.min(Math.max(wanted, target.min), target.max);
  const cause = `monitor alarm ${alarmName} in state ALARM triggered policy ${policy.name}`;
  if (count > view.desiredCount && wanted > basis) {
    if (target.suspended.DynamicScalingOutSuspended) return;
    policy.lastOut = { atMs: nowMs, basis };
    policy.lastInAtMs = undefined;
    setCount(scaling, cloud, target, count, cause);
  } else if (count < view.desiredCount && wanted < basis && mayScaleIn(scaling, cloud, policy, target, view)) {
    policy.lastInAtMs = nowMs;
    setCount(scaling, cloud, target, count, cause);
  }
};

/** A utilisation is measured on the tasks that run; steps count from what is desired. */
const basisOf = (policy: ScalingPolicy, view: EcsServiceView): number =>
  policy.sizing.kind === "tracking" ? view.runningCount : view.desiredCount;

/** Scaling in waits for deployments, for the cooldown, and for every other policy that tracks a target. */
const mayScaleIn = (
  scaling: Scaling,
  cloud: Cloud,
  policy: ScalingPolicy,
  target: ScalableTarget,
  view: EcsServiceView,
): boolean => {
  if (target.suspended.DynamicScalingInSuspended || view.isDeploying) return false;
  if (policy.lastInAtMs !== undefined && cloud.clock.now() < policy.lastInAtMs + policy.inCooldownMs) return false;
  const alarms = cloud.neighbour<AlarmsDoor>("alarms");
  return [...scaling.policies.values()]
    .filter((other) => other !== policy && other.targetId === target.id && other.sizing.kind === "tracking")
    .every(({ alarms: [, low] }) => low === undefined || alarms.look(low.AlarmName)?.state === "ALARM");
};
