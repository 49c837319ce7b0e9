/** `CodeDeployments` over maps: deployments to read, and hooks that wait for their end. */
import { ReflexError } from "#shared/errors.ts";
import type { CodeDeployment, CodeDeployments, HookResult } from "#shared/ports/code-deployments.ts";

export interface FakeCodeDeployments extends CodeDeployments {
  /** Deployments by id. */
  readonly all: Map<string, CodeDeployment>;
  /** What each execution of a hook was ended with, by deployment and execution; undefined while it waits. */
  readonly hooks: Map<string, HookResult | undefined>;
  /** Every end that was said, taken or not, oldest first. */
  readonly said: readonly string[];
}

export const fakeCodeDeployments = (): FakeCodeDeployments => {
  const said: string[] = [];
  const world: FakeCodeDeployments = {
    all: new Map(),
    hooks: new Map(),
    said,
    deployment: async (id) => world.all.get(id),
    async endHook(deploymentId, executionId, result) {
      const hook = `${deploymentId} ${executionId}`;
      said.push(`${hook} ${result}`);
      if (!world.hooks.has(hook)) throw new ReflexError("defect", `ending hook ${hook}: nobody asked it`);
      if (world.hooks.get(hook) !== undefined) return false;
      world.hooks.set(hook, result);
      return true;
    },
  };
  return world;
};
