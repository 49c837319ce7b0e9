/** CreateCluster, DescribeClusters, ListClusters, UpdateClusterSettings. */
import { arnOf, type JsonObject, type Operation } from "../../../contract.ts";
import { clusterNotFound, invalidParameter } from "../errors.ts";
import { compact, page, structures, text, texts } from "../input.ts";
import { isPending } from "../scheduler/counts.ts";
import { nameIn } from "../services.ts";
import type { Cluster, Ecs, Tags } from "../state.ts";
import { requestTagContext, resourceTagContext, tagList, tagsOf } from "../tags.ts";
import { clusterArn, tagOnCreate } from "./needs.ts";

const FARGATE_PROVIDERS: ReadonlySet<string> = new Set(["FARGATE", "FARGATE_SPOT"]);

/** Makes a cluster; the same name again answers the present one, as on AWS. */
export function createCluster(ecs: Ecs, input: JsonObject, tags: Tags): Cluster {
  const name = text(input, "clusterName") ?? "default";
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(name)) throw invalidParameter(`Invalid cluster name: ${name}.`);
  const present = ecs.clusters.get(name);
  if (present !== undefined) return present;
  const cluster: Cluster = {
    name,
    arn: arnOf(ecs.cloud, "ecs", `cluster/${name}`),
    status: "ACTIVE",
    settings: structures(input, "settings") ?? [],
    capacityProviders: [],
    defaultStrategy: [],
    tags,
    services: new Map(),
    tasks: new Set(),
  };
  ecs.clusters.set(name, cluster);
  setProviders(cluster, texts(input, "capacityProviders"), structures(input, "defaultCapacityProviderStrategy"));
  return cluster;
}

/** Fargate's own providers only: others stand for instances, which are not modelled. */
export function setProviders(
  cluster: Cluster,
  providers: readonly string[] = [],
  strategy: readonly JsonObject[] = [],
): void {
  const other = providers.find((provider) => !FARGATE_PROVIDERS.has(provider));
  if (other !== undefined)
    throw invalidParameter(`Capacity provider ${other} is not modelled; FARGATE and FARGATE_SPOT are.`);
  cluster.capacityProviders = providers;
  cluster.defaultStrategy = strategy;
}

const described = (cluster: Cluster, include: readonly string[]): JsonObject => {
  const tasks = [...cluster.tasks];
  return compact({
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    status: cluster.status,
    registeredContainerInstancesCount: 0,
    runningTasksCount: tasks.filter(({ lastStatus }) => lastStatus === "RUNNING").length,
    pendingTasksCount: tasks.filter(isPending).length,
    activeServicesCount: [...cluster.services.values()].filter(({ status }) => status === "ACTIVE").length,
    statistics: [],
    tags: include.includes("TAGS") ? tagList(cluster.tags) : [],
    settings: include.includes("SETTINGS") ? cluster.settings : [],
    capacityProviders: cluster.capacityProviders,
    defaultCapacityProviderStrategy: cluster.defaultStrategy,
  });
};

/** The operations on clusters. */
export const clusterOperations = (ecs: Ecs): Record<string, Operation> => ({
  CreateCluster: {
    needs: (input) => {
      const resource = clusterArn(ecs, text(input, "clusterName"));
      const context = requestTagContext(input);
      return [
        { action: "ecs:CreateCluster", resource: "*", context },
        ...tagOnCreate(input, resource, "CreateCluster"),
      ];
    },
    run: (input) => ({ cluster: described(createCluster(ecs, input, tagsOf(input)), ["TAGS", "SETTINGS"]) }),
  },
  DescribeClusters: {
    needs: (input) =>
      (texts(input, "clusters") ?? ["default"]).map((reference) => ({
        action: "ecs:DescribeClusters",
        resource: clusterArn(ecs, reference),
        context: resourceTagContext(ecs.clusters.get(nameIn(reference))?.tags),
      })),
    run: (input) => {
      const asked = (texts(input, "clusters") ?? ["default"]).map((reference) => ({
        arn: clusterArn(ecs, reference),
        cluster: ecs.clusters.get(nameIn(reference)),
      }));
      return {
        clusters: asked.flatMap(({ cluster }) => (cluster ? [described(cluster, texts(input, "include") ?? [])] : [])),
        failures: asked.flatMap(({ arn, cluster }) => (cluster ? [] : [{ arn, reason: "MISSING" }])),
      };
    },
  },
  ListClusters: {
    needs: () => [{ action: "ecs:ListClusters", resource: "*" }],
    run: (input) => {
      const { items, nextToken } = page([...ecs.clusters.values()], input, 100);
      return compact({ clusterArns: items.map(({ arn }) => arn), nextToken });
    },
  },
  UpdateClusterSettings: {
    needs: (input) => [{ action: "ecs:UpdateClusterSettings", resource: clusterArn(ecs, text(input, "cluster")) }],
    run: (input) => {
      const cluster = ecs.clusters.get(nameIn(text(input, "cluster") ?? ""));
      if (cluster === undefined) throw clusterNotFound();
      cluster.settings = structures(input, "settings") ?? [];
      return { cluster: described(cluster, ["SETTINGS"]) };
    },
  },
});
