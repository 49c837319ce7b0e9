import { expect, test } from "vitest";
import type { ErrorKind } from "#shared/errors.ts";
import { translate } from "./errors.ts";

const failure = (name: string, httpStatusCode: number, message = "") =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });

// biome-ignore format: a table reads as a table
test.each<[string, Error, ErrorKind]>([
  ["a refusal by IAM", failure("AccessDeniedException", 400), "denied"],
  ["a scaling policy whose alarms Application Auto Scaling may not read", failure("FailedResourceAccessException", 400), "denied"],
  ["a full bucket", failure("ThrottlingException", 400), "throttled"],
  ["a full bucket under a name of its own", failure("SlowDownPlease", 429), "throttled"],
  ["somebody who registers the same family", failure("ClientException", 400, "Too many concurrent attempts to create a new revision of the specified family."), "throttled"],
  ["any other refusal of ECS", failure("ClientException", 400, "Invalid 'cpu' setting for task."), "defect"],
  ["a failure of the service", failure("AnyName", 503), "unavailable"],
  ["a request that AWS waited for in vain", failure("RequestTimeout", 400), "unavailable"],
  ["a socket that broke", Object.assign(new Error("socket hang up"), { code: "ECONNRESET" }), "unavailable"],
  ["what nobody has named yet", failure("NewException", 400), "defect"],
])("%s", (_, error, kind) => {
  expect(translate(error, "registering").kind).toBe(kind);
});
