import { expect, test } from "vitest";
import generated from "../../infra/generated/permissions.json" with { type: "json" };
import { ofType, one, synthesized } from "./synthesized.ts";

const { automation } = synthesized();
const urls = ofType(automation, "AWS::Lambda::Url");

test("Slack's request URL is the only function URL, and anybody may call it, for Slack has no AWS credentials", () => {
  expect(urls.map(([id, { Properties }]) => [id.replace(/[0-9A-F]{8}$/, ""), Properties.AuthType])).toEqual([
    ["ConverseFunctionFunctionUrl", "NONE"],
  ]);
  expect(urls[0]?.[1].Properties.Cors).toBeUndefined();
});

test("both permissions that AWS asks for are there, for calls through the URL alone", () => {
  const open = ofType(automation, "AWS::Lambda::Permission")
    .map(([, { Properties }]) => Properties)
    .filter(({ Principal }) => Principal === "*");
  expect(open.map(({ Action }) => Action).sort()).toEqual(["lambda:InvokeFunction", "lambda:InvokeFunctionUrl"]);
  expect(open.find(({ Action }) => Action === "lambda:InvokeFunction").InvokedViaFunctionUrl).toBe(true);
  expect(open.find(({ Action }) => Action === "lambda:InvokeFunctionUrl").FunctionUrlAuthType).toBe("NONE");
});

test("the function behind it can change nothing but its part of the ledger", () => {
  const actions = generated.converse.flatMap(({ actions: each }) => each);
  expect(actions.filter((action) => !/^(dynamodb|sqs|events|secretsmanager):/.test(action))).toEqual([]);
  const reached = generated.converse.flatMap(({ on }) => (on.startsWith("ledger-") ? [on] : []));
  expect(reached).toEqual(["ledger-services", "ledger-requests", "ledger-incidents", "ledger-account"]);
});

test("it may run longer than Slack waits, and somebody hears when it does", () => {
  expect(one(automation, "AWS::Lambda::Function", "Converse").Properties.Timeout).toBeGreaterThan(3);
  const alarms = ofType(automation, "AWS::CloudWatch::Alarm").filter(([id]) => id.startsWith("Converse"));
  expect(alarms.map(([, { Properties }]) => Properties.AlarmName).sort()).toEqual([
    "ecs-reflex converse Errors",
    "ecs-reflex converse SlowAnswers",
    "ecs-reflex converse Throttles",
  ]);
  for (const [, { Properties }] of alarms) expect(Properties.AlarmActions).toHaveLength(1);
});
