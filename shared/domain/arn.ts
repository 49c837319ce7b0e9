/** Amazon Resource Names of every partition. Text that is no such ARN answers undefined; the boundary decides. */
import type { ServiceRef } from "./service.ts";

export interface Arn {
  /** `aws`, `aws-cn`, `aws-us-gov`, `aws-iso`, `aws-iso-b` and so on. */
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

const ARN = /^arn:(aws(?:-[a-z]+)*):([a-z0-9-]+):([a-z0-9-]*):([^:/\s]*):(\S+)$/;

/** The five parts of an ARN. */
export function parseArn(text: string): Arn | undefined {
  const [, partition, service, region, account, resource] = ARN.exec(text) ?? [];
  if (partition === undefined || service === undefined || resource === undefined) return undefined;
  return { partition, service, region: region ?? "", account: account ?? "", resource };
}

/** The ARN as text. */
export const formatArn = ({ partition, service, region, account, resource }: Arn): string =>
  `arn:${partition}:${service}:${region}:${account}:${resource}`;

/** The path after the type of an ECS resource, such as `["production", "api"]` of a service. */
function ecsPath(text: string, type: string): readonly string[] | undefined {
  const arn = parseArn(text);
  if (arn?.service !== "ecs" || !arn.resource.startsWith(`${type}/`)) return undefined;
  const path = arn.resource.split("/").slice(1);
  return path.every((part) => part !== "") ? path : undefined;
}

/** Family and revision of a task definition ARN; an ARN without a revision names no revision. */
export function parseTaskDefinitionArn(text: string): { family: string; revision: number } | undefined {
  const path = ecsPath(text, "task-definition");
  const [, family, revision] = /^([\w-]+):([1-9]\d*)$/.exec(path?.length === 1 ? (path[0] ?? "") : "") ?? [];
  return family === undefined ? undefined : { family, revision: Number(revision) };
}

/** The cluster's name. */
export function parseClusterArn(text: string): string | undefined {
  const path = ecsPath(text, "cluster");
  return path?.length === 1 ? path[0] : undefined;
}

/** The service of that name in the cluster. */
export function serviceRef(clusterArn: string, name: string): ServiceRef | undefined {
  const arn = parseArn(clusterArn);
  const cluster = parseClusterArn(clusterArn);
  if (arn === undefined || cluster === undefined || !/^[\w-]+$/.test(name)) return undefined;
  return { arn: formatArn({ ...arn, resource: `service/${cluster}/${name}` }), cluster, name };
}

/** The service an ARN names; the old short form lacks the cluster, so that has to be told beside it. */
export function parseServiceArn(text: string, clusterArn?: string): ServiceRef | undefined {
  const [first, second, ...rest] = ecsPath(text, "service") ?? [];
  if (first === undefined || rest.length > 0) return undefined;
  if (second !== undefined) return { arn: text, cluster: first, name: second };
  return clusterArn === undefined ? undefined : serviceRef(clusterArn, first);
}
