import { CfnOutput, Duration, Stack, type StackProps, Tags } from "aws-cdk-lib";
import { Cluster, ContainerInsights, DeploymentStrategy, type ICluster } from "aws-cdk-lib/aws-ecs";
import type { Construct } from "constructs";
import { DeadMan } from "./constructs/dead-man.ts";
import { Entrance } from "./constructs/entrance.ts";
import { FargateMicroservice } from "./constructs/fargate-microservice.ts";
import { GuardedQueue } from "./constructs/guarded-queue.ts";
import { Network } from "./constructs/network.ts";
import { PathRoute } from "./constructs/path-route.ts";
import type { FollowedQueue } from "./followed-queue.ts";
import { PLATFORM_SERVICES } from "./platform-services.ts";

export interface PlatformStackProps extends StackProps {
  readonly clusterName: string;
  /** IAM path of every task and execution role. */
  readonly rolePath: string;
  /** ARN of an ACM certificate for the load balancer. @default - plain HTTP */
  readonly certificateArn?: string | undefined;
  /** Tag that every service runs unless its own parameter says otherwise. @default - none */
  readonly imageTag?: string | undefined;
  /** Queues that services of this cluster follow; each such service has a dead-man beside the scaler. */
  readonly queues: readonly FollowedQueue[];
}

/** The world that the automation lives in: one cluster, one load balancer, four services, a queue. */
export class PlatformStack extends Stack {
  constructor(scope: Construct, id: string, props: PlatformStackProps) {
    super(scope, id, props);
    const { vpc } = new Network(this, "Network");
    const cluster = new Cluster(this, "Cluster", {
      clusterName: props.clusterName,
      vpc,
      containerInsightsV2: ContainerInsights.ENHANCED,
    }) as ICluster;
    const { listener, loadBalancer } = new Entrance(this, "Entrance", { vpc, certificateArn: props.certificateArn });
    const jobs = new GuardedQueue(this, "Jobs", { name: "worker", visibilitySeconds: 300, maxReceives: 5 });

    for (const { id: serviceId, route, consumesJobs, ...declared } of PLATFORM_SERVICES) {
      const microservice = new FargateMicroservice(this, serviceId, {
        ...declared,
        cluster,
        rolePath: props.rolePath,
        defaultTag: props.imageTag,
        listens: route !== undefined,
        ...(consumesJobs && { environment: { QUEUE_URL: jobs.queue.queueUrl } }),
      });
      if (consumesJobs) jobs.queue.grant(microservice.roles.task, "sqs:ReceiveMessage", "sqs:DeleteMessage");
      const followed = props.queues.find(({ name }) => name === declared.name);
      if (followed) {
        Tags.of(microservice.service).add("reflex:scale:mode", "act", { includeResourceTypes: ["AWS::ECS::Service"] });
        new DeadMan(microservice, "DeadMan", { ...followed, scaling: microservice.scaling });
      }
      if (route === undefined) continue;
      new PathRoute(microservice, "Route", {
        ...route,
        vpc,
        listener,
        service: microservice.service,
        containerName: declared.name,
        deploymentStrategy: declared.deploymentStrategy ?? DeploymentStrategy.ROLLING,
      });
      microservice.scaling.scaleOnCpuUtilization("Cpu", {
        policyName: "cpu-scaling",
        targetUtilizationPercent: 70,
        scaleInCooldown: Duration.seconds(300),
        scaleOutCooldown: Duration.seconds(60),
      });
    }
    new CfnOutput(this, "Address", { value: loadBalancer.loadBalancerDnsName });
  }
}
