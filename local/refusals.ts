/** How each service words the refusals that its front end makes. */
import { AwsError, type Principal } from "./contract.ts";

const THROTTLED: Readonly<Record<string, readonly [code: string, message: string, status?: number]>> = {
  dynamodb: ["ThrottlingException", "Throughput exceeds the current capacity of your table or index."],
  sqs: ["RequestThrottled", "Request is throttled.", 403],
  sns: ["Throttled", "Rate exceeded", 429],
  lambda: ["TooManyRequestsException", "Rate Exceeded.", 429],
  cloudwatch: ["Throttling", "Rate exceeded"],
  cloudformation: ["Throttling", "Rate exceeded"],
  sts: ["Throttling", "Rate exceeded"],
  inspector2: ["ThrottlingException", "Rate exceeded", 429],
  scheduler: ["ThrottlingException", "Rate exceeded", 429],
};

/** The refusal of a call that came too fast. */
export function throttled(service: string): AwsError {
  const [code, message, status = 400] = THROTTLED[service] ?? ["ThrottlingException", "Rate exceeded"];
  return new AwsError(code, message, { status });
}

const FAILED: Readonly<Record<string, string>> = {
  ecs: "ServerException",
  ecr: "ServerException",
  dynamodb: "InternalServerError",
  events: "InternalException",
  ssm: "InternalServerError",
  secretsmanager: "InternalServiceError",
  lambda: "ServiceException",
  "application-autoscaling": "InternalServiceException",
  cloudwatch: "InternalServiceFault",
  inspector2: "InternalServerException",
  scheduler: "InternalServerException",
};

/** A failure on the service's own side. */
export const serverFailed = (service: string): AwsError =>
  new AwsError(FAILED[service] ?? "InternalFailure", "We encountered an internal error. Please try again.", {
    status: 500,
  });

const ACCESS_DENIED: Readonly<Record<string, readonly [code: string, status: number]>> = {
  sqs: ["AccessDenied", 403],
  sns: ["AuthorizationError", 403],
  cloudwatch: ["AccessDenied", 403],
  cloudformation: ["AccessDenied", 403],
  sts: ["AccessDenied", 403],
  lambda: ["AccessDeniedException", 403],
  inspector2: ["AccessDeniedException", 403],
  scheduler: ["AccessDeniedException", 403],
};

/** The refusal of a call that permissions forbid. Source: IAM user guide, "Troubleshoot access denied error messages". */
export function accessDenied(
  service: string,
  who: string,
  { action, resource }: { readonly action: string; readonly resource: string },
  because: string,
): AwsError {
  const [code, status] = ACCESS_DENIED[service] ?? ["AccessDeniedException", 400];
  const message = `User: ${who} is not authorized to perform: ${action} on resource: ${resource} ${because}`;
  return new AwsError(code, message, { status });
}

/** The identity as AWS writes it in refusals and in GetCallerIdentity. */
export function identityOf(principal: Principal, account: string, partition: string): string {
  if (principal.kind === "owner") return `arn:${partition}:iam::${account}:root`;
  if (principal.kind === "service") return principal.service;
  const name = principal.roleArn.split("/").at(-1);
  return `arn:${partition}:sts::${account}:assumed-role/${name}/${principal.sessionName}`;
}
