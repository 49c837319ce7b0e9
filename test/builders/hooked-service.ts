/** A service of a user's own stack, whose deployments ECS asks the gate's function about. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { App, Stack } from "aws-cdk-lib";
import { type IVpc, Vpc } from "aws-cdk-lib/aws-ec2";
import { Cluster, DeploymentStrategy, type ICluster } from "aws-cdk-lib/aws-ecs";
import { FargateMicroservice } from "../../infra/constructs/fargate-microservice.ts";

const STACK = "Hooked";

/** Name of the service, its repository and its family. */
export const HOOKED_SERVICE = "hooked-service";

// CloudFormation's own rules take seconds; the shipped stacks are held against them.
process.env.CDK_VALIDATION = "false";

const templateOf = (clusterName: string): unknown => {
  const app = new App({ analyticsReporting: false, treeMetadata: false });
  const stack = new Stack(app, STACK);
  const vpc = Vpc.fromVpcAttributes(stack, "Vpc", {
    vpcId: "vpc-0123456789abcdef0",
    availabilityZones: ["us-east-1a"],
    privateSubnetIds: ["subnet-0123456789abcdef0"],
  }) as IVpc;
  new FargateMicroservice(stack, "Service", {
    name: HOOKED_SERVICE,
    cluster: Cluster.fromClusterAttributes(stack, "Cluster", { clusterName, vpc }) as ICluster,
    cpuUnits: 256,
    memoryMiB: 512,
    tasks: { min: 1, max: 2 },
    listens: false,
    healthCheck: { command: ["CMD-SHELL", "exit 0"] },
    rolePath: "/reflex-platform/",
    defaultTag: "v1.0.0",
    deploymentStrategy: DeploymentStrategy.BLUE_GREEN,
    gate: "lambda",
  });
  return app.synth().getStackByName(STACK).template;
};

/** Adds a stack with the service to an assembly, in a cluster of the platform's. */
export const addHookedService = (assemblyFolder: string, clusterName: string): void => {
  writeFileSync(join(assemblyFolder, `${STACK}.template.json`), JSON.stringify(templateOf(clusterName)));
  const file = join(assemblyFolder, "manifest.json");
  const manifest = JSON.parse(readFileSync(file, "utf8"));
  manifest.artifacts[STACK] = {
    type: "aws:cloudformation:stack",
    properties: { templateFile: `${STACK}.template.json` },
    dependencies: ["ReflexPlatform"],
  };
  writeFileSync(file, JSON.stringify(manifest));
};
