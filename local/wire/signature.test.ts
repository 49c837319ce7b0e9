import { ECSClient, ListServicesCommand, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Echo, listening, ROLE, received } from "./echo.fixture.ts";

let echo: Echo;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-03-02T12:00:00Z") });
  echo = await listening();
});
afterEach(async () => {
  await echo.wire.close();
  vi.useRealTimers();
});

test("the person at the machine lists services with the key LOCAL, and the log says so", async () => {
  const answer = await new ECSClient(echo.config()).send(new ListServicesCommand({ cluster: "main" }));
  expect(answer.serviceArns).toEqual(["arn:aws:ecs:us-east-1:111122223333:service/main/api"]);
  expect(received).toEqual([{ operation: "ecs:ListServices", input: { cluster: "main" } }]);
  expect(echo.local.calls.all()).toMatchObject([
    {
      at: "2026-03-02T12:00:00.000Z",
      principal: "owner",
      service: "ecs",
      operation: "ListServices",
      allowed: true,
      resource: "*",
    },
  ]);
  expect(echo.local.calls.all()[0]?.requestId).toBe(answer.$metadata.requestId);
});

test("a function's call is allowed by the statement that the log names", async () => {
  const keys = echo.asRole([{ Effect: "Allow", Action: "ecs:UpdateService", Resource: "*" }]);
  const answer = await new ECSClient(echo.config(keys)).send(new UpdateServiceCommand({ service: "api" }));
  expect(answer.service?.createdAt).toEqual(new Date(1772452800500));
  expect(echo.local.calls.all().at(-1)).toMatchObject({
    principal: ROLE,
    functionName: "oom",
    allowed: true,
    statement: "oom/inline#0",
    error: undefined,
  });
});

test("what no statement allows is refused in AWS's words and logged as not allowed", async () => {
  const keys = echo.asRole([{ Effect: "Allow", Action: "ecs:DescribeServices", Resource: "*" }]);
  const refused = new ECSClient(echo.config(keys)).send(new UpdateServiceCommand({ service: "api" }));
  await expect(refused).rejects.toMatchObject({
    name: "AccessDeniedException",
    message:
      "User: arn:aws:sts::111122223333:assumed-role/oom/oom-1 is not authorized to perform: ecs:UpdateService on resource: * because no identity-based policy allows the ecs:UpdateService action",
  });
  expect(received).toEqual([]);
  expect(echo.local.calls.denied()).toMatchObject([{ operation: "UpdateService", error: "AccessDeniedException" }]);
});

test.each([
  ["a key that nobody was given", { accessKeyId: "ASIAUNKNOWN", secretAccessKey: "x" }, "UnrecognizedClientException"],
  ["a key with another secret", undefined, "InvalidSignatureException"],
])("%s is nobody's", async (_, credentials, name) => {
  const keys = credentials ?? {
    ...echo.asRole([{ Effect: "Allow", Action: "*", Resource: "*" }]),
    secretAccessKey: "forged",
  };
  await expect(new ECSClient(echo.config(keys)).send(new ListServicesCommand({}))).rejects.toMatchObject({ name });
  expect(received).toEqual([]);
});

test("a signature is taken for five minutes of virtual time, and no longer", async () => {
  const keys = echo.asRole([{ Effect: "Allow", Action: "*", Resource: "*" }]);
  await echo.local.clock.advance(echo.local.clock.now() + 299_000);
  await new ECSClient(echo.config(keys)).send(new ListServicesCommand({}));
  await echo.local.clock.advance(echo.local.clock.now() + 2000);
  // Another client: the first one has seen the virtual date by now, and corrects itself.
  await expect(new ECSClient(echo.config(keys)).send(new ListServicesCommand({}))).rejects.toThrow("Signature expired");
});

test("a path is encoded twice in a signature, as every service but S3 wants it", async () => {
  const keys = echo.asRole([{ Effect: "Allow", Action: "*", Resource: "*" }]);
  const client = new ECSClient({ ...echo.config(keys), endpoint: `${echo.wire.endpoint()}/function%3Aoom/a%20b` });
  expect((await client.send(new ListServicesCommand({}))).serviceArns).toHaveLength(1);
});

test("a body changed after signing is refused", async () => {
  const keys = echo.asRole([{ Effect: "Allow", Action: "*", Resource: "*" }]);
  const client = new ECSClient(echo.config(keys));
  client.middlewareStack.add(
    (next) => (args) => {
      (args.request as { body: string }).body = '{"cluster":"evil"}';
      (args.request as { headers: Record<string, string> }).headers["content-length"] = "18";
      return next(args);
    },
    { step: "deserialize", priority: "low" },
  );
  await expect(client.send(new ListServicesCommand({ cluster: "main" }))).rejects.toMatchObject({
    name: "InvalidSignatureException",
  });
});
