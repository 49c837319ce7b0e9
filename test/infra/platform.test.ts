import { describe, expect, test } from "vitest";
import { ofType, one, type Resource, synthesized } from "./synthesized.ts";

const { platform } = synthesized();

/** What a row of the scenario's table says, read back from the template. */
const rowOf = (id: string) => {
  const { Cpu, Memory, NetworkMode, RequiresCompatibilities } = one(
    platform,
    "AWS::ECS::TaskDefinition",
    id,
  ).Properties;
  const { MinCapacity, MaxCapacity } = one(platform, "AWS::ApplicationAutoScaling::ScalableTarget", id).Properties;
  const rule = ofType(platform, "AWS::ElasticLoadBalancingV2::ListenerRule").find(([name]) => name.startsWith(id));
  return {
    size: `${Cpu}/${Memory}`,
    tasks: `${MinCapacity["Fn::If"][1]}-${MaxCapacity}`,
    path: rule?.[1].Properties.Conditions[0].PathPatternConfig.Values,
    fargate: NetworkMode === "awsvpc" && RequiresCompatibilities[0] === "FARGATE",
  };
};

test.each([
  ["ApiGateway", { size: "512/1024", tasks: "2-20", path: ["/api/*"], fargate: true }],
  ["UserService", { size: "256/512", tasks: "2-20", path: ["/api/users/*"], fargate: true }],
  ["OrderService", { size: "512/1024", tasks: "3-20", path: ["/api/orders/*"], fargate: true }],
  ["Worker", { size: "256/512", tasks: "1-5", path: undefined, fargate: true }],
])("%s is as the scenario's table says", (id, row) => {
  expect(rowOf(id)).toEqual(row);
});

test("the narrower path is tried before the wider one", () => {
  const priority = (id: string) => one(platform, "AWS::ElasticLoadBalancingV2::ListenerRule", id).Properties.Priority;
  expect(Math.max(priority("UserService"), priority("OrderService"))).toBeLessThan(priority("ApiGateway"));
});

describe.each(["ApiGateway", "UserService", "OrderService", "Worker"])("%s", (id) => {
  const service = one(platform, "AWS::ECS::Service", id).Properties;
  const definition = one(platform, "AWS::ECS::TaskDefinition", id).Properties;
  const [container] = definition.ContainerDefinitions;

  test("runs in private subnets without a public address", () => {
    const { AssignPublicIp, Subnets } = service.NetworkConfiguration.AwsvpcConfiguration;
    expect(AssignPublicIp).toBe("DISABLED");
    expect(Subnets).toHaveLength(2);
    for (const { Ref } of Subnets) expect(platform.Resources[Ref]?.Properties.MapPublicIpOnLaunch).toBe(false);
  });

  test("checks its container's health and logs to a group of its own", () => {
    expect(container.HealthCheck.Command[0]).toBe("CMD-SHELL");
    const { LogDriver, Options } = container.LogConfiguration;
    expect(LogDriver).toBe("awslogs");
    expect(platform.Resources[Options["awslogs-group"].Ref]?.Properties.LogGroupName).toBe(
      `/ecs/${service.ServiceName}`,
    );
  });

  test("opts in to the oom reaction by its tag", () => {
    expect(service.Tags).toContainEqual({ Key: "reflex:oom:mode", Value: "act" });
  });

  test("has two roles of its own under the role path", () => {
    const roles = [definition.TaskRoleArn, definition.ExecutionRoleArn].map((arn) => arn["Fn::GetAtt"][0] as string);
    expect(new Set(roles).size).toBe(2);
    for (const role of roles) {
      expect(role.startsWith(id)).toBe(true);
      expect(platform.Resources[role]?.Properties.Path).toBe("/reflex-platform/");
    }
  });

  test("rolls back a deployment that fails", () => {
    const { Strategy, DeploymentCircuitBreaker } = service.DeploymentConfiguration;
    if (id === "UserService") expect(Strategy).toBe("BLUE_GREEN");
    else
      expect({ Strategy, DeploymentCircuitBreaker }).toEqual({
        Strategy: "ROLLING",
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      });
  });

  test("is not reset in its task count by a deployment", () => {
    expect(service.DesiredCount["Fn::If"][1]).toEqual({ Ref: "AWS::NoValue" });
  });
});

test.each(["ApiGateway", "UserService", "OrderService"])(
  "%s follows its CPU at 70 percent, out after 60 s and in after 300 s",
  (id) => {
    const { TargetTrackingScalingPolicyConfiguration: tracking } = one(
      platform,
      "AWS::ApplicationAutoScaling::ScalingPolicy",
      id,
    ).Properties;
    expect(tracking).toEqual({
      PredefinedMetricSpecification: { PredefinedMetricType: "ECSServiceAverageCPUUtilization" },
      TargetValue: 70,
      ScaleInCooldown: 300,
      ScaleOutCooldown: 60,
    });
  },
);

test("the worker's count is nobody's but the scaler's, and its dead-man's, which only adds", () => {
  const policies = ofType(platform, "AWS::ApplicationAutoScaling::ScalingPolicy");
  const [[, deadMan] = [], ...others] = policies.filter(([id]) => id.startsWith("Worker"));
  expect(others).toEqual([]);
  expect(deadMan?.Properties).toMatchObject({ PolicyName: "ecs-reflex-dead-man", PolicyType: "StepScaling" });
  const { StepAdjustments } = deadMan?.Properties.StepScalingPolicyConfiguration ?? {};
  expect(StepAdjustments).toEqual([{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }]);
});

test("the dead-man waits for silence and lateness at once, and takes missing data for neither", () => {
  const { Properties } = one(platform, "AWS::CloudWatch::Alarm", "WorkerDeadMan");
  expect(Properties).toMatchObject({ EvaluationPeriods: 3, Threshold: 1, TreatMissingData: "notBreaching" });
  const [expression, ...metrics] = Properties.Metrics;
  expect(expression.Expression).toBe("IF(FILL(handled,0)<2 AND FILL(age,0)>60,1,0)");
  const watched = metrics.map(({ MetricStat: { Metric } }: { MetricStat: { Metric: unknown } }) => Metric);
  expect(watched).toMatchObject([
    { MetricName: "NumberOfMessagesDeleted", Dimensions: [{ Name: "QueueName", Value: "reflex-scale" }] },
    { MetricName: "ApproximateAgeOfOldestMessage", Dimensions: [{ Name: "QueueName", Value: "worker" }] },
  ]);
});

test("without a queue to follow nobody opts in to the scaler, and nothing watches for its silence", () => {
  const { platform: alone, automation } = synthesized({ queues: [] });
  expect(JSON.stringify(alone)).not.toMatch(/reflex:scale|dead-man/);
  expect(JSON.stringify(automation)).not.toContain("ecs-reflex depth of production");
  const policy = one(automation, "AWS::IAM::Policy", "Scale").Properties.PolicyDocument;
  expect(JSON.stringify(policy)).not.toContain("WorkloadQueue");
});

test("the worker alone may take its jobs", () => {
  const takers = ofType(platform, "AWS::IAM::Policy").filter(([, { Properties }]) =>
    JSON.stringify(Properties.PolicyDocument).includes("sqs:ReceiveMessage"),
  );
  expect(takers.map(([, { Properties }]) => Properties.Roles[0].Ref)).toEqual([
    expect.stringMatching(/^WorkerRolesTask/),
  ]);
});

test("no two services share a role or a policy", () => {
  for (const [, { Properties }] of ofType(platform, "AWS::IAM::Policy")) expect(Properties.Roles).toHaveLength(1);
});

test("blue/green has a second target group that no traffic goes to at first", () => {
  const [{ ForwardConfig }] = one(platform, "AWS::ElasticLoadBalancingV2::ListenerRule", "UserService").Properties
    .Actions;
  expect(ForwardConfig.TargetGroups.map(({ Weight }: { Weight: number }) => Weight)).toEqual([1, 0]);
  const [{ AdvancedConfiguration }] = one(platform, "AWS::ECS::Service", "UserService").Properties.LoadBalancers;
  expect(AdvancedConfiguration.AlternateTargetGroupArn).toEqual(ForwardConfig.TargetGroups[1].TargetGroupArn);
});

describe("a first deployment, with empty repositories", () => {
  test.each(["ApiGatewayTag", "UserServiceTag", "OrderServiceTag", "WorkerTag"])("%s names no image", (parameter) => {
    expect(platform.Parameters[parameter]?.Default).toBe("none");
  });

  test("asks for no task and lets autoscaling ask for none", () => {
    for (const [, { Properties }] of ofType(platform, "AWS::ECS::Service"))
      expect(Properties.DesiredCount["Fn::If"][2]).toBe(0);
    for (const [, { Properties }] of ofType(platform, "AWS::ApplicationAutoScaling::ScalableTarget"))
      expect(Properties.MinCapacity["Fn::If"][2]).toBe(0);
  });

  test.each([
    ["none", true],
    ["v1.0.0", true],
    ["v1.12.3-rc.1", true],
    ["latest", false],
    ["", false],
    ["1.0.0", false],
  ])("the tag %j is accepted: %s", (tag, isAccepted) => {
    expect(new RegExp(platform.Parameters.WorkerTag?.AllowedPattern ?? "").test(tag)).toBe(isAccepted);
  });

  test("a tag for all services can be given when the stack is synthesized", () => {
    const { platform: released } = synthesized({ context: { imageTag: "v1.0.0" } });
    expect(released.Parameters.WorkerTag?.Default).toBe("v1.0.0");
  });
});

test("repositories scan on push, keep tags as they are and expire what has none", () => {
  const repositories = ofType(platform, "AWS::ECR::Repository").map(([, { Properties }]) => Properties);
  expect(repositories.map(({ RepositoryName }) => RepositoryName).sort()).toEqual([
    "api-gateway",
    "order-service",
    "user-service",
    "worker",
  ]);
  for (const { ImageScanningConfiguration, ImageTagMutability, LifecyclePolicy, EmptyOnDelete } of repositories) {
    expect(ImageScanningConfiguration).toEqual({ ScanOnPush: true });
    expect(ImageTagMutability).toBe("IMMUTABLE");
    expect(EmptyOnDelete).toBe(false);
    const [{ selection, action }] = JSON.parse(LifecyclePolicy.LifecyclePolicyText).rules;
    expect({ selection, action }).toEqual({
      selection: { tagStatus: "untagged", countType: "sinceImagePushed", countNumber: 14, countUnit: "days" },
      action: { type: "expire" },
    });
  }
});

test("tasks are reached through the load balancer alone", () => {
  const groups = ofType(platform, "AWS::EC2::SecurityGroup");
  const open = groups.filter(([, { Properties }]) => Properties.SecurityGroupIngress !== undefined);
  expect(open.map(([id]) => id)).toEqual([expect.stringMatching(/^Entrance/)]);
  const entrance = open[0]?.[0];
  const ingress = ofType(platform, "AWS::EC2::SecurityGroupIngress").map(([, { Properties }]) => Properties);
  expect(ingress).toHaveLength(3);
  for (const { SourceSecurityGroupId, FromPort, ToPort } of ingress) {
    expect(SourceSecurityGroupId["Fn::GetAtt"][0]).toBe(entrance);
    expect([FromPort, ToPort]).toEqual([8080, 8080]);
  }
});

test("the cluster is named as the automation expects it and watched by Container Insights", () => {
  const { ClusterName, ClusterSettings } = one(platform, "AWS::ECS::Cluster", "Cluster").Properties;
  expect(ClusterName).toBe("production");
  expect(ClusterSettings).toEqual([{ Name: "containerInsights", Value: "enhanced" }]);
});

const portsOf = (resources: readonly (readonly [string, Resource])[]) =>
  resources.map(([, { Properties }]) => Properties.Port).sort();

test("speaks HTTP without a certificate, and with one HTTPS, to which HTTP is sent on", () => {
  const listener = "AWS::ElasticLoadBalancingV2::Listener";
  expect(portsOf(ofType(platform, listener))).toEqual([80]);
  const certificateArn = "arn:aws:acm:us-east-1:111122223333:certificate/0";
  const { platform: secured } = synthesized({ context: { certificateArn } });
  expect(portsOf(ofType(secured, listener))).toEqual([443, 80]);
  const plain = ofType(secured, listener).find(([, { Properties }]) => Properties.Port === 80);
  expect(plain?.[1].Properties.DefaultActions[0].Type).toBe("redirect");
});
