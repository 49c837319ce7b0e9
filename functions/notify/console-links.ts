/** Addresses in the AWS console, in every partition. */
import { parseArn, parseTaskDefinitionArn } from "#shared/domain/arn.ts";
import type { ServiceRef } from "#shared/domain/service.ts";

const HOSTS: Readonly<Record<string, string>> = {
  aws: "console.aws.amazon.com",
  "aws-us-gov": "console.amazonaws-us-gov.com",
  "aws-cn": "console.amazonaws.cn",
};

const base = (arn: string): { readonly origin: string; readonly region: string } | undefined => {
  const parsed = parseArn(arn);
  const host = HOSTS[parsed?.partition ?? ""];
  return parsed && host ? { origin: `https://${parsed.region}.${host}`, region: parsed.region } : undefined;
};

/** The service's page; undefined in a partition whose console has no public address. */
export const serviceLink = ({ arn, cluster, name }: ServiceRef): string | undefined => {
  const at = base(arn);
  const path = `ecs/v2/clusters/${encodeURIComponent(cluster)}/services/${encodeURIComponent(name)}/health`;
  return at && `${at.origin}/${path}?region=${at.region}`;
};

/** The page of a task definition revision. */
export const revisionLink = (arn: string): string | undefined => {
  const at = base(arn);
  const named = parseTaskDefinitionArn(arn);
  if (!at || !named) return undefined;
  return `${at.origin}/ecs/v2/task-definitions/${encodeURIComponent(named.family)}/${named.revision}?region=${at.region}`;
};
