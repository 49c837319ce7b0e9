import { expect, test } from "vitest";
import { merged } from "../../scripts/generate/permissions.ts";

test("an action that two parts need is allowed once, for both reasons", () => {
  expect(
    merged([
      { actions: ["ecs:DescribeServices"], on: "service", because: "it is read" },
      { actions: ["ecs:DescribeServices"], on: "service", because: "it is watched" },
    ]),
  ).toEqual([{ actions: ["ecs:DescribeServices"], on: "service", because: "it is read; it is watched" }]);
});

test("actions for the same reason stay together, in order", () => {
  expect(merged([{ actions: ["b:B", "a:A"], on: "ledger-account", because: "both are needed" }])).toEqual([
    { actions: ["a:A", "b:B"], on: "ledger-account", because: "both are needed" },
  ]);
});

test("an action keeps what it is allowed on apart", () => {
  const own = { actions: ["sqs:SendMessage"], on: "own-queue", because: "it comes back" } as const;
  const parked = { actions: ["sqs:SendMessage"], on: "own-dead-letters", because: "it is parked" } as const;
  expect(merged([own, parked])).toEqual([own, parked]);
});
