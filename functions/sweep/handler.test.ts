import { expect, test } from "vitest";
import { parseConfig } from "#shared/config/parse.ts";
import type { ServiceRef } from "#shared/domain/service.ts";
import type { DueItem } from "#shared/ports/ledger.ts";
import type { StoppedTask } from "#shared/ports/stopped-tasks.ts";
import { fakeClock } from "../../test/fakes/clock.ts";
import { fakeLedger } from "../../test/fakes/ledger.ts";
import { fakeMailbox } from "../../test/fakes/mailbox.ts";
import { createSweep } from "./handler.ts";

const ROUND = { kind: "event", detailType: "Reflex Schedule", event: {} } as const;

const refOf = (name: string): ServiceRef => ({
  arn: `arn:aws:ecs:us-east-1:111122223333:service/production/${name}`,
  cluster: "production",
  name,
});

const killed = (over: object = {}): StoppedTask => ({
  taskArn: "arn:aws:ecs:us-east-1:111122223333:task/production/1",
  containers: [{ name: "app", reason: "OutOfMemoryError: Container killed due to memory usage" }],
  ...over,
});

const sweepOver = (due: readonly DueItem[], stopped: readonly StoppedTask[] = []) => {
  const clock = fakeClock();
  const ledger = { ...fakeLedger(), due: async () => due };
  const mail = { oom: fakeMailbox(), notify: fakeMailbox() };
  const asked: string[] = [];
  const tasks = {
    async between(cluster: string, from: Date, to: Date) {
      asked.push(`${cluster} ${from.toISOString().slice(11, 19)} ${to.toISOString().slice(11, 19)}`);
      return stopped;
    },
  };
  const config = parseConfig({ clusters: ["production", "staging"] }, "test");
  const sweep = createSweep({ config, ledger, tasks, mailboxes: mail, clock });
  return { sweep, mail, asked, ledger, tasks, clock };
};

const sentTo = ({ sent }: ReturnType<typeof fakeMailbox>) => sent.map(({ message }) => message);

test("each due thing goes back to the queue of its owner", async () => {
  const [cart, shop] = [refOf("cart"), refOf("shop")];
  const { sweep, mail } = sweepOver([
    { kind: "plan", ref: cart, owner: "oom", planId: "raise-memory-1" },
    { kind: "outbox", ref: shop, owner: "oom" },
    { kind: "message", incident: "oom/production/cart/cart:1" },
  ]);
  await sweep(ROUND);
  expect(sentTo(mail.oom)).toEqual([
    { resume: "raise-memory-1", service: cart },
    { resume: "outbox", service: shop },
  ]);
  expect(sentTo(mail.notify)).toEqual([{ resend: "oom/production/cart/cart:1" }]);
});

test("a thing of an owner without a queue is told, and keeps nothing else from going back", async () => {
  const cart = refOf("cart");
  const { sweep, mail } = sweepOver(
    [
      { kind: "plan", ref: refOf("old"), owner: "runbooks", planId: "restart-1" },
      { kind: "plan", ref: cart, owner: "oom", planId: "raise-memory-1" },
    ],
    [killed()],
  );
  await expect(sweep(ROUND)).rejects.toMatchObject({
    kind: "defect",
    message: "handing a plan back to runbooks: no queue of that reaction is known",
  });
  expect(sentTo(mail.oom)).toContainEqual({ resume: "raise-memory-1", service: cart });
  expect(mail.oom.sent.length).toBeGreaterThan(1);
});

test("kills of every cluster are told again as events, once the event path has had its time", async () => {
  const { sweep, mail, asked } = sweepOver([], [killed(), killed({ containers: [{ reason: null }] })]);
  await sweep(ROUND);
  expect(asked).toEqual(["production 02:45:00 02:57:00", "staging 02:45:00 02:57:00"]);
  expect(sentTo(mail.oom)).toEqual(
    asked.map(() => ({
      source: "ecs-reflex.sweep",
      "detail-type": "ECS Task State Change",
      time: "2026-11-23T03:00:00.000Z",
      detail: killed(),
    })),
  );
});

test.each([
  ["a container's reason", { containers: [{ reason: "OutOfMemory" }] }, 2],
  ["the task's own reason", { containers: [], stoppedReason: "outofmemoryerror: container killed" }, 2],
  ["another reason", { containers: [{ reason: "CannotPullContainerError" }] }, 0],
  ["memory in passing", { containers: [{ reason: "the out of memory killer was busy" }] }, 0],
  ["a shape nobody knows", { containers: "none" }, 0],
])("a stopped task with %s is told %o, in each of two clusters, %i times", async (_, over, times) => {
  const { sweep, mail } = sweepOver([], [killed(over)]);
  await sweep(ROUND);
  expect(mail.oom.sent).toHaveLength(times);
});

test("a part that fails is told, and keeps no other part from its work", async () => {
  const { sweep, mail, ledger } = sweepOver([{ kind: "plan", ref: refOf("cart"), owner: "oom", planId: "p" }]);
  ledger.forgetTrouble = async () => {
    throw new Error("the table is throttled");
  };
  await expect(sweep(ROUND)).rejects.toThrow("the table is throttled");
  expect(sentTo(mail.oom)).toEqual([{ resume: "p", service: refOf("cart") }]);
});

test("a cluster with more stopped tasks than can be read in time keeps no plan waiting", async () => {
  const { sweep, mail, tasks } = sweepOver([{ kind: "plan", ref: refOf("cart"), owner: "oom", planId: "p" }]);
  tasks.between = () => new Promise(() => undefined);
  void sweep(ROUND);
  await new Promise((turn) => setImmediate(turn));
  expect(sentTo(mail.oom)).toEqual([{ resume: "p", service: refOf("cart") }]);
});

test("trouble that no kill is judged by any more is forgotten", async () => {
  const { sweep, ledger, clock } = sweepOver([]);
  const minutesAgo = (minutes: number) => new Date(clock.now().getTime() - minutes * 60_000);
  await ledger.noteTrouble(refOf("old"), minutesAgo(41), 10);
  await ledger.noteTrouble(refOf("new"), minutesAgo(39), 10);
  await sweep(ROUND);
  expect(Object.keys((await ledger.account()).troubled)).toEqual([refOf("new").arn]);
});
