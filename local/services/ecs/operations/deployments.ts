/** Service deployments and revisions: list, describe, stop, continue. */
import type { JsonObject, Operation } from "../../../contract.ts";
import type { ServiceDeployment, ServiceDeploymentStatus } from "../deployments/deployment.ts";
import { requestStop } from "../deployments/stop.ts";
import { briefServiceDeployment, describedServiceDeployment, describedServiceRevision } from "../deployments/view.ts";
import { conflict, invalidParameter, serviceDeploymentNotFound } from "../errors.ts";
import { compact, decimal, oneOf, page, required, structure, text, texts } from "../input.ts";
import { findService } from "../services.ts";
import type { Ecs } from "../state.ts";
import { belowServiceNeeds, serviceArn, serviceNeed } from "./needs.ts";

const MOST_DESCRIBED = 20;
const STOPPABLE: ReadonlySet<ServiceDeploymentStatus> = new Set(["PENDING", "IN_PROGRESS"]);

const found = (ecs: Ecs, input: JsonObject): ServiceDeployment => {
  const walk = ecs.serviceDeployments.get(required(input, "serviceDeploymentArn"));
  if (walk === undefined) throw serviceDeploymentNotFound();
  return walk;
};

/** Answers of a describe call with several ARNs: what there is, and `MISSING` for the rest. */
function describeAll<Item>(
  input: JsonObject,
  field: string,
  items: ReadonlyMap<string, Item>,
  view: (item: Item) => JsonObject,
): { readonly found: readonly JsonObject[]; readonly failures: readonly JsonObject[] } {
  const arns = texts(input, field) ?? [];
  if (arns.length === 0 || arns.length > MOST_DESCRIBED)
    throw invalidParameter(`${field}: give 1 to ${MOST_DESCRIBED} ARNs, not ${arns.length}.`);
  return {
    found: arns.flatMap((arn) => {
      const item = items.get(arn);
      return item === undefined ? [] : [view(item)];
    }),
    failures: arns.flatMap((arn) => (items.has(arn) ? [] : [{ arn, reason: "MISSING" }])),
  };
}

/** The operations on service deployments and revisions. */
export const deploymentOperations = (ecs: Ecs): Record<string, Operation> => ({
  ListServiceDeployments: {
    needs: (input) => [
      serviceNeed(ecs, "ecs:ListServiceDeployments", serviceArn(ecs, input, required(input, "service"))),
    ],
    run: (input) => {
      const service = findService(ecs, input);
      const statuses = texts(input, "status");
      const created = structure(input, "createdAt") ?? {};
      const after = decimal(created, "after") ?? 0;
      const before = decimal(created, "before") ?? Number.POSITIVE_INFINITY;
      const matching = service.history.filter(
        ({ status, createdAtMs }) =>
          (statuses === undefined || statuses.includes(status)) &&
          createdAtMs / 1000 >= after &&
          createdAtMs / 1000 <= before,
      );
      const { items, nextToken } = page(matching, { maxResults: 20, ...input }, 100);
      return compact({ serviceDeployments: items.map(briefServiceDeployment), nextToken });
    },
  },
  DescribeServiceDeployments: {
    needs: (input) =>
      (texts(input, "serviceDeploymentArns") ?? []).flatMap((arn) =>
        belowServiceNeeds(ecs, "ecs:DescribeServiceDeployments", arn),
      ),
    run: (input) => {
      const answer = describeAll(input, "serviceDeploymentArns", ecs.serviceDeployments, describedServiceDeployment);
      return { serviceDeployments: answer.found, failures: answer.failures };
    },
  },
  DescribeServiceRevisions: {
    needs: (input) =>
      (texts(input, "serviceRevisionArns") ?? []).flatMap((arn) =>
        belowServiceNeeds(ecs, "ecs:DescribeServiceRevisions", arn),
      ),
    run: (input) => {
      const answer = describeAll(input, "serviceRevisionArns", ecs.serviceRevisions, describedServiceRevision);
      return { serviceRevisions: answer.found, failures: answer.failures };
    },
  },
  StopServiceDeployment: {
    needs: (input) => belowServiceNeeds(ecs, "ecs:StopServiceDeployment", required(input, "serviceDeploymentArn")),
    run: (input) => {
      const walk = found(ecs, input);
      const stopType = oneOf(input, "stopType", ["ROLLBACK", "ABORT"]) ?? "ROLLBACK";
      if (!STOPPABLE.has(walk.status))
        throw conflict(`The service deployment is ${walk.status}; only PENDING and IN_PROGRESS ones can be stopped.`);
      if (stopType === "ROLLBACK" && walk.fallback === undefined)
        throw conflict("The service deployment cannot be rolled back: the service has no completed deployment.");
      requestStop(ecs, walk, stopType);
      return { serviceDeploymentArn: walk.arn };
    },
  },
  ContinueServiceDeployment: {
    needs: (input) => belowServiceNeeds(ecs, "ecs:ContinueServiceDeployment", required(input, "serviceDeploymentArn")),
    run: (input) => {
      const walk = found(ecs, input);
      const hookId = required(input, "hookId");
      const action = oneOf(input, "action", ["CONTINUE", "ROLLBACK"]) ?? "CONTINUE";
      const hook = walk.hooks.find(({ id }) => id === hookId);
      if (hook === undefined) throw invalidParameter(`The service deployment has no hook ${text(input, "hookId")}.`);
      if (hook.type !== "PAUSE" || hook.status !== "AWAITING_ACTION" || walk.status !== "IN_PROGRESS")
        throw invalidParameter(`Hook ${hookId} is not awaiting an action: it is ${hook.status}.`);
      hook.settle(action === "CONTINUE" ? "SUCCEEDED" : "FAILED");
      return { serviceDeploymentArn: walk.arn };
    },
  },
});
