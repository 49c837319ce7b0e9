/** Images with scans, and what the gate did with them, for its stories. */
import type { JsonObject } from "../../local/contract.ts";
import type { CodeDeployDoor, GivenCodeDeployment } from "../../local/services/codedeploy/door.ts";
import { CLUSTER, SERVICE, UNBRAKED, type World } from "./world.ts";

export const REGISTRY = "111122223333.dkr.ecr.us-east-1.amazonaws.com";

/** A finished basic scan with one finding of each of these severities. */
export const basicScan = (...severities: readonly string[]): JsonObject => ({
  imageScanStatus: { status: "COMPLETE", description: "The scan was completed successfully." },
  imageScanFindings: {
    findings: severities.map((severity, index) => ({
      name: `CVE-2026-${1000 + index}`,
      severity,
      attributes: [
        { key: "package_name", value: "openssl" },
        { key: "package_version", value: "3.0.1" },
      ],
    })),
  },
});

/** A finished enhanced scan with one finding of each of these severities, all with a fix. */
export const enhancedScan = (...severities: readonly string[]): JsonObject => ({
  imageScanStatus: { status: "ACTIVE", description: "Continuous scan is selected for image." },
  imageScanFindings: {
    enhancedFindings: severities.map((severity, index) => ({
      severity,
      status: "ACTIVE",
      fixAvailable: "YES",
      exploitAvailable: "NO",
      packageVulnerabilityDetails: {
        vulnerabilityId: `CVE-2026-${2000 + index}`,
        vulnerablePackages: [{ name: "openssl", version: "3.0.1", fixedInVersion: "3.0.2" }],
      },
    })),
  },
});

/** A configuration in which the gate acts on `order-service`, and nothing else stands in the way. */
export const gateActs = (gate: JsonObject = {}, more: JsonObject = {}) => ({
  ...UNBRAKED,
  ...more,
  services: { [`${CLUSTER}/order-service`]: { gate: { mode: "act", ...gate } } },
});

/** Pushes an image under a tag; answers its digest. */
export const push = (
  world: World,
  repositoryName: string,
  imageTag: string,
  scan: JsonObject | null,
  platforms?: string[],
) => world.door.pushImage({ repositoryName, imageTag, scan, ...(platforms && { platforms }) }).digest;

/** Pushes an image and deploys it by its tag, as a pipeline does, once its scan has ended. */
export const release = async (world: World, service: string, tag: string, scan: JsonObject | null): Promise<string> => {
  push(world, service, tag, scan);
  await world.pass(60);
  return world.deployByPipeline({ image: `${REGISTRY}/${service}:${tag}` }, service);
};

/** Lets a tag name another image, in a repository that lets it; answers the digest. */
export const retag = async (world: World, repositoryName: string, tag: string, scan: JsonObject): Promise<string> => {
  await world.ask("ecr", "PutImageTagMutability", { repositoryName, imageTagMutability: "MUTABLE" });
  return push(world, repositoryName, tag, scan);
};

/** ARNs of the service's tasks. */
export const tasksOf = (world: World, service: string): readonly string[] =>
  world.service(service).tasks.map(({ arn }) => arn);

/** Records of the gate about a service, oldest first. */
export const gateRecords = async (world: World, service: string) =>
  (await world.records()).filter((record) => record.reaction === "gate" && record.service?.name === service);

/** AWS's control-plane calls of the gate, by name. */
export const gateCalls = (world: World, functionName = "reflex-gate"): readonly string[] =>
  world.door
    .calls()
    .filter((call) => call.functionName === functionName && ["ecs", "ecr"].includes(call.service))
    .map(({ operation }) => operation);

/** What was told of it, blocks and all. */
export const toldOf = (world: World, words: string): string =>
  JSON.stringify(world.messages().filter(({ blocks, text }) => `${text}${JSON.stringify(blocks)}`.includes(words)));

/** Waits until the service's last deployment is complete, its bake included: what a rollback goes back to. */
export const settled = (world: World, service: string): Promise<void> =>
  world.until(`${service} is steady`, async () => {
    const { deployments } = await world.describe(service);
    const all = deployments as readonly { readonly rolloutState: string }[];
    return all.length === 1 && all.every(({ rolloutState }) => rolloutState === "COMPLETED");
  });

/** Deployments as CodeDeploy has them. */
export const codedeployOf = (world: World) => world.cloud.local.cloud.neighbour<CodeDeployDoor>("codedeploy");

/** A service that CodeDeploy deploys, in whose tasks an image of order-service runs. */
const CODE_DEPLOYED = "orders-by-codedeploy";

/** Registers a revision of the service with the image under this tag; answers its ARN. */
const registerCodeDeployed = async (world: World, tag: string, memory: string): Promise<string> => {
  const { taskDefinition } = await world.ask("ecs", "RegisterTaskDefinition", {
    family: CODE_DEPLOYED,
    requiresCompatibilities: ["FARGATE"],
    networkMode: "awsvpc",
    cpu: "256",
    memory,
    executionRoleArn: (await world.definition(world.service().taskDefinitionArn)).executionRoleArn as string,
    containerDefinitions: [{ name: "web", image: `${REGISTRY}/${SERVICE}:${tag}`, essential: true }],
  });
  return (taskDefinition as { taskDefinitionArn: string }).taskDefinitionArn;
};

/** Creates the service and waits until it runs. */
const createCodeDeployed = async (world: World, tag: string): Promise<void> => {
  const { networkConfiguration } = await world.describe();
  await world.ask("ecs", "CreateService", {
    cluster: CLUSTER,
    serviceName: CODE_DEPLOYED,
    taskDefinition: await registerCodeDeployed(world, tag, "512"),
    desiredCount: 1,
    launchType: "FARGATE",
    networkConfiguration: networkConfiguration as JsonObject,
    deploymentController: { type: "CODE_DEPLOY" },
  });
  await world.until("it runs", () => world.service(CODE_DEPLOYED).runningCount === 1);
};

const isThere = async (world: World): Promise<boolean> =>
  (await world.describe(CODE_DEPLOYED)).serviceName !== undefined;

/** An AppSpec as the console writes it. */
const yamlOf = (taskDefinitionArn: string): string => `version: 0.0
Resources:
  - TargetService:
      Type: AWS::ECS::Service
      Properties:
        TaskDefinition: "${taskDefinitionArn}"
        LoadBalancerInfo:
          ContainerName: "web"
          ContainerPort: 80
Hooks:
  - BeforeInstall: "CodeDeployHook_reflex-gate"
`;

const jsonOf = (TaskDefinition: string): string => {
  const Properties = { TaskDefinition, LoadBalancerInfo: { ContainerName: "web", ContainerPort: 80 } };
  return JSON.stringify({ version: 0, Resources: [{ TargetService: { Type: "AWS::ECS::Service", Properties } }] });
};

interface CodeDeployWish extends Partial<GivenCodeDeployment> {
  /** Tag of the image that the service runs before its first deployment. */
  readonly runs?: string;
  readonly memory?: string;
  readonly isYaml?: boolean;
}

/** Begins CodeDeploy's deployment of the service's image under this tag, and has it ask the hook; answers its id. */
export const deployByCodeDeploy = async (
  world: World,
  tag: string,
  { runs = "v1.0.0", memory = "512", isYaml = false, ...more }: CodeDeployWish = {},
): Promise<string> => {
  if (!(await isThere(world))) await createCodeDeployed(world, runs);
  const taskDefinitionArn = await registerCodeDeployed(world, tag, memory);
  const codedeploy = codedeployOf(world);
  const id = codedeploy.create({
    applicationName: "orders",
    deploymentGroupName: "blue-green",
    ecsServices: [{ clusterName: CLUSTER, serviceName: CODE_DEPLOYED }],
    appSpec: (isYaml ? yamlOf : jsonOf)(taskDefinitionArn),
    ...more,
  });
  codedeploy.askHook(id, "arn:aws:lambda:us-east-1:111122223333:function:CodeDeployHook_reflex-gate");
  return id;
};
