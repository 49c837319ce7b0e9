/** UpdateService: which members start a deployment, and what other controllers refuse. Source: API_UpdateService. */
import type { JsonObject, Operation } from "../../../contract.ts";
import { startDeployment } from "../deployments/start.ts";
import { invalidParameter, serviceNotActive } from "../errors.ts";
import { flag, required, structure, structures, text, whole } from "../input.ts";
import { primaryOf } from "../scheduler/counts.ts";
import { wake } from "../scheduler/wake.ts";
import { checkConfiguration } from "../service-rules.ts";
import { describedService, findService, settingsOf } from "../services.ts";
import type { Ecs, EcsService } from "../state.ts";
import { usableTaskDefinition } from "../task-definitions.ts";
import { definitionContext, deploymentRoles, serviceArn, serviceNeed } from "./needs.ts";

const STARTS_DEPLOYMENT = [
  "taskDefinition",
  "networkConfiguration",
  "platformVersion",
  "loadBalancers",
  "serviceRegistries",
  "serviceConnectConfiguration",
  "volumeConfigurations",
  "vpcLatticeConfigurations",
] as const;
const FOR_OTHER_CONTROLLERS: Readonly<Record<string, ReadonlySet<string>>> = {
  CODE_DEPLOY: new Set([
    "desiredCount",
    "deploymentConfiguration",
    "healthCheckGracePeriodSeconds",
    "placementConstraints",
    "placementStrategy",
    "enableECSManagedTags",
    "propagateTags",
  ]),
  EXTERNAL: new Set([
    "desiredCount",
    "placementConstraints",
    "placementStrategy",
    "healthCheckGracePeriodSeconds",
    "enableECSManagedTags",
    "propagateTags",
  ]),
};

/** UpdateService: everything is checked before anything changes. */
export const updateServiceOperation = (ecs: Ecs): Operation => ({
  needs: (input) => {
    const reference = text(input, "taskDefinition");
    // AWS resolves the revision before it authorises, so that policies see family:revision.
    const definition = reference === undefined ? undefined : usableTaskDefinition(ecs, reference);
    const arn = serviceArn(ecs, input, required(input, "service"));
    return [serviceNeed(ecs, "ecs:UpdateService", arn, definitionContext(definition)), ...deploymentRoles(ecs, input)];
  },
  run: (input) => {
    const service = findService(ecs, input);
    if (service.status !== "ACTIVE") throw serviceNotActive();
    refuseForController(service, input);
    const reference = text(input, "taskDefinition");
    const definition = reference === undefined ? undefined : usableTaskDefinition(ecs, reference);
    const count = whole(input, "desiredCount");
    if (count !== undefined && count < 0) throw invalidParameter("desiredCount cannot be negative.");
    const given = structure(input, "deploymentConfiguration");
    const configuration = given ? checkConfiguration(given, service.deploymentConfiguration) : undefined;
    const settings = settingsOf(input, service.settings);
    // Nothing changes before everything was found good.
    change(service, input);
    service.settings = settings;
    if (configuration) service.deploymentConfiguration = configuration;
    if (count !== undefined) service.desiredCount = count;
    const present = primaryOf(service)?.revision.definition;
    const isNew =
      flag(input, "forceNewDeployment") === true ||
      (definition !== undefined && definition !== present) ||
      STARTS_DEPLOYMENT.some(
        (field) => field !== "taskDefinition" && input[field] !== undefined && input[field] !== null,
      );
    const target = definition ?? present;
    if (isNew && target && service.controller === "ECS") startDeployment(ecs, service, target);
    wake(ecs, service);
    return { service: describedService(ecs, service, true) };
  },
});

function change(service: EcsService, input: JsonObject): void {
  service.healthCheckGracePeriodSeconds =
    whole(input, "healthCheckGracePeriodSeconds") ?? service.healthCheckGracePeriodSeconds;
  service.availabilityZoneRebalancing =
    text(input, "availabilityZoneRebalancing") ?? service.availabilityZoneRebalancing;
  service.enableECSManagedTags = flag(input, "enableECSManagedTags") ?? service.enableECSManagedTags;
  service.enableExecuteCommand = flag(input, "enableExecuteCommand") ?? service.enableExecuteCommand;
  service.propagateTags = text(input, "propagateTags") ?? service.propagateTags;
  service.placementConstraints = structures(input, "placementConstraints") ?? service.placementConstraints;
  service.placementStrategy = structures(input, "placementStrategy") ?? service.placementStrategy;
}

function refuseForController(service: EcsService, input: JsonObject): void {
  const allowed = FOR_OTHER_CONTROLLERS[service.controller];
  if (allowed === undefined) return;
  const refused = Object.keys(input).find(
    (field) =>
      field !== "cluster" &&
      field !== "service" &&
      !allowed.has(field) &&
      input[field] !== undefined &&
      input[field] !== false,
  );
  if (refused === undefined) return;
  if (refused === "taskDefinition")
    throw invalidParameter(
      "Unable to update task definition on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.".replace(
        "CODE_DEPLOY",
        service.controller,
      ),
    );
  if (refused === "forceNewDeployment")
    throw invalidParameter(
      `Cannot force a new deployment on services with a ${service.controller} deployment controller. Use ${service.controller === "EXTERNAL" ? "task sets" : "AWS CodeDeploy"} to trigger a new deployment.`,
    );
  throw invalidParameter(`Unable to update ${refused} on services with a ${service.controller} deployment controller.`);
}
