import { Duration, RemovalPolicy, Tags, Validations } from "aws-cdk-lib";
import {
  CpuArchitecture,
  DeploymentStrategy,
  FargateService,
  FargateTaskDefinition,
  type HealthCheck,
  type ICluster,
  LogDrivers,
  OperatingSystemFamily,
  type ScalableTaskCount,
} from "aws-cdk-lib/aws-ecs";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { DeploymentGate, type DeploymentGateProps } from "./deployment-gate.ts";
import { ReleasedImage } from "./released-image.ts";
import { TaskRoles } from "./task-roles.ts";

/** The one port a container listens on. */
export const CONTAINER_PORT = 8080;

export interface FargateMicroserviceProps {
  readonly cluster: ICluster;
  readonly name: string;
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  /** Fewest and most tasks; autoscaling moves between them, never a deployment. */
  readonly tasks: { readonly min: number; readonly max: number };
  /** How a new revision replaces the old one. @default ROLLING, with circuit breaker and rollback */
  readonly deploymentStrategy?: DeploymentStrategy;
  /** Which hook holds its deployments until their images are judged. @default - none; the gate follows its events */
  readonly gate?: DeploymentGateProps["hook"];
  /** How far the reaction to memory kills goes with it, as its tag says. @default act */
  readonly mode?: "observe" | "ask" | "act";
  readonly healthCheck: HealthCheck;
  /** Whether the container listens on the one port. @default true */
  readonly listens?: boolean;
  readonly environment?: Record<string, string>;
  readonly rolePath: string;
  /** @default - `none`: deploys with an empty repository */
  readonly defaultTag?: string | undefined;
}

/** One service of the platform: repository, task definition, roles, logs, service and the bounds of its task count. */
export class FargateMicroservice extends Construct {
  readonly service: FargateService;
  readonly roles: TaskRoles;
  readonly scaling: ScalableTaskCount;

  constructor(scope: Construct, id: string, props: FargateMicroserviceProps) {
    super(scope, id);
    const { cluster, name, deploymentStrategy = DeploymentStrategy.ROLLING, listens = true, tasks } = props;
    const released = new ReleasedImage(this, "Image", {
      name,
      parameterName: `${id}Tag`,
      defaultTag: props.defaultTag,
    });
    const logGroup = new LogGroup(this, "Logs", {
      logGroupName: `/ecs/${name}`,
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.roles = new TaskRoles(this, "Roles", { path: props.rolePath, repository: released.repository });

    const taskDefinition = new FargateTaskDefinition(this, "TaskDefinition", {
      family: name,
      cpu: props.cpuUnits,
      memoryLimitMiB: props.memoryMiB,
      runtimePlatform: {
        cpuArchitecture: CpuArchitecture.X86_64,
        operatingSystemFamily: OperatingSystemFamily.LINUX,
      },
      executionRole: this.roles.execution,
      taskRole: this.roles.task,
    });
    taskDefinition.addContainer(name, {
      image: released.image,
      environment: props.environment ?? {},
      healthCheck: props.healthCheck,
      logging: LogDrivers.awsLogs({ logGroup, streamPrefix: "ecs" }),
      ...(listens && { portMappings: [{ containerPort: CONTAINER_PORT }] }),
    });
    Validations.of(taskDefinition).acknowledge({
      id: "AwsSolutions-ECS2",
      reason: "The variables are names of resources; secrets would come from Secrets Manager.",
    });

    const isRolling = deploymentStrategy === DeploymentStrategy.ROLLING;
    this.service = new FargateService(this, "Service", {
      cluster,
      serviceName: name,
      taskDefinition,
      // a deployment never resets the count that autoscaling has chosen
      desiredCount: released.onceReleased(undefined),
      assignPublicIp: false,
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      deploymentStrategy,
      ...(isRolling ? { circuitBreaker: { enable: true, rollback: true } } : { bakeTime: Duration.minutes(5) }),
      ...(listens && { healthCheckGracePeriod: Duration.seconds(60) }),
    });
    if (!isRolling)
      Validations.of(this.service).acknowledge({
        id: "Annotation::@aws-cdk/aws-ecs:shouldUseCircuitBreaker",
        reason:
          "ECS counts failed tasks for rolling deployments only; blue/green turns back by hooks and in its bake time.",
      });
    // the first task needs the permissions, not just the role that will have them
    this.service.node.addDependency(this.roles.execution);
    Tags.of(this.service).add("reflex:oom:mode", props.mode ?? "act", { includeResourceTypes: ["AWS::ECS::Service"] });
    if (props.gate !== undefined) {
      // the first deployment has no image to be judged
      const condition = released.isReleased.logicalId;
      new DeploymentGate(this, "Gate", { service: this.service, hook: props.gate, condition });
    }
    this.scaling = this.service.autoScaleTaskCount({
      minCapacity: released.onceReleased(tasks.min),
      maxCapacity: tasks.max,
    });
  }
}
