/** The record of a plan that begins: the incident's message is posted. */
import { type Acting, CLUSTER, ecsArn, queued, SERVICE, SERVICE_ARN } from "./acting.ts";

const INCIDENT = `oom/${CLUSTER}/${SERVICE}/${SERVICE}:7`;

const record = {
  id: "raise-memory-0123456789abcdef/decided",
  at: "2026-11-23T03:00:00.000Z",
  sequence: 1,
  incident: INCIDENT,
  reaction: "oom",
  service: { arn: SERVICE_ARN, cluster: CLUSTER, name: SERVICE },
  kind: "decision",
  mode: "act",
  decision: "act",
  evidence: {
    container: "app",
    taskArn: ecsArn(`task/${CLUSTER}/${"8f".repeat(16)}`),
    revision: ecsArn(`task-definition/${SERVICE}:7`),
    killedAt: "2026-11-23T03:00:00.000Z",
  },
  plan: { id: "raise-memory-0123456789abcdef", kind: "raise-memory", status: "running", usdPerMonth: 12.34 },
  settings: {},
};

export const acting: Acting = {
  acts: "slack.chat.postMessage",
  payload: () => queued({ source: "ecs-reflex", "detail-type": "Reflex Record", detail: record }),
  answers: {
    "dynamodb.GetItem": {},
    "dynamodb.PutItem": {},
    "dynamodb.Query": { Items: [{ body: { S: JSON.stringify(record) } }], Count: 1 },
    "secretsmanager.GetSecretValue": {
      SecretString: JSON.stringify({ botToken: "xoxb-bench", signingSecret: "bench" }),
    },
    "slack.chat.postMessage": { ok: true, channel: "C0BENCH", ts: "1790000000.000100" },
  },
};
