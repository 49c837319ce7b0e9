import { expect, test } from "vitest";
import { taskDefinitionOf } from "./app-spec.ts";

const ARN = "arn:aws:ecs:us-east-1:111122223333:task-definition/order-service:7";

const json = {
  version: 0,
  Resources: [
    {
      TargetService: {
        Type: "AWS::ECS::Service",
        Properties: { TaskDefinition: ARN, LoadBalancerInfo: { ContainerName: "web", ContainerPort: 80 } },
      },
    },
  ],
  Hooks: [{ BeforeInstall: "CodeDeployHook_reflex-gate" }],
};
const yaml = (pair: string): string => `version: 0.0
Resources:
  - TargetService:
      Type: AWS::ECS::Service
      Properties:
        ${pair}
        LoadBalancerInfo:
          ContainerName: "web"
`;

// biome-ignore format: a table reads as a table
test.each<[string, string]>([
  ["JSON", JSON.stringify(json)],
  ["indented JSON", JSON.stringify(json, null, 2)],
  ["YAML", yaml(`TaskDefinition: ${ARN}`)],
  ["YAML with quotes", yaml(`TaskDefinition: "${ARN}"`)],
  ["YAML with a comment behind it", yaml(`TaskDefinition: '${ARN}' # the release`)],
  ["YAML of another system's line ends", yaml(`TaskDefinition: ${ARN}`).replaceAll("\n", "\r\n")],
  ["a comment that tells of the TaskDefinition", `# TaskDefinition: ours\n${yaml(`TaskDefinition: ${ARN}`)}`],
])("the task definition is read from %s", (_, appSpec) => {
  expect(taskDefinitionOf(appSpec)).toBe(ARN);
});

test("a family may be called after what it is", () => {
  const arn = ARN.replace("order-service", "TaskDefinition");
  expect(taskDefinitionOf(yaml(`TaskDefinition: ${arn}`))).toBe(arn);
});

// biome-ignore format: a table reads as a table
test.each<[string, string]>([
  ["nothing", ""],
  ["no task definition", yaml("PlatformVersion: LATEST")],
  ["a family without a revision, which may be another one a moment later", yaml(`TaskDefinition: ${ARN.slice(0, -2)}`)],
  ["a name that is no ARN", yaml("TaskDefinition: order-service:7")],
  ["a placeholder", yaml("TaskDefinition: <TASK_DEFINITION>")],
  ["two of them", yaml(`TaskDefinition: ${ARN}\n        TaskDefinition: ${ARN}`)],
  ["two of them on one line", yaml(`X: {TaskDefinition: ${ARN}, "TaskDefinition": ${ARN}}`)],
  ["a second in the text of another value", yaml(`Note: |\n          TaskDefinition: ${ARN}\n        TaskDefinition: ${ARN}`)],
  ["a key spelt with an escape", yaml(`"Task\\x44efinition": x\n        TaskDefinition: ${ARN}`)],
  ["an ARN that goes on in the next word", yaml(`TaskDefinition: ${ARN} more`)],
])("%s is not read as anything", (_, appSpec) => {
  expect(taskDefinitionOf(appSpec)).toBeUndefined();
});
