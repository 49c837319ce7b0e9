import { describe, expect, test } from "vitest";
import type { LedgerRecord } from "#shared/domain/record.ts";
import { areTooLong, blockErrors } from "../../local/services/slack/block-kit/verdict.ts";
import { decisionRecord, raiseRecords } from "../../test/builders/records.ts";
import { togetherMessage } from "./folding.ts";
import { incidentOf } from "./incident.ts";
import { messageOf } from "./message.ts";

const NOBODY = { hasApprovers: false };

const contentOf = (...records: readonly LedgerRecord[]) => {
  const incident = incidentOf(records);
  if (!incident) throw new Error("there is nothing to tell");
  return messageOf(incident, NOBODY);
};

const textsIn = (value: unknown): readonly { readonly type: string; readonly text: string }[] => {
  if (typeof value !== "object" || value === null) return [];
  const { type, text } = value as { type?: unknown; text?: unknown };
  const own = typeof type === "string" && typeof text === "string" ? [{ type, text }] : [];
  return [...own, ...Object.values(value).flatMap(textsIn)];
};

const named = (name: string): LedgerRecord => {
  const record = decisionRecord();
  const arn = `arn:aws:ecs:us-east-1:111122223333:service/production/${name}`;
  return {
    ...record,
    service: { arn, cluster: "production", name },
    incident: `oom/production/${name}/${name}:1`,
    evidence: { ...record.evidence, container: name },
  };
};

describe("whatever the names, Slack takes the message", () => {
  test.each([
    ["one letter", "x"],
    ["the longest that ECS allows", "a".repeat(255)],
    ["as long as no name ever is", "n".repeat(20_000)],
    ["that grow when they are escaped", "&".repeat(4000)],
    ["of pictographs", "💥".repeat(2000)],
    ["with line breaks", "a\nb\r\nc"],
  ])("%s", (_, name) => {
    const { text, blocks } = contentOf(named(name));
    expect(blockErrors(blocks as never)).toEqual([]);
    expect(areTooLong(blocks as never)).toBe(false);
    expect(text.length).toBeLessThanOrEqual(4000);
  });

  test("of hundreds of services together", () => {
    const arns = Array.from({ length: 500 }, (_, index) => `arn:aws:ecs:x:1:service/c/${"s".repeat(250)}${index}`);
    const { blocks } = togetherMessage(arns, true);
    expect(blockErrors(blocks as never)).toEqual([]);
    expect(areTooLong(blocks as never)).toBe(false);
  });
});

describe("foreign text stays text", () => {
  const TOKENS = /<(?:[!@#]|https?:\/\/(?!(?:us-east-1\.)?console\.aws\.amazon\.com))/;

  test.each([
    "<!channel>",
    "<!here|all of you>",
    "<@U0000001>",
    "<#C0000001>",
    "<http://evil.example|the console>",
    "`<!everyone>`",
    "a`b*c_d~e",
    "\u202egnp.exe",
    "&lt;!channel&gt;",
    "x\n> quoted\n<!channel>",
  ])("%j", (text) => {
    const record = named(text);
    const hold = { ...record, decision: "escalate", plan: undefined, reason: text } as const;
    for (const content of [contentOf(record), contentOf(hold), togetherMessage([`service/c/${text}`], false)])
      for (const { type, text: shown } of [...textsIn(content.blocks), { type: "mrkdwn", text: content.text }]) {
        if (type !== "mrkdwn") continue;
        expect(shown).not.toMatch(TOKENS);
        expect(shown).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
      }
  });
});

test("the message tells before and after, the price, why, what was done, and where to look", () => {
  const { text, blocks } = contentOf(...raiseRecords());
  const all = textsIn(blocks)
    .map((one) => one.text)
    .join("\n");
  expect(text).toBe("✅ order-service was killed for memory: 1 GiB → 2 GiB (held: no kill since)");
  for (const part of [
    "512 CPU units, 1 GiB",
    "512 CPU units, 2 GiB",
    "+$9.73 a month",
    "`order-service:2`",
    "was killed for memory after 5 min.",
    "03:01 UTC revision registered  ·  03:02 deployment started  ·  03:04 service steady  ·  03:06 watched, no kill",
    "https://us-east-1.console.aws.amazon.com/ecs/v2/clusters/production/services/order-service/health?region=us-east-1",
    "/ecs/v2/task-definitions/order-service/2?region=us-east-1",
  ])
    expect(all).toContain(part);
});

test("a ceiling is told with what stands in the way", () => {
  const { evidence } = decisionRecord();
  const { toMemoryMiB: _, ...kill } = evidence;
  const ceiling = { ...kill, ceiling: "money", neededMiB: 45_056, memoryMiB: 30_720 };
  const record = decisionRecord({ decision: "escalate", reason: "at-ceiling", plan: undefined, evidence: ceiling });
  const all = textsIn(contentOf(record).blocks).map(({ text }) => text);
  expect(all.join()).toContain("would need 45056 MiB, beyond what raises may add to its bill");
});

test("a plan that AWS stopped tells what AWS said, as text", () => {
  const decided = decisionRecord();
  const error = "registering a revision: AccessDeniedException: not authorized to perform iam:PassRole on <!channel>";
  const ended = decisionRecord({
    id: "ended",
    sequence: 1000,
    kind: "progress",
    decision: "escalate",
    reason: "denied",
    evidence: { error },
    plan: decided.plan && { ...decided.plan, status: "stuck" },
  });
  const all = textsIn(contentOf(decided, ended).blocks).map(({ text }) => text);
  expect(all.join()).toContain("not authorized to perform iam:PassRole on &lt;!channel&gt;");
});

test("a step that AWS put off is no end, and says nothing of its error", () => {
  const decided = decisionRecord();
  const record = { id: "off", kind: "progress", reason: "throttled", evidence: { error: "Rate exceeded" } } as const;
  const all = textsIn(contentOf(decided, decisionRecord({ ...record, sequence: 1000 })).blocks).map(({ text }) => text);
  expect(all.join()).not.toContain("Rate exceeded");
});

test("a size with more CPU says what that does to scaling on CPU", () => {
  const record = decisionRecord();
  const evidence = { ...record.evidence, cpuRowChanged: true, cpuUtilizationFactor: 0.5 };
  const all = textsIn(contentOf({ ...record, evidence }).blocks).map(({ text }) => text);
  expect(all.join()).toContain("show as 50 % of the CPU utilization");
});

test.each(["declined", "expired"] as const)(
  "a hook's proposal that was %s says that the deployment still waits, and how it is sent back",
  (status) => {
    const plan = {
      id: "p",
      kind: "let-deployment-on",
      status: "awaiting-approval",
      usdPerMonth: 0,
      print: "p",
    } as const;
    const evidence = {
      door: "hook",
      verdict: "ask",
      deployment: "arn:aws:ecs:x:1:service-deployment/c/s/d",
      hookId: "h",
    };
    const decided = decisionRecord({ reaction: "gate", mode: "ask", plan, evidence });
    const ended = decisionRecord({ ...decided, id: "over", kind: "progress", evidence: {}, plan: { ...plan, status } });
    const all = textsIn(contentOf(decided, { ...ended, sequence: 1000 }).blocks).map(({ text }) => text);
    expect(all.join()).toContain(
      "`aws ecs continue-service-deployment --service-deployment-arn arn:aws:ecs:x:1:service-deployment/c/s/d --hook-id h --action ROLLBACK`",
    );
  },
);

describe("a bad image that runs", () => {
  const evidence = { door: "running", image: "api@sha256:0", services: ["production/api"], rules: [] };
  const found = decisionRecord({
    reaction: "gate",
    decision: "escalate",
    reason: "bad-image-runs",
    evidence,
    plan: undefined,
  });
  const rollout = (at: number, status: "awaiting-approval" | "done" | "declined"): readonly LedgerRecord[] => {
    const plan = {
      id: `p${at}`,
      kind: "replace-image",
      status: "awaiting-approval",
      usdPerMonth: 0,
      print: `p${at}`,
    } as const;
    const arn = `arn:aws:ecs:us-east-1:111122223333:service/production/s${at}`;
    const service = { arn, cluster: "production", name: `s${at}` };
    const decided = decisionRecord({ reaction: "gate", service, plan, evidence: { door: "promotion", tag: "v2" } });
    return status === "awaiting-approval"
      ? [decided]
      : [decided, { ...decided, kind: "progress", plan: { ...plan, status } }];
  };
  const messageWith = (...records: readonly LedgerRecord[]) => {
    const incident = incidentOf([found, ...records]);
    if (!incident) throw new Error("there is nothing to tell");
    return messageOf(incident, { hasApprovers: true });
  };

  test("says of each of its services where it stands, and asks first where somebody must answer", () => {
    const { text, blocks } = messageWith(
      ...rollout(1, "done"),
      ...rollout(2, "awaiting-approval"),
      ...rollout(3, "declined"),
    );
    expect(text).toBe("🟡 api@sha256:0 runs and may not (proposed: waits for approval)");
    const told = textsIn(blocks)
      .map((one) => one.text)
      .filter((each) => each.includes(" to `v2`: "));
    expect(told).toEqual([
      expect.stringMatching(/^`production\/s2` to `v2`: 🟡/),
      expect.stringMatching(/^`production\/s1` to `v2`: ✅/),
      expect.stringMatching(/^`production\/s3` to `v2`: ⚪/),
    ]);
    expect(blocks.filter((block) => (block as { type: string }).type === "actions")).toHaveLength(1);
  });

  test("is one message that Slack takes, however many services run it", () => {
    const { blocks } = messageWith(...Array.from({ length: 60 }, (_, at) => rollout(at, "awaiting-approval")).flat());
    expect(blockErrors(blocks as never)).toEqual([]);
    expect(areTooLong(blocks as never)).toBe(false);
  });
});
