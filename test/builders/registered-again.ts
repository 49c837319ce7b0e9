/** What of a revision, as ECS describes it, makes another one. */
import type { JsonObject } from "../../local/contract.ts";

const FIELDS = [
  "containerDefinitions",
  "cpu",
  "memory",
  "networkMode",
  "requiresCompatibilities",
  "executionRoleArn",
  "taskRoleArn",
  "runtimePlatform",
];

/** The fields that RegisterTaskDefinition takes back, without the family. */
export const registeredAgain = (described: JsonObject): JsonObject =>
  Object.fromEntries(FIELDS.map((field) => [field, described[field]]));
