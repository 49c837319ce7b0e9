/** A cloud of one small service under several names, to try the wire with real SDK clients. */
import { createCloud, type LocalCloud } from "../cloud.ts";
import { AwsError, type Cloud, type JsonObject, type Operation, type Service } from "../contract.ts";
import { createCloudFormationService } from "../services/cloudformation/service.ts";
import { createIamService } from "../services/iam/service.ts";
import { createSnsService } from "../services/sns/service.ts";
import { createStsService } from "../services/sts/service.ts";
import { WireServer } from "./server.ts";

/** What the operations were given, newest last. */
export const received: { operation: string; input: JsonObject }[] = [];

const operation = (action: string, run: (input: JsonObject) => JsonObject): Operation => ({
  needs: () => [{ action, resource: "*" }],
  run: (input) => {
    received.push({ operation: action, input });
    return run(input);
  },
});

const service = (
  name: string,
  operations: Service["operations"],
  more: Partial<Service> = {},
): ((cloud: Cloud) => Service) => {
  const made: Service = { name, operations, resources: {}, ...more };
  return () => made;
};

const ecs = service("ecs", {
  ListServices: operation("ecs:ListServices", () => ({
    serviceArns: ["arn:aws:ecs:us-east-1:111122223333:service/main/api"],
  })),
  UpdateService: operation("ecs:UpdateService", () => ({ service: { serviceName: "api", createdAt: 1772452800.5 } })),
});
const dynamodb = service("dynamodb", {
  PutItem: operation("dynamodb:PutItem", () => {
    const members = { Item: { pk: { S: "service#api" }, version: { N: "7" } } };
    throw new AwsError("ConditionalCheckFailedException", "The conditional request failed", { members });
  }),
});
const sqs = service("sqs", {
  GetQueueAttributes: operation("sqs:GetQueueAttributes", ({ QueueUrl }) => {
    if (QueueUrl === "missing") throw new AwsError("QueueDoesNotExist", "The specified queue does not exist.");
    return { Attributes: { ApproximateNumberOfMessages: "3", DelaySeconds: "0" } };
  }),
  ListQueues: operation("sqs:ListQueues", () => ({ QueueUrls: ["http://127.0.0.1/1/a", "http://127.0.0.1/1/b&c"] })),
  SendMessage: operation("sqs:SendMessage", () => ({
    MessageId: "m-1",
    MD5OfMessageBody: "5d41402abc4b2a76b9719d911017c592",
  })),
  ReceiveMessage: operation("sqs:ReceiveMessage", () => ({
    Messages: [
      {
        MessageId: "m-1",
        ReceiptHandle: "r-1",
        Body: "<hello>",
        MD5OfBody: "x",
        Attributes: { ApproximateReceiveCount: "1" },
      },
    ],
  })),
});
const lambda = service(
  "lambda",
  {
    Invoke: operation("lambda:InvokeFunction", ({ Payload }) => ({
      StatusCode: 200,
      FunctionError: "Unhandled",
      Payload: `{"was":${Payload}}`,
    })),
    GetAccountSettings: operation("lambda:GetAccountSettings", () => ({})),
    GetFunction: operation("lambda:GetFunction", ({ FunctionName }) => ({
      Configuration: { FunctionName: FunctionName ?? "" },
    })),
  },
  {
    restRoutes: [
      {
        method: "POST",
        path: "/2015-03-31/functions/{FunctionName}/invocations",
        operation: "Invoke",
        query: { Qualifier: "Qualifier" },
        headers: { "x-amz-invocation-type": "InvocationType" },
        payload: "Payload",
        answer: { status: "StatusCode", headers: { "x-amz-function-error": "FunctionError" }, payload: "Payload" },
      },
      { method: "GET", path: "/2015-03-31/functions/{FunctionName}", operation: "GetFunction" },
      { method: "GET", path: "/2015-03-31/functions/settings", operation: "GetAccountSettings" },
    ],
  },
);

/** A listening cloud of the echo services at noon of a Monday. */
export interface Echo {
  readonly local: LocalCloud;
  readonly wire: WireServer;
  /** What was said on the operator's screen. */
  readonly lines: readonly string[];
  /** Settings of an SDK client; the machine's owner's unless keys are given. */
  config(credentials?: Keys): { endpoint: string; region: string; credentials: Keys; maxAttempts: number };
  /** Keys of a process of the function `oom`, whose role has these statements. */
  asRole(statements: readonly JsonObject[]): Keys;
  /** A plain request in the owner's name. */
  post(headers: Record<string, string>, body: string, scope: string, path?: string, method?: string): Promise<Response>;
}

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The role of `asRole`. */
export const ROLE = "arn:aws:iam::111122223333:role/oom";

const OWNER: Keys = { accessKeyId: "LOCAL", secretAccessKey: "any" };
const HOST_SIGNED = `SignedHeaders=host, Signature=${"0".repeat(64)}`;

/** Starts one on a free port. */
export async function listening(): Promise<Echo> {
  const lines: string[] = [];
  received.length = 0;
  const local = createCloud({
    startAtMs: Date.parse("2026-03-02T12:00:00Z"),
    services: [
      createIamService,
      createCloudFormationService,
      createSnsService,
      createStsService,
      ecs,
      dynamodb,
      sqs,
      lambda,
    ],
    say: (line) => lines.push(line),
  });
  const wire = new WireServer(local);
  await wire.listen(0);
  const endpoint = wire.endpoint();
  return {
    local,
    wire,
    lines,
    config: (credentials = OWNER) => ({ endpoint, region: "us-east-1", credentials, maxAttempts: 1 }),
    asRole: (statements) => {
      const Policies = [{ PolicyName: "inline", PolicyDocument: { Statement: statements } }];
      const properties = { AssumeRolePolicyDocument: { Statement: [] }, Policies };
      const names = { stackName: "Test", stackId: "", logicalId: "Role", assemblyFolder: "", generatedName: "oom" };
      const type = "AWS::IAM::Role";
      local.services.get("iam")?.resources[type]?.({ ...names, type, properties }, local.cloud);
      return local.principals.issue({ kind: "role", roleArn: ROLE, sessionName: "oom-1", functionName: "oom" });
    },
    post: (headers, body, scope, path = "/", method = "POST") => {
      const authorization = `AWS4-HMAC-SHA256 Credential=LOCAL/20260302/us-east-1/${scope}/aws4_request, ${HOST_SIGNED}`;
      const init = { method, headers: { authorization, ...headers } };
      return fetch(`${endpoint}${path}`, method === "GET" ? init : { ...init, body });
    },
  };
}
