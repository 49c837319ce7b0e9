/** CreateService, DeleteService, DescribeServices, ListServices. */
import type { Operation } from "../../../contract.ts";
import { stopWalk } from "../deployments/stop.ts";
import { invalidParameter } from "../errors.ts";
import { compact, flag, oneOf, page, required, text, texts } from "../input.ts";
import { wake } from "../scheduler/wake.ts";
import { createService, describedService, findCluster, findService, nameIn } from "../services.ts";
import type { Ecs } from "../state.ts";
import { requestTagContext, tagsOf } from "../tags.ts";
import { findTaskDefinition } from "../task-definitions.ts";
import {
  callerArn,
  definitionContext,
  deploymentRoles,
  inCluster,
  serviceArn,
  serviceNeed,
  tagOnCreate,
} from "./needs.ts";

const MOST_DESCRIBED = 10;

/** The operations on services but UpdateService. */
export const serviceOperations = (ecs: Ecs): Record<string, Operation> => ({
  CreateService: {
    needs: (input) => {
      const arn = serviceArn(ecs, input, required(input, "serviceName"));
      const definition = findTaskDefinition(ecs, text(input, "taskDefinition") ?? "");
      return [
        serviceNeed(ecs, "ecs:CreateService", arn, { ...requestTagContext(input), ...definitionContext(definition) }),
        ...tagOnCreate(input, arn, "CreateService"),
        ...deploymentRoles(ecs, input),
      ];
    },
    run: (input, { principal }) => {
      const service = createService(ecs, input, tagsOf(input), callerArn(ecs, principal));
      return { service: describedService(ecs, service, true) };
    },
  },
  DeleteService: {
    needs: (input) => [serviceNeed(ecs, "ecs:DeleteService", serviceArn(ecs, input, required(input, "service")))],
    run: (input) => {
      const service = findService(ecs, input);
      if (service.desiredCount > 0 && flag(input, "force") !== true)
        throw invalidParameter("The service cannot be stopped while it is scaled above 0.");
      service.status = "DRAINING";
      service.desiredCount = 0;
      if (service.currentServiceDeployment) stopWalk(ecs, service.currentServiceDeployment);
      wake(ecs, service);
      return { service: describedService(ecs, service, true) };
    },
  },
  DescribeServices: {
    needs: (input) =>
      (texts(input, "services") ?? []).map((reference) =>
        serviceNeed(ecs, "ecs:DescribeServices", serviceArn(ecs, input, reference)),
      ),
    run: (input) => {
      const references = texts(input, "services") ?? [];
      if (references.length === 0) throw invalidParameter("Services cannot be empty.");
      if (references.length > MOST_DESCRIBED)
        throw invalidParameter(
          `Services: at most ${MOST_DESCRIBED} can be described at once, not ${references.length}.`,
        );
      const cluster = findCluster(ecs, input);
      const withTags = texts(input, "include")?.includes("TAGS") ?? false;
      const asked = references.map((reference) => ({
        arn: serviceArn(ecs, input, reference),
        service: cluster.services.get(nameIn(reference)),
      }));
      return {
        services: asked.flatMap(({ service }) => (service ? [describedService(ecs, service, withTags)] : [])),
        failures: asked.flatMap(({ arn, service }) => (service ? [] : [{ arn, reason: "MISSING" }])),
      };
    },
  },
  ListServices: {
    needs: (input) => [{ action: "ecs:ListServices", resource: "*", context: inCluster(ecs, input) }],
    run: (input) => {
      const launchType = oneOf(input, "launchType", ["EC2", "FARGATE", "EXTERNAL"]);
      const scheduling = oneOf(input, "schedulingStrategy", ["REPLICA", "DAEMON"]);
      const services = [...findCluster(ecs, input).services.values()].filter(
        ({ status, settings }) =>
          status !== "INACTIVE" &&
          scheduling !== "DAEMON" &&
          (launchType === undefined || settings.launchType === launchType),
      );
      const { items, nextToken } = page(services, { maxResults: 10, ...input }, 100);
      return compact({ serviceArns: items.map(({ arn }) => arn), nextToken });
    },
  },
});
