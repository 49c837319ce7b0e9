/** The world at a glance, for the page. Parts whose service is not there are left out. */
import type { LocalCloud } from "../cloud.ts";
import type { CloudFormationDoor, EcsDoor, SlackDoor, SqsDoor } from "../neighbours.ts";
import type { SnsView } from "../services/sns/service.ts";

/** Services with tasks, queues with counts, the last Slack messages and calls, functions, stacks. */
export function worldOf({ cloud, clock, calls, services, notModelled }: LocalCloud): object {
  const has = (name: string): boolean => services.has(name);
  const all = calls.all();
  return {
    now: new Date(clock.now()).toISOString(),
    heldBy: clock.heldBy(),
    stacks: has("cloudformation") ? cloud.neighbour<CloudFormationDoor>("cloudformation").stacks() : [],
    services: has("ecs") ? cloud.neighbour<EcsDoor>("ecs").services() : [],
    queues: has("sqs") ? queuesOf(cloud.neighbour<SqsDoor>("sqs")) : [],
    slack: has("slack") ? cloud.neighbour<SlackDoor>("slack").messages().slice(-20) : [],
    notices: has("sns") ? cloud.neighbour<SnsView>("sns").published().slice(-20) : [],
    reactions: reactionsOf(all),
    calls: all.slice(-50),
    denied: calls.denied().slice(-20),
    callsTotal: calls.total(),
    notModelled: [...notModelled],
  };
}

const queuesOf = (sqs: SqsDoor): object[] => sqs.queues().map(({ arn, name }) => ({ name, ...sqs.counts(arn) }));

/** Functions by the calls they made: how many, how many failed, and the last one. */
function reactionsOf(calls: ReturnType<LocalCloud["calls"]["all"]>): object[] {
  const functions = new Map<string, { name: string; calls: number; errors: number; last: string; at: string }>();
  for (const { functionName, service, operation, error, at } of calls) {
    if (functionName === undefined) continue;
    const before = functions.get(functionName) ?? { name: functionName, calls: 0, errors: 0, last: "", at };
    functions.set(functionName, {
      ...before,
      calls: before.calls + 1,
      errors: before.errors + (error === undefined ? 0 : 1),
      last: `${service}:${operation}`,
      at,
    });
  }
  return [...functions.values()];
}
