/** A person approves a proposal by its button: the answer is kept, and the plan's owner is told. */
import { createHmac } from "node:crypto";
import type { Plan, PlanProgress } from "#shared/domain/plan.ts";
import { type ServiceItem, unknownService } from "#shared/ports/ledger.ts";
import { planPrint } from "#shared/runtime/plan-print.ts";
import { type Acting, CLUSTER, ecsArn, SERVICE, SERVICE_ARN } from "./acting.ts";

const SIGNING_SECRET = "bench";
const APPROVER = "U0BENCH01";
const TEAM = "T0BENCH01";
const PROPOSED_AT = "2026-11-23T03:00:00.000Z";

const ref = { arn: SERVICE_ARN, cluster: CLUSTER, name: SERVICE };

const plan: Plan = {
  kind: "raise-memory",
  service: ref,
  decidedFor: ecsArn(`task-definition/${SERVICE}:7`),
  steps: [],
  usdPerMonth: 12.34,
  admission: undefined,
  aftermath: { cooldownSeconds: 3600, failuresUntilOpen: 2, breakerOpenSeconds: 86_400 },
  schemaVersion: 1,
  id: "raise-memory-0123456789abcdef",
  reaction: "oom",
  incident: `oom/${CLUSTER}/${SERVICE}/${SERVICE}:7`,
  mode: "ask",
  createdAt: PROPOSED_AT,
  evidence: {},
};

const proposal: PlanProgress = {
  plan,
  status: "awaiting-approval",
  steps: plan.steps,
  cursor: 0,
  results: {},
  intent: undefined,
  stepStartedAt: PROPOSED_AT,
  nextCheckAt: "9999-12-31T00:00:00.000Z",
  isAdmitted: false,
  didFail: false,
  derivations: 0,
  attempts: 0,
  because: undefined,
};

const item: ServiceItem = { ...unknownService(ref), active: proposal };

const press = {
  type: "block_actions",
  user: { id: APPROVER, team_id: TEAM },
  team: { id: TEAM },
  actions: [
    {
      action_id: "approve",
      value: JSON.stringify({ service: SERVICE_ARN, plan: plan.id, print: planPrint(plan) }),
    },
  ],
};

export const acting: Acting = {
  acts: "sqs.SendMessage",
  config: { clusters: [CLUSTER], slack: { approvers: APPROVER } },
  payload: (now) => {
    const body = new URLSearchParams({ payload: JSON.stringify(press) }).toString();
    const timestamp = String(Math.floor(now.getTime() / 1000));
    const hmac = createHmac("sha256", SIGNING_SECRET).update(`v0:${timestamp}:${body}`).digest("hex");
    return {
      version: "2.0",
      requestContext: { http: { method: "POST", path: "/" } },
      rawPath: "/",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": `v0=${hmac}`,
      },
      body,
      isBase64Encoded: false,
    };
  },
  answers: {
    "secretsmanager.GetSecretValue": { SecretString: JSON.stringify({ signingSecret: SIGNING_SECRET }) },
    "dynamodb.GetItem": { Item: { version: { N: "4" }, body: { S: JSON.stringify(item) } } },
    "dynamodb.PutItem": {},
    "sqs.SendMessage": { MessageId: "1" },
  },
};
