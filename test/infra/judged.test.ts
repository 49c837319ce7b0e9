import { Stack, Validations } from "aws-cdk-lib";
import { CfnTaskDefinition } from "aws-cdk-lib/aws-ecs";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { beforeAll, expect, test } from "vitest";
import { composed } from "./synthesized.ts";

/** What the rules say; CDK throws it as one text when asked to run inside another program. */
const verdictOf = (app: ReturnType<typeof composed>): string | undefined => {
  try {
    app.synth();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

beforeAll(() => {
  process.env.CDK_APP_MODE = "inmemory";
});

test("every finding of cdk-nag is acknowledged, and CloudFormation's own rules have none", () => {
  expect(verdictOf(composed({ isJudged: true }))).toBeUndefined();
});

test("a new finding is not let through", () => {
  const app = composed({ isJudged: true });
  new Queue(app.node.findChild("ReflexAutomation"), "Careless");
  expect(verdictOf(app)).toContain("AwsSolutions-SQS4");
});

test("a size that Fargate does not sell is not let through", () => {
  const app = composed({ isJudged: true });
  new CfnTaskDefinition(app.node.findChild("ReflexPlatform"), "Odd", {
    cpu: "512",
    memory: "512",
    networkMode: "awsvpc",
    requiresCompatibilities: ["FARGATE"],
    containerDefinitions: [{ name: "odd", image: "odd:v1.0.0" }],
  });
  expect(verdictOf(app)).toContain("not compatible with Memory");
});

test("each acknowledgement is one finding at one place, with a sentence", () => {
  const app = composed({ isJudged: false });
  const acknowledged = app.node.findAll().flatMap((construct) =>
    construct.node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) =>
        Object.entries(data as Record<string, unknown>)
          .filter(([id]) => id.includes("AwsSolutions"))
          .map(([id, reason]) => ({ construct, id, reason })),
      ),
  );
  expect(acknowledged.length).toBeGreaterThan(10);
  for (const { construct, reason } of acknowledged) {
    expect(construct).not.toBeInstanceOf(Stack);
    expect(JSON.stringify(reason)).toMatch(/[A-Z][^"]{30,}\./);
  }
});
