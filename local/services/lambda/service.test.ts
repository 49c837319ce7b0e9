import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JsonObject, Principal } from "../../contract.ts";
import { createWorld, type World } from "./testing/world.ts";

let world: World;
let probe: string;
beforeAll(async () => {
  world = await createWorld();
  probe = world.makeProbe("probe", { Environment: { Variables: { COLOUR: "red" } } });
  world.makeProbe("open");
  world.makeProbe("half");
  world.makeProbe("closed");
  const url = (name: string, AuthType: string) =>
    world.make("AWS::Lambda::Url", `${name}Url`, { TargetFunctionArn: name, AuthType });
  const permit = (FunctionName: string, Action: string, more: JsonObject) =>
    world.make("AWS::Lambda::Permission", `${FunctionName}${Action}`, {
      FunctionName,
      Action,
      Principal: "*",
      ...more,
    });
  for (const name of ["open", "half"]) {
    url(name, "NONE");
    permit(name, "lambda:InvokeFunctionUrl", { FunctionUrlAuthType: "NONE" });
  }
  permit("open", "lambda:InvokeFunction", { InvokedViaFunctionUrl: true });
  url("closed", "AWS_IAM");
  world.start();
});
afterAll(() => world.stop());

const request = async (method: string, path: string, body?: string, headers: Record<string, string> = {}) => {
  const wire = world.cloud.neighbour<{ endpoint(): string }>("wire");
  const response = await fetch(`${wire.endpoint()}${path}`, { method, headers, ...(body !== undefined && { body }) });
  return { status: response.status, headers: response.headers, text: await response.text() };
};
const asOwner = {
  authorization: `AWS4-HMAC-SHA256 Credential=LOCAL/20261123/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=${"0".repeat(64)}`,
};
const functions = "/2015-03-31/functions";
const urlOf = (name: string) => {
  const found = world.lambda.urls().find(({ functionArn }) => functionArn.endsWith(`:${name}`))?.url ?? "";
  return { url: found, path: `/lambda-url/${new URL(found).hostname.split(".")[0]}` };
};
const role = (name: string): Principal => ({
  kind: "role",
  roleArn: `arn:aws:iam::111122223333:role/${name}Role`,
  sessionName: name,
  functionName: name,
});

describe("the API", () => {
  test("invokes and answers the payload", async () => {
    const answer = await request("POST", `${functions}/probe/invocations`, '{"act":"sleepless","x":1}', asOwner);
    expect(answer.headers.get("x-amz-function-error")).toBe("Unhandled");
    const good = await request("POST", `${functions}/probe/invocations`, '{"act":"echo","x":1}', asOwner);
    expect([good.status, JSON.parse(good.text)]).toEqual([200, { act: "echo", x: 1 }]);
    expect(good.headers.get("x-amz-executed-version")).toBe("$LATEST");
    expect(good.headers.get("x-amz-function-error")).toBeNull();
  });

  test("takes events by InvocationType Event", async () => {
    const headers = { ...asOwner, "x-amz-invocation-type": "Event" };
    const answer = await request("POST", `${functions}/probe/invocations`, '{"act":"log","text":"by event"}', headers);
    expect([answer.status, answer.text]).toEqual([202, ""]);
    await world.pass(1);
    expect(world.lambda.logs("probe").join("\n")).toContain("by event");
  });

  test("refuses a payload that is no JSON, and a function that is not there", async () => {
    const bad = await request("POST", `${functions}/probe/invocations`, "{", asOwner);
    expect([bad.status, bad.headers.get("x-amzn-errortype")]).toEqual([400, "InvalidRequestContentException"]);
    const none = await request("POST", `${functions}/none/invocations`, "{}", asOwner);
    expect([none.status, none.headers.get("x-amzn-errortype")]).toEqual([404, "ResourceNotFoundException"]);
  });

  test("describes functions", async () => {
    const answer = await request("GET", `${functions}/probe/configuration`, undefined, asOwner);
    expect(JSON.parse(answer.text)).toMatchObject({
      FunctionName: "probe",
      FunctionArn: probe,
      Runtime: "nodejs24.x",
      Timeout: 30,
      Environment: { Variables: { COLOUR: "red" } },
    });
    const list = JSON.parse((await request("GET", `${functions}/`, undefined, asOwner)).text);
    expect(list.Functions).toHaveLength(4);
  });

  test("a role may invoke only what its policies name", async () => {
    await expect(
      world.cloud.call(role("probe"), "lambda", "Invoke", { FunctionName: "open", Payload: "{}" }),
    ).rejects.toMatchObject({ code: expect.stringContaining("AccessDenied") });
  });

  test("throttles beyond the reserved concurrency", async () => {
    world.makeProbe("narrow", { ReservedConcurrentExecutions: 1 });
    const invoke = (seconds: number) =>
      world.cloud.call({ kind: "owner" }, "lambda", "Invoke", {
        FunctionName: "narrow",
        Payload: JSON.stringify({ act: "sleep", seconds }),
      });
    const first = invoke(5);
    await expect(invoke(1)).rejects.toMatchObject({
      code: "TooManyRequestsException",
      status: 429,
      members: { Reason: "ReservedFunctionConcurrentInvocationLimitExceeded" },
    });
    await world.pass(6);
    expect(await first).toMatchObject({ StatusCode: 200 });
  });
});

describe("function URLs", () => {
  test("form bodies come in base64", async () => {
    const { path } = urlOf("open");
    const form = {
      "content-type": "application/x-www-form-urlencoded",
      cookie: "a=1; b=2",
    };
    const answer = await request("POST", `${path}/slack/actions?x=1&x=2&y=`, "payload=%7B%7D", form);
    // The probe cannot read a form as JSON: the error shows that it got base64.
    expect(answer.status).toBe(502);
    expect(world.lambda.logs("open").join("\n")).toContain("cGF5bG9hZD0l");
  });

  test("the function sees path, query, headers and text", async () => {
    const { path, url } = urlOf("open");
    const answer = await request("POST", `${path}/a/b?x=1&x=2`, '{"act":"echo"}', {
      "content-type": "application/json",
    });
    expect(JSON.parse(answer.text)).toMatchObject({
      version: "2.0",
      rawPath: "/a/b",
      rawQueryString: "x=1&x=2",
      queryStringParameters: { x: "1,2" },
      headers: { "content-type": "application/json", host: new URL(url).hostname },
      requestContext: {
        http: { method: "POST", path: "/a/b" },
        time: expect.stringMatching(/^23\/Nov\/2026:12:\d\d:\d\d \+0000$/),
      },
      body: '{"act":"echo"}',
      isBase64Encoded: false,
    });
  });

  test("an answer with a status code is the response", async () => {
    const json = { "content-type": "application/json" };
    const answer = await request("POST", urlOf("open").path, '{"act":"page","status":418}', json);
    expect([answer.status, answer.text, answer.headers.get("x-made-by")]).toEqual([418, "<p>page</p>", "probe"]);
  });

  test.each([
    ["NONE needs InvokeFunction beside InvokeFunctionUrl", "half"],
    ["AWS_IAM lets nobody in unsigned", "closed"],
  ])("%s", async (_, name) => {
    expect((await request("POST", urlOf(name).path, "{}")).status).toBe(403);
  });
});

describe("permissions of services", () => {
  const rule = (name: string) =>
    ({
      kind: "service",
      service: "events.amazonaws.com",
      sourceArn: `arn:aws:events:us-east-1:111122223333:rule/${name}`,
    }) as const;

  test("a rule may invoke a function only when its permission names it", () => {
    world.make("AWS::Lambda::Permission", "AllowRule", {
      FunctionName: probe,
      Action: "lambda:InvokeFunction",
      Principal: "events.amazonaws.com",
      SourceArn: rule("mine").sourceArn,
    });
    expect(world.lambda.allows(probe, rule("mine"))).toBe(true);
    expect(world.lambda.allows(probe, rule("other"))).toBe(false);
    expect(world.lambda.allows("open", rule("mine"))).toBe(false);
    expect(world.lambda.allows("none", rule("mine"))).toBe(false);
  });
});

describe("what functions write", () => {
  test("embedded metrics reach CloudWatch", async () => {
    await world.act(probe, { act: "metric", value: 3 });
    expect(world.metrics).toContainEqual({
      namespace: "Probe",
      name: "Acts",
      dimensions: { service: "probe" },
      value: 3,
    });
  });

  test("without permission to write logs, lines and metrics are lost, loudly and once", async () => {
    const mute = world.make("AWS::IAM::Role", "MuteRole", { AssumeRolePolicyDocument: { Statement: [] } });
    const arn = world.makeProbe("mute", { Role: mute.attributes.Arn ?? "" });
    await world.act(arn, { act: "metric", value: 99 });
    await world.act(arn, { act: "log", text: "unheard" });
    expect(world.lambda.logs("mute")).toEqual([]);
    expect(world.metrics.filter(({ value }) => value === 99)).toEqual([]);
    expect(world.said.filter((line) => line.includes("mute may not write"))).toHaveLength(1);
  });

  test("Lambda counts invocations, errors and duration itself", async () => {
    const arn = world.makeProbe("counted");
    await world.act(arn, { act: "sleep", seconds: 2 }, 3);
    await world.act(arn, { act: "throw" });
    const of = (name: string) =>
      world.metrics
        .filter((metric) => metric.name === name && metric.dimensions.FunctionName === "counted")
        .map(({ value }) => value);
    expect({ invocations: of("Invocations"), errors: of("Errors"), duration: of("Duration") }).toEqual({
      invocations: [1, 1],
      errors: [0, 1],
      duration: [2000, 0],
    });
  });
});

test("versions and aliases name the function's code and have policies of their own", async () => {
  const version = world.make("AWS::Lambda::Version", "Version", { FunctionName: probe });
  const alias = world.make("AWS::Lambda::Alias", "Alias", {
    FunctionName: probe,
    FunctionVersion: version.attributes.Version ?? "",
    Name: "live",
  });
  expect(version.ref).toBe(`${probe}:1`);
  const outcome = await world.act(alias.ref, { act: "context" });
  expect(outcome.payload).toMatchObject({ invokedFunctionArn: `${probe}:live`, functionName: "probe" });
});

test("a function whose code is not in the assembly exists by name and is never started", async () => {
  const made = world.make("AWS::Lambda::Function", "Provider", {
    Code: { S3Key: "gone.zip" },
    Handler: "index.handler",
    Runtime: "python3.13",
    Role: "arn:aws:iam::111122223333:role/x",
  });
  expect(made.ref).toBe("Provider");
  await expect(world.lambda.invoke(made.ref, {})).rejects.toThrow("Function not found");
});
