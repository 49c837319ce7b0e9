/** Lists of service deployments and of the revisions they brought, whole: ECS gives both in pages. */
import {
  DescribeServiceRevisionsCommand,
  type ECSClient,
  type ServiceRevision as EcsServiceRevision,
  ListServiceDeploymentsCommand,
  type ListServiceDeploymentsCommandInput,
  type ServiceDeploymentBrief,
} from "@aws-sdk/client-ecs";
import type { ServiceRef } from "#shared/domain/service.ts";
import { isNamed } from "./errors.ts";

/** Source: ECS API reference, ListServiceDeployments. */
const DEPLOYMENTS_PER_PAGE = 100;
/** Source: ECS API reference, DescribeServiceRevisions. */
const REVISIONS_PER_CALL = 20;

/** The service's deployments that fit, newest first; of a service that is not there none. ECS promises no order. */
export const listDeployments = async (
  ecs: ECSClient,
  { cluster, name }: ServiceRef,
  fit: Pick<ListServiceDeploymentsCommandInput, "status" | "createdAt">,
): Promise<readonly ServiceDeploymentBrief[]> => {
  const found: ServiceDeploymentBrief[] = [];
  let nextToken: string | undefined;
  try {
    do {
      const page = await ecs.send(
        new ListServiceDeploymentsCommand({
          cluster,
          service: name,
          ...fit,
          maxResults: DEPLOYMENTS_PER_PAGE,
          ...(nextToken !== undefined && { nextToken }),
        }),
      );
      found.push(...(page.serviceDeployments ?? []));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
  } catch (error) {
    if (isNamed(error, "ClusterNotFoundException", "ServiceNotFoundException")) return [];
    throw error;
  }
  return found.sort((a, b) => Number(b.createdAt ?? 0) - Number(a.createdAt ?? 0));
};

/** Those of the service revisions that there are. */
export const describeRevisions = async (
  ecs: ECSClient,
  arns: readonly string[],
): Promise<readonly EcsServiceRevision[]> => {
  const found: EcsServiceRevision[] = [];
  for (let from = 0; from < arns.length; from += REVISIONS_PER_CALL) {
    const serviceRevisionArns = arns.slice(from, from + REVISIONS_PER_CALL);
    const { serviceRevisions = [] } = await ecs.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns }));
    found.push(...serviceRevisions);
  }
  return found;
};
