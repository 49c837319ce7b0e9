/** `Services` on Amazon ECS: SDK shapes in, domain words out, no decisions. */
import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  type ECSClient,
  type Deployment as EcsDeployment,
  type Service as EcsService,
  type ServiceRevision as EcsServiceRevision,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import type { JsonObject } from "#shared/domain/json.ts";
import type { Deployment, ServiceRef, ServiceRevision, ServiceState } from "#shared/domain/service.ts";
import { tagsOf } from "#shared/domain/tags.ts";
import { type TaskDefinition, taskDefinitionOf } from "#shared/domain/task-definition.ts";
import { ReflexError } from "#shared/errors.ts";
import type { Services } from "#shared/ports/services.ts";
import { describeRevisions, listDeployments } from "./ecs-service-deployments.ts";
import { isNamed, translate } from "./errors.ts";

/** How many of a family's newest revisions are searched for one that a crashed attempt registered. */
const NEWEST_SEARCHED = 5;

/** More services than a storm is likely to take; a few KB each, and at most 64 KB, in a function of 512 MiB. */
const KEPT_TASK_DEFINITIONS = 1000;

const deploymentOf = (deployment: EcsDeployment): Deployment => ({
  id: deployment.id ?? "",
  status: (deployment.status ?? "INACTIVE") as Deployment["status"],
  taskDefinitionArn: deployment.taskDefinition ?? "",
  rolloutState: deployment.rolloutState as Deployment["rolloutState"],
  desiredCount: deployment.desiredCount ?? 0,
  runningCount: deployment.runningCount ?? 0,
  failedTasks: deployment.failedTasks ?? 0,
  createdAt: deployment.createdAt ?? new Date(0),
});

/** Whether ECS goes back from a service deployment, or has gone: by its breaker, an alarm, a hook or a person. */
const isTakenBack = (status: string | undefined): boolean => status?.startsWith("ROLLBACK_") ?? false;

const launchTypeOf = ({ launchType, capacityProviderStrategy = [] }: EcsService): ServiceState["launchType"] => {
  if (launchType) return launchType as ServiceState["launchType"];
  const isFargate =
    capacityProviderStrategy.length > 0 &&
    capacityProviderStrategy.every(({ capacityProvider }) => capacityProvider?.startsWith("FARGATE"));
  return isFargate ? "FARGATE" : "EC2";
};

/** A service as DescribeServices tells it. */
export const stateOf = (ref: ServiceRef, service: EcsService): ServiceState => ({
  ref,
  status: (service.status ?? "INACTIVE") as ServiceState["status"],
  controller: (service.deploymentController?.type ?? "ECS") as ServiceState["controller"],
  launchType: launchTypeOf(service),
  isWindows: service.platformFamily?.toLowerCase().startsWith("windows") ?? false,
  taskDefinitionArn: service.taskDefinition ?? "",
  desiredCount: service.desiredCount ?? 0,
  runningCount: service.runningCount ?? 0,
  pendingCount: service.pendingCount ?? 0,
  deployments: (service.deployments ?? []).map(deploymentOf),
  serviceRevisionArns: (service.currentServiceRevisions ?? []).flatMap(({ arn }) => arn ?? []),
  tags: tagsOf(service.tags),
});

const revisionOf = (revision: EcsServiceRevision): ServiceRevision => ({
  arn: revision.serviceRevisionArn ?? "",
  taskDefinitionArn: revision.taskDefinition ?? "",
  images: (revision.containerImages ?? []).map(({ containerName = "", image = "", imageDigest }) => ({
    container: containerName,
    image,
    digest: imageDigest,
  })),
});

/** The ECS of one account and region; `writing` is a client that never repeats a call by itself. Task definitions are kept
 *  for the life of the object: a revision never changes. */
export const ecsServices = (ecs: ECSClient, writing: ECSClient): Services => {
  const known = new Map<string, TaskDefinition>();

  const taskDefinition = async (arn: string): Promise<TaskDefinition | undefined> => {
    const kept = known.get(arn);
    if (kept) return kept;
    try {
      const { taskDefinition: document, tags } = await ecs.send(
        new DescribeTaskDefinitionCommand({ taskDefinition: arn, include: ["TAGS"] }),
      );
      const found = taskDefinitionOf(document as unknown as JsonObject, tagsOf(tags));
      if (found === undefined)
        throw new ReflexError("defect", `describing task definition ${arn}: ECS answered another`);
      if (known.size >= KEPT_TASK_DEFINITIONS) known.clear();
      known.set(arn, found);
      return found;
    } catch (error) {
      // ECS answers a revision that does not exist with its catch-all ClientException.
      if (isNamed(error, "ClientException")) return undefined;
      throw translate(error, `describing task definition ${arn}`);
    }
  };

  return {
    taskDefinition,

    async describe(ref) {
      const { services = [] } = await ecs
        .send(new DescribeServicesCommand({ cluster: ref.cluster, services: [ref.name], include: ["TAGS"] }))
        .catch((error: unknown) => {
          if (isNamed(error, "ClusterNotFoundException")) return { services: [] };
          throw translate(error, `describing service ${ref.arn}`);
        });
      const [service] = services;
      return service && stateOf(ref, service);
    },

    async revisions(arns) {
      const found = await describeRevisions(ecs, arns).catch((error: unknown) => {
        throw translate(error, `describing the service revisions ${arns.join(", ")}`);
      });
      return found.map(revisionOf);
    },

    async register(document) {
      const { taskDefinition: registered } = await writing
        .send(new RegisterTaskDefinitionCommand(document as unknown as RegisterTaskDefinitionCommandInput))
        .catch((error: unknown) => {
          throw translate(error, `registering a revision of ${String(document.family)}`);
        });
      if (!registered?.taskDefinitionArn) {
        throw new ReflexError("defect", `registering a revision of ${String(document.family)}: ECS answered no ARN`);
      }
      return registered.taskDefinitionArn;
    },

    async revisionTagged(family, { key, value }) {
      const { taskDefinitionArns = [] } = await ecs
        .send(new ListTaskDefinitionsCommand({ familyPrefix: family, sort: "DESC", maxResults: NEWEST_SEARCHED }))
        .catch((error: unknown) => {
          throw translate(error, `listing the newest revisions of ${family}`);
        });
      for (const arn of taskDefinitionArns) {
        if ((await taskDefinition(arn))?.tags[key] === value) return arn;
      }
      return undefined;
    },

    async deploy(ref, taskDefinitionArn) {
      const { service } = await writing
        .send(new UpdateServiceCommand({ cluster: ref.cluster, service: ref.name, taskDefinition: taskDefinitionArn }))
        .catch((error: unknown) => {
          throw translate(error, `deploying ${taskDefinitionArn} to ${ref.arn}`);
        });
      if (!service)
        throw new ReflexError("defect", `deploying ${taskDefinitionArn} to ${ref.arn}: ECS answered no service`);
      return stateOf(ref, service);
    },

    async deployedSince(ref, since) {
      const listed = await listDeployments(ecs, ref, { createdAt: { after: since } }).catch((error: unknown) => {
        throw translate(error, `listing the deployments of ${ref.arn} since ${since.toISOString()}`);
      });
      const arns = listed.flatMap(({ status, targetServiceRevisionArn: arn }) =>
        arn === undefined || isTakenBack(status) ? [] : [arn],
      );
      const revisions = await this.revisions(arns);
      return arns.flatMap((arn) => revisions.find((revision) => revision.arn === arn) ?? []);
    },
  };
};
