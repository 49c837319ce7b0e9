import { beforeEach, expect, test } from "vitest";
import type { StacksDoor } from "../neighbours.ts";
import { type DoorFixture, doorFixture } from "./door.fixture.ts";

let fixture: DoorFixture;
beforeEach(() => {
  fixture = doorFixture();
});

const OOM = { source: "aws.ecs", "detail-type": "ECS Task State Change", detail: { lastStatus: "STOPPED" } };
const KINDS =
  "one of throttle, error, timeout, lost-response, duplicate, delay, crash, lost-event, duplicate-event, down would be fine";

test("health says when the cloud is ready, and which virtual instant it is", async () => {
  expect(await fixture.ask("GET", "/health")).toEqual({
    status: 200,
    body: { ready: true, now: "2026-03-02T12:00:00.000Z", nowMs: Date.parse("2026-03-02T12:00:00Z") },
  });
});

test("one event or several are delivered with what AWS fills in, and theirs is kept", async () => {
  const given = { ...OOM, id: "mine", account: "123456789012", time: "2026-03-02T11:59:00Z", resources: ["arn:task"] };
  const { body } = await fixture.ask("POST", "/events", [OOM, given]);
  const filled = {
    version: "0",
    account: "111122223333",
    region: "us-east-1",
    time: "2026-03-02T12:00:00Z",
    resources: [],
    ...OOM,
  };
  expect(fixture.told).toEqual([
    ["event", { ...filled, id: expect.stringMatching(/^[0-9a-f-]{36}$/) }],
    ["event", { ...filled, ...given }],
  ]);
  expect(body).toEqual({ delivered: 2, ids: [expect.any(String), "mine"] });
});

test("nothing of a list is delivered when one of its events is wrong", async () => {
  expect((await fixture.ask("POST", "/events", [OOM, { source: "aws.ecs" }])).status).toBe(400);
  expect(fixture.told).toEqual([]);
});

test("time moves by what is asked, and what falls due runs before the answer", async () => {
  let ran = false;
  fixture.local.clock.at(fixture.local.clock.now() + 60_000, "due", () => {
    ran = true;
  });
  const { body } = await fixture.ask("POST", "/clock", { advanceSeconds: 90.5 });
  expect([ran, body]).toEqual([
    true,
    { now: "2026-03-02T12:01:30.500Z", nowMs: Date.parse("2026-03-02T12:01:30.500Z") },
  ]);
});

test("images, services, queues and clicks reach their service", async () => {
  const image = { repositoryName: "api", imageTag: "v2", platforms: ["linux/arm64"], scan: null };
  expect((await fixture.ask("POST", "/images", image)).body).toEqual({ digest: "sha256:1" });
  await fixture.ask("POST", "/services/production/api", { memoryMiB: 1500, leakMiBPerHour: 20, failStart: "exit 1" });
  await fixture.ask("POST", "/queues/jobs/load", { messages: 2, secondsPerMessage: 3 });
  const click = { ts: "1.1", actionId: "undo", user: "U1" };
  expect((await fixture.ask("POST", "/slack/click", click)).body).toEqual({ status: 200 });
  expect(fixture.told).toEqual([
    ["push", image],
    ["suffer", "production", "api", { memoryMiB: 1500, leakMiBPerHour: 20, failStart: "exit 1" }],
    ["consume", "arn:aws:sqs:us-east-1:111122223333:jobs", { secondsPerMessage: 3 }],
    ["load", "arn:aws:sqs:us-east-1:111122223333:jobs", ['{"order":1}', '{"order":2}']],
    ["click", click],
  ]);
});

test.each([
  ["half a message a second", { ratePerSecond: 0.5 }, 60, 30],
  ["three a second", { ratePerSecond: 3 }, 60, 180],
  ["two thousand a second", { ratePerSecond: 2000 }, 2, 4000],
  ["so many messages at a rate, then none", { messages: 25, ratePerSecond: 10 }, 60, 25],
])("a rate of %s is kept", async (_, load, seconds, messages) => {
  await fixture.ask("POST", "/queues/jobs/load", load);
  await fixture.ask("POST", "/clock", { advanceSeconds: seconds });
  expect(fixture.told.flatMap(([, , bodies]) => bodies)).toHaveLength(messages);
  expect(fixture.local.clock.nextDueAtMs() === undefined).toBe("messages" in load);
});

test("a new rate takes the place of the old one, and zero ends it", async () => {
  const sentIn = async (seconds: number): Promise<number> => {
    fixture.told.length = 0;
    await fixture.ask("POST", "/clock", { advanceSeconds: seconds });
    return fixture.told.flatMap(([, , bodies]) => bodies).length;
  };
  await fixture.ask("POST", "/queues/jobs/load", { ratePerSecond: 5 });
  expect(await sentIn(10)).toBe(50);
  await fixture.ask("POST", "/queues/jobs/load", { ratePerSecond: 1 });
  expect(await sentIn(10)).toBe(10);
  await fixture.ask("POST", "/queues/jobs/load", { ratePerSecond: 0 });
  expect(await sentIn(100)).toBe(0);
});

test("faults are put on the list, shown, and taken off again", async () => {
  await fixture.ask("POST", "/faults", { service: "ecs", operation: "UpdateService", kind: "lost response", times: 2 });
  await fixture.ask("POST", "/faults", { service: "slack", kind: "down" });
  const { body } = await fixture.ask("GET", "/faults");
  expect(body).toEqual({
    waiting: [{ service: "ecs", operation: "UpdateService", kind: "lost-response", times: 2, skip: 0, seconds: 0 }],
    fired: {},
  });
  expect((await fixture.ask("DELETE", "/faults")).body).toEqual({ cleared: 1 });
  expect(fixture.told).toEqual([
    ["slack down", true],
    ["slack down", false],
  ]);
  expect(fixture.local.faults.waiting()).toEqual([]);
});

test("calls can be asked for by service, operation and whether they were allowed", async () => {
  for (const operation of ["UpdateService", "ListServices", "UpdateService"])
    await fixture.local.request({ kind: "owner" }, { service: "ecs", operation, input: {} });
  const operations = async (query: string): Promise<unknown> =>
    ((await fixture.ask("GET", `/calls${query}`)).body as { operation: string }[]).map(({ operation }) => operation);
  expect(await operations("")).toEqual(["UpdateService", "ListServices", "UpdateService"]);
  expect(await operations("?operation=UpdateService&limit=1")).toEqual(["UpdateService"]);
  expect(await operations("?service=ecs&allowed=false")).toEqual([]);
});

test("a stack's status can be set, to what CloudFormation knows", async () => {
  const stack = {
    name: "Platform",
    id: "arn",
    description: undefined,
    tags: {},
    parameters: {},
    outputs: [],
    resources: [],
  };
  fixture.local.cloud.neighbour<StacksDoor>("stacks").add(stack);
  await fixture.ask("POST", "/stacks/Platform", { status: "UPDATE_IN_PROGRESS" });
  const { Stacks } = await fixture.local.request(
    { kind: "owner" },
    { service: "cloudformation", operation: "DescribeStacks", input: {} },
  );
  expect(Stacks).toMatchObject([{ StackName: "Platform", StackStatus: "UPDATE_IN_PROGRESS" }]);
  expect((await fixture.ask("POST", "/stacks/Other", { status: "UPDATE_IN_PROGRESS" })).status).toBe(400);
});

// biome-ignore format: a table reads as a table
test.each<[string, string, string, unknown, number, string]>([
  ["no JSON",                "POST", "/clock", "advance", 400, "the body is not JSON: advance"],
  ["no body",                "POST", "/clock", "", 400, "the body is not JSON: it is empty"],
  ["no object",              "POST", "/clock", 5, 400, "the body is 5; a JSON object with advanceSeconds would be fine"],
  ["a missing field",        "POST", "/clock", {}, 400, "advanceSeconds is missing; advanceSeconds would be fine"],
  ["a text for a number",    "POST", "/clock", { advanceSeconds: "60" }, 400, 'advanceSeconds is "60"; a number of seconds from 0 to 316224000 would be fine'],
  ["time going back",        "POST", "/clock", { advanceSeconds: -1 }, 400, "advanceSeconds is -1; a number of seconds from 0 to 316224000 would be fine"],
  ["a field misspelt",       "POST", "/clock", { advanceSeconds: 1, seconds: 1 }, 400, "seconds is not a field here; advanceSeconds would be fine"],
  ["an event without detail", "POST", "/events", { source: "a", "detail-type": "b" }, 400, "detail is missing"],
  ["detail that is a text",  "POST", "/events", { ...OOM, detail: "x" }, 400, 'detail is "x"; a JSON object would be fine'],
  ["an image without scan",  "POST", "/images", { repositoryName: "api" }, 400, "scan is missing; repositoryName, imageTag (optional), platforms (optional), scan would be fine"],
  ["no such repository",     "POST", "/images", { repositoryName: "none", scan: null }, 400, "RepositoryNotFoundException: there is no repository none"],
  ["no such service",        "POST", "/services/production/web", { memoryMiB: 1 }, 404, "there is no service production/web; production/api would be fine"],
  ["nothing to suffer",      "POST", "/services/production/api", {}, 400, "the body is empty; one or more of memoryMiB (optional), leakMiBPerHour (optional)"],
  ["memory below nothing",   "POST", "/services/production/api", { memoryMiB: -5 }, 400, "memoryMiB is -5; a number of MiB from 0 to 1000000 would be fine"],
  ["no such queue",          "POST", "/queues/none/load", { messages: 1 }, 404, "there is no queue none; jobs would be fine"],
  ["half a message",         "POST", "/queues/jobs/load", { messages: 0.5 }, 400, "messages is 0.5; a whole number of messages from 1 to 1000000 would be fine"],
  ["no such message",        "POST", "/slack/click", { ts: "9.9", actionId: "a", user: "U1" }, 404, 'ts is "9.9"; the ts of a message of GET /_local/slack would be fine'],
  ["an unknown fault",       "POST", "/faults", { service: "ecs", operation: "*", kind: "explode", times: 1 }, 400, `kind is "explode"; ${KINDS}`],
  ["a fault nobody can meet", "POST", "/faults", { service: "ecs", operation: "UpdateServices", kind: "error" }, 400, 'operation is "UpdateServices"; one of *, UpdateService, ListServices would be fine'],
  ["an unknown service",     "POST", "/faults", { service: "ec2", kind: "error" }, 400, 'service is "ec2"; one of'],
  ["no times",               "POST", "/faults", { service: "ecs", kind: "error", times: 0 }, 400, "times is 0; a whole number of times from 1 to 1000000 would be fine"],
  ["an unknown filter",      "GET",  "/calls?svc=ecs", undefined, 400, "svc is not a filter here; service, operation, principal, function, allowed, limit would be fine"],
  ["an unknown path",        "GET",  "/cloud", undefined, 404, "there is no /_local/cloud; GET /_local/health"],
  ["another method",         "GET",  "/clock", undefined, 405, "/_local/clock takes POST, not GET"],
])("%s is refused with a sentence that says what would be fine", async (_, method, path, body, status, error) => {
  const answer = await fixture.ask(method, path, body);
  expect(answer).toMatchObject({ status, body: { error: expect.stringContaining(error) } });
  expect(fixture.told).toEqual([]);
});

test("a page of another origin may not ask, this server's own may", async () => {
  expect((await fixture.ask("GET", "/health", undefined, { origin: "https://evil.example" })).status).toBe(403);
  expect((await fixture.ask("GET", "/health", undefined, { origin: "http://127.0.0.1:4566" })).status).toBe(200);
});

test("the page needs nothing from elsewhere and fits a phone; its world has what it shows", async () => {
  const { status, body } = await fixture.ask("GET", "/");
  expect(status).toBe(200);
  expect(body).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">');
  expect(String(body).match(/(src|href)="(?!data:)/g)).toBeNull();
  const [, script = ""] = /<script>(.*)<\/script>/s.exec(String(body)) ?? [];
  expect(() => new Function(script)).not.toThrow();
  const world = (await fixture.ask("GET", "/world")).body as Record<string, unknown>;
  const shown = [...String(body).matchAll(/world\.([a-z]+)/gi)].map(([, name]) => name ?? "");
  expect(Object.keys(world)).toEqual(expect.arrayContaining(shown));
  expect(world).toMatchObject({
    queues: [{ name: "jobs", visible: 2 }],
    services: [{ name: "api" }],
    slack: [{ text: "hello" }],
  });
});
