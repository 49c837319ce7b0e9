/** Pulling images: who may, which digest a tag means, and the words of ECS when it does not work. */

import { arnOf } from "../../../contract.ts";
import type { CallsDoor, EcrDoor } from "../../../neighbours.ts";
import { identityOf } from "../../../refusals.ts";
import type { Ecs } from "../state.ts";
import type { Container, Task } from "./task.ts";

const ECR_IMAGE = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^:@]+)/;

/** What pulling needs on a repository. Source: ECS developer guide, "Amazon ECS task execution IAM role", which names these together. */
const PULL = ["ecr:BatchGetImage", "ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer"];

/** Resolves every image of the task; answers why the task cannot start, if it cannot. */
export function pullImages(ecs: Ecs, task: Task): string | undefined {
  const denied = deniedPull(ecs, task);
  if (denied !== undefined) return denied;
  const revision = task.deployment?.revision;
  const found: [Container, string][] = [];
  for (const container of task.containers) {
    const { image, name, versionConsistency } = container.spec;
    const pinned = versionConsistency ? revision?.digests.get(name) : undefined;
    const reference = pinned === undefined ? image : `${untagged(image)}@${pinned}`;
    const digest = ecs.cloud.neighbour<EcrDoor>("ecr").resolve(reference);
    if (digest === undefined)
      return `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${reference}: ${reference}: not found`;
    found.push([container, digest]);
  }
  for (const [container, digest] of found) container.imageDigest = digest;
  return undefined;
}

/** The first task of a deployment that starts fixes what its tags mean for all later ones. */
export function fixDigests(task: Task): void {
  const digests = task.deployment?.revision.digests;
  if (digests === undefined || digests.size > 0) return;
  for (const { spec, imageDigest } of task.containers)
    if (imageDigest !== undefined) digests.set(spec.name, imageDigest);
}

const untagged = (image: string): string => {
  const [reference = ""] = image.split("@");
  const colon = reference.lastIndexOf(":");
  return colon > reference.lastIndexOf("/") ? reference.slice(0, colon) : reference;
};

function deniedPull(ecs: Ecs, task: Task): string | undefined {
  const roleArn = task.definition.executionRoleArn;
  const repositories = task.containers.flatMap(({ spec }) => {
    const [, account, region, name] = ECR_IMAGE.exec(spec.image) ?? [];
    return account === ecs.cloud.account && region === ecs.cloud.region && name !== undefined
      ? [arnOf(ecs.cloud, "ecr", `repository/${name}`)]
      : [];
  });
  if (roleArn === undefined || repositories.length === 0) return undefined;
  const calls = ecs.cloud.neighbour<CallsDoor>("calls");
  const principal = { kind: "role", roleArn, sessionName: task.id } as const;
  const may = (action: string, resource: string): boolean =>
    calls.check(principal, "ecr", action.slice("ecr:".length), [{ action, resource }]);
  const session = `User: ${identityOf(principal, ecs.cloud.account, ecs.cloud.partition)}`;
  if (!may("ecr:GetAuthorizationToken", "*"))
    return `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 1 time(s): AccessDeniedException: ${session} is not authorized to perform: ecr:GetAuthorizationToken on resource: *`;
  for (const repository of repositories)
    for (const action of PULL)
      if (!may(action, repository))
        return `CannotPullContainerError: The task can’t pull the image. Check that the role has the permissions to pull images from the registry. ${session} is not authorized to perform: ${action} on resource: ${repository}`;
  return undefined;
}
