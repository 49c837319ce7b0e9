/** `Deployments` over maps: services, and deployments of them that go on, wait for an answer, complete and go back. */
import type { DeployingService, Deployments, ServiceDeployment } from "#shared/ports/deployments.ts";

/** A service deployment, and whose it is. */
export interface FakeDeployment extends ServiceDeployment {
  readonly serviceArn: string;
}

export interface FakeDeployments extends Deployments {
  /** What there is to be read now. */
  readonly known: DeployingService[];
  /** Deployments by ARN. */
  readonly all: Map<string, FakeDeployment>;
  /** Answers and stops that were taken, oldest first. */
  readonly taken: string[];
}

export const fakeDeployments = (): FakeDeployments => {
  const completed = (serviceArn: string, before: string) =>
    [...world.all.values()]
      .filter((one) => one.serviceArn === serviceArn && one.status === "completed" && one.createdAt < before)
      .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));

  const world: FakeDeployments = {
    known: [],
    all: new Map(),
    taken: [],
    service: async (ref) => world.known.find((one) => one.ref.arn === ref.arn),
    services: async (cluster) =>
      world.known.filter(({ ref, status }) => ref.cluster === cluster && status === "ACTIVE"),
    deployment: async (arn) => world.all.get(arn),
    completedBefore: async (ref, before) => completed(ref.arn, before.toISOString())[0],
    async answerHook(arn, hookId, action) {
      const one = world.all.get(arn);
      if (one?.status !== "going-on" || !one.waitingHooks.includes(hookId)) return false;
      const waitingHooks = one.waitingHooks.filter((id) => id !== hookId);
      const back = completed(one.serviceArn, one.createdAt).length === 0 ? "rollback-failed" : "rolling-back";
      world.all.set(arn, { ...one, waitingHooks, status: action === "ROLLBACK" ? back : one.status });
      world.taken.push(`${hookId} ${action}`);
      return true;
    },
    async rollBack(arn) {
      const one = world.all.get(arn);
      if (one?.status !== "going-on" || completed(one.serviceArn, one.createdAt).length === 0) return false;
      world.all.set(arn, { ...one, waitingHooks: [], status: "rolling-back" });
      world.taken.push(arn);
      return true;
    },
  };
  return world;
};
