import { ArnFormat, Duration, Fn, Stack, Tags } from "aws-cdk-lib";
import type { CfnService, FargateService } from "aws-cdk-lib/aws-ecs";
import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { GATE_STAGE, HOOK_FUNCTION_NAME } from "#shared/gate/hook-function.ts";

export interface DeploymentGateProps {
  readonly service: FargateService;
  /**
   * `pause` waits for the gate's answer and for a person's; an outage of the gate costs the timeout. `lambda` is asked by
   * ECS itself and cannot wait for a person.
   */
  readonly hook: "pause" | "lambda";
  /** How long a deployment may wait. @default 24 hours */
  readonly timeout?: Duration;
  /** What happens to a deployment that nobody answered. @default ROLLBACK */
  readonly onTimeout?: "CONTINUE" | "ROLLBACK";
  /** Name of a condition without which there is no hook. @default - always */
  readonly condition?: string;
}

/** Holds every deployment of a service before its first task starts, until its images are judged. */
export class DeploymentGate extends Construct {
  constructor(scope: Construct, id: string, props: DeploymentGateProps) {
    super(scope, id);
    const { service, hook, timeout = Duration.hours(24), onTimeout = "ROLLBACK", condition } = props;
    const declared = {
      TargetType: hook === "pause" ? "PAUSE" : "AWS_LAMBDA",
      LifecycleStages: [GATE_STAGE],
      TimeoutConfiguration: { TimeoutInMinutes: timeout.toMinutes(), Action: onTimeout },
      ...(hook === "lambda" && this.lambdaTarget()),
    };
    // The construct library knows no PAUSE hooks and no timeouts yet.
    (service.node.defaultChild as CfnService).addPropertyOverride(
      "DeploymentConfiguration.LifecycleHooks",
      condition === undefined ? [declared] : Fn.conditionIf(condition, [declared], Fn.ref("AWS::NoValue")),
    );
    const tag = (name: string, value: string) =>
      Tags.of(service).add(`reflex:gate:${name}`, value, { includeResourceTypes: ["AWS::ECS::Service"] });
    tag("mode", "act");
    if (hook === "pause") tag("answers-pause-hooks", "true");
  }

  /** The automation's function by its fixed name, and the role by which ECS may call it. */
  private lambdaTarget(): { readonly HookTargetArn: string; readonly RoleArn: string } {
    const functionArn = Stack.of(this).formatArn({
      service: "lambda",
      resource: "function",
      resourceName: HOOK_FUNCTION_NAME,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const role = new Role(this, "HookRole", { assumedBy: new ServicePrincipal("ecs.amazonaws.com") });
    role.addToPolicy(new PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: [functionArn] }));
    return { HookTargetArn: functionArn, RoleArn: role.roleArn };
  }
}
