/** What a template may declare of ECS. */
import type { CreatedResource, JsonObject, ResourceDeclaration, Service } from "../../../contract.ts";
import { structures, text, texts } from "../input.ts";
import { createCluster, setProviders } from "../operations/clusters.ts";
import { createService, nameIn } from "../services.ts";
import type { Ecs, Tags } from "../state.ts";
import { stackTags, tagsOf } from "../tags.ts";
import { registerTaskDefinition } from "../task-definitions.ts";
import { asMembers } from "./casing.ts";

const CREATED_BY = "cloudformation";

/** Own tags, and those by which CloudFormation marks what it makes. */
const allTags = (members: JsonObject, declaration: ResourceDeclaration): Tags =>
  new Map([...tagsOf(members), ...stackTags(declaration)]);

/** A revision's container takes whole numbers where a template may carry text. */
const withNumbers = (container: JsonObject): JsonObject => ({
  ...container,
  ...Object.fromEntries(
    ["cpu", "memory"].flatMap((field) => {
      const value = container[field];
      return typeof value === "string" && /^\d+$/.test(value) ? [[field, Number(value)]] : [];
    }),
  ),
});

/** The CloudFormation types that ECS makes. */
export const ecsResources = (ecs: Ecs): Service["resources"] => ({
  "AWS::ECS::Cluster": (declaration): CreatedResource => {
    const members = asMembers(declaration.properties);
    const clusterName = text(members, "clusterName") ?? declaration.generatedName;
    const settings = structures(members, "clusterSettings") ?? [];
    const cluster = createCluster(ecs, { ...members, clusterName, settings }, allTags(members, declaration));
    return { ref: cluster.name, attributes: { Arn: cluster.arn } };
  },
  "AWS::ECS::ClusterCapacityProviderAssociations": (declaration): CreatedResource => {
    const members = asMembers(declaration.properties);
    const name = nameIn(text(members, "cluster") ?? "default");
    const cluster = ecs.clusters.get(name);
    if (cluster === undefined)
      throw new Error(`associating capacity providers of ${declaration.logicalId}: there is no cluster ${name}`);
    setProviders(cluster, texts(members, "capacityProviders"), structures(members, "defaultCapacityProviderStrategy"));
    return { ref: name, attributes: {} };
  },
  "AWS::ECS::TaskDefinition": (declaration): CreatedResource => {
    const members = asMembers(declaration.properties);
    const definition = registerTaskDefinition(
      ecs,
      {
        ...members,
        family: text(members, "family") ?? declaration.generatedName,
        containerDefinitions: (structures(members, "containerDefinitions") ?? []).map(withNumbers),
      },
      allTags(members, declaration),
      CREATED_BY,
    );
    return { ref: definition.arn, attributes: { TaskDefinitionArn: definition.arn } };
  },
  "AWS::ECS::Service": (declaration): CreatedResource => {
    const members = asMembers(declaration.properties);
    const service = createService(
      ecs,
      {
        ...members,
        serviceName: text(members, "serviceName") ?? declaration.generatedName,
        // CloudFormation starts a new service with one task when the template names no count.
        desiredCount: members.desiredCount ?? 1,
      },
      allTags(members, declaration),
      CREATED_BY,
    );
    return { ref: service.arn, attributes: { Name: service.name, ServiceArn: service.arn } };
  },
});
