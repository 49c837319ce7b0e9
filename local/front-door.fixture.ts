/** A cloud of two small services, to try the front door: what is allowed, limited, faulted and logged. */
import { createCloud, type LocalCloud } from "./cloud.ts";
import { AwsError, type JsonObject, type Principal, type Service } from "./contract.ts";
import { createIamService } from "./services/iam/service.ts";

export const NOON = Date.parse("2026-03-02T12:00:00Z");
export const OWNER: Principal = { kind: "owner" };
export const ROLE = {
  kind: "role",
  roleArn: "arn:aws:iam::111122223333:role/oom",
  sessionName: "oom-1",
  functionName: "oom",
} as const;
export const QUEUE = "arn:aws:sqs:us-east-1:111122223333:inbox";

/** The cloud and what its operations did. */
export interface FrontDoorFixture {
  readonly local: LocalCloud;
  /** How often an operation was carried out. */
  applied: number;
  /** The queue's own policy. */
  queuePolicy: JsonObject | undefined;
  /** Makes a role of that name. */
  give(name: string, statements: readonly JsonObject[], more?: JsonObject): void;
  ask(principal: Principal, service: string, operation: string): Promise<JsonObject>;
}

export const allow = (action: string): JsonObject => ({ Effect: "Allow", Action: action, Resource: "*" });

/** A fresh one. */
export function frontDoorFixture(callsKept = 1000): FrontDoorFixture {
  const apply = (): JsonObject => {
    fixture.applied += 1;
    return { applied: fixture.applied };
  };
  const worker: Service = {
    name: "ecs",
    resources: {},
    operations: {
      UpdateService: {
        needs: () => [
          { action: "ecs:UpdateService", resource: "*" },
          { action: "iam:PassRole", resource: "arn:aws:iam::111122223333:role/task" },
        ],
        run: apply,
      },
      RegisterTaskDefinition: { needs: () => [], run: apply },
    },
  };
  const refuse = (): never => {
    throw new AwsError("ReceiptHandleIsInvalid", "no");
  };
  const queue: Service = {
    name: "sqs",
    resources: {},
    operations: {
      SendMessage: {
        needs: () => [{ action: "sqs:SendMessage", resource: QUEUE, resourcePolicy: fixture.queuePolicy }],
        run: apply,
      },
      DeleteMessage: { needs: () => [{ action: "sqs:DeleteMessage", resource: QUEUE }], run: refuse },
    },
  };
  const local = createCloud({ startAtMs: NOON, callsKept, services: [createIamService, () => worker, () => queue] });
  const fixture: FrontDoorFixture = {
    local,
    applied: 0,
    queuePolicy: undefined,
    give(name, statements, more = {}) {
      const trust = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } };
      const properties = {
        AssumeRolePolicyDocument: { Statement: trust },
        Policies: [{ PolicyName: "inline", PolicyDocument: { Statement: statements } }],
        ...more,
      };
      const names = { stackName: "Test", stackId: "", logicalId: "Role", assemblyFolder: "", generatedName: name };
      const type = "AWS::IAM::Role";
      local.services.get("iam")?.resources[type]?.({ ...names, type, properties }, local.cloud);
    },
    ask: (principal, service, operation) => local.request(principal, { service, operation, input: {} }),
  };
  return fixture;
}
