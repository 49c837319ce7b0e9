import { Duration, Validations } from "aws-cdk-lib";
import type { IVpc } from "aws-cdk-lib/aws-ec2";
import {
  AlternateTarget,
  DeploymentStrategy,
  type FargateService,
  ListenerRuleConfiguration,
} from "aws-cdk-lib/aws-ecs";
import {
  type ApplicationListener,
  ApplicationListenerRule,
  ApplicationProtocol,
  ApplicationTargetGroup,
  ListenerAction,
  ListenerCondition,
  TargetType,
} from "aws-cdk-lib/aws-elasticloadbalancingv2";
import { type IRole, ManagedPolicy, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { CONTAINER_PORT } from "./fargate-microservice.ts";

const SHIFTING_POLICY = "AmazonECSInfrastructureRolePolicyForLoadBalancers";

export interface PathRouteProps {
  readonly vpc: IVpc;
  readonly listener: ApplicationListener;
  readonly service: FargateService;
  readonly containerName: string;
  readonly path: string;
  /** Rules are tried from the lowest number up, so the narrower path has the lower one. */
  readonly priority: number;
  readonly deploymentStrategy: DeploymentStrategy;
}

/** One path of the shared load balancer and the service behind it; blue/green services have a second target group to shift to. */
export class PathRoute extends Construct {
  readonly targetGroup: ApplicationTargetGroup;

  constructor(scope: Construct, id: string, props: PathRouteProps) {
    super(scope, id);
    const { listener, service, containerName, path, priority } = props;
    const shifts = props.deploymentStrategy !== DeploymentStrategy.ROLLING;
    const targetGroup = (name: string) =>
      new ApplicationTargetGroup(this, name, {
        vpc: props.vpc,
        port: CONTAINER_PORT,
        protocol: ApplicationProtocol.HTTP,
        targetType: TargetType.IP,
        deregistrationDelay: Duration.seconds(30),
        healthCheck: {
          path: "/health",
          healthyHttpCodes: "200",
          interval: Duration.seconds(30),
          timeout: Duration.seconds(5),
        },
      });
    this.targetGroup = targetGroup("TargetGroup");
    const alternate = shifts ? targetGroup("AlternateTargetGroup") : undefined;
    const rule = new ApplicationListenerRule(this, "Rule", {
      listener,
      priority,
      conditions: [ListenerCondition.pathPatterns([path])],
      action: alternate
        ? ListenerAction.weightedForward([
            { targetGroup: this.targetGroup, weight: 1 },
            { targetGroup: alternate, weight: 0 },
          ])
        : ListenerAction.forward([this.targetGroup]),
    });
    this.targetGroup.addTarget(
      service.loadBalancerTarget({
        containerName,
        containerPort: CONTAINER_PORT,
        ...(alternate && {
          alternateTarget: new AlternateTarget("Alternate", {
            alternateTargetGroup: alternate,
            role: this.shiftingRole(),
            productionListener: ListenerRuleConfiguration.applicationListenerRule(rule),
          }),
        }),
      }),
    );
    // ECS refuses a target group that no rule forwards to yet
    service.node.addDependency(rule);
  }

  /** What ECS needs to move traffic between the two target groups. */
  private shiftingRole(): IRole {
    const role = new Role(this, "ShiftingRole", {
      assumedBy: new ServicePrincipal("ecs.amazonaws.com"),
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName(SHIFTING_POLICY)],
    });
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${SHIFTING_POLICY}]`,
      reason: "ECS itself assumes this role, and AWS keeps the policy in step with what its deployments call.",
    });
    return role as IRole;
  }
}
