import { ArnFormat, Stack } from "aws-cdk-lib";
import { Effect, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import { LEDGER_PARTITIONS, type LedgerPartition } from "#shared/domain/ledger-partitions.ts";
import type { Permission, ResourceKind } from "#shared/domain/permission.ts";
import { DUE_INDEX } from "./ledger.ts";

/** What a role of a reaction may be pointed at. */
export interface Reach {
  readonly clusters: readonly string[];
  /** IAM path of the task and execution roles that may be passed to ECS. */
  readonly rolePath: string;
  readonly ledgerArn: string;
  readonly busArn: string;
  /** What only some functions have; a need for one that is not here is refused by IAM's own rules. */
  readonly slackSecretArn?: string;
  readonly ownQueueArn?: string;
  readonly ownDeadLettersArn?: string;
  readonly reactionQueueArns?: readonly string[];
  /** Names of the queues that services follow. @default - none */
  readonly queueNames?: readonly string[];
}

/** The most a function may ask ECS for, whatever its code says. */
export interface TaskCaps {
  readonly maxMemoryMiB: number;
  readonly maxCpuUnits: number;
}

interface Scope {
  readonly resources: readonly string[];
  /** Why a wildcard is as narrow as it gets; only for scopes that have one. */
  readonly wildcard?: string;
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

const own = (arn: string | undefined): readonly string[] => (arn === undefined ? [] : [arn]);

const SERVICES_COME_AND_GO =
  "Services come and go in a cluster; each opts in by configuration or tag, and the cluster is named.";

const isLedgerPartition = (on: ResourceKind): on is LedgerPartition => Object.hasOwn(LEDGER_PARTITIONS, on);

/**
 * The ledger as far as one of its partitions reaches, or those whose keys begin alike.
 * Source: DynamoDB developer guide, "Using IAM policy conditions for fine-grained access control".
 */
const ledgerScope = (partition: LedgerPartition, { ledgerArn }: Reach): Scope => {
  const key = LEDGER_PARTITIONS[partition];
  return {
    resources: [ledgerArn],
    conditions: {
      "ForAllValues:StringLike": { "dynamodb:LeadingKeys": [key.endsWith("#") ? `${key}*` : key] },
      // without it a request that names no key would pass: all of no keys are alike
      Null: { "dynamodb:LeadingKeys": "false" },
    },
  };
};

const scopes = (stack: Stack, reach: Reach): Record<Exclude<ResourceKind, LedgerPartition>, () => Scope> => {
  const arn = (service: string, resource: string, region?: "") =>
    stack.formatArn({
      service,
      resource,
      arnFormat: ArnFormat.NO_RESOURCE_NAME,
      ...(region !== undefined && { region }),
    });
  const perCluster = (...kinds: readonly string[]) =>
    reach.clusters.flatMap((cluster) => kinds.map((kind) => arn("ecs", `${kind}/${cluster}/*`)));
  const inCluster = {
    ArnEquals: { "ecs:cluster": reach.clusters.map((cluster) => arn("ecs", `cluster/${cluster}`)) },
  };
  return {
    any: () => ({ resources: ["*"], wildcard: "IAM does not limit these actions to a resource." }),
    cluster: () => ({
      resources: ["*"],
      conditions: inCluster,
      wildcard: "Listing names no resource of its own; the condition limits it to the configured clusters.",
    }),
    service: () => ({ resources: perCluster("service"), wildcard: SERVICES_COME_AND_GO }),
    "service-deployment": () => ({
      resources: perCluster("service", "service-deployment"),
      wildcard: SERVICES_COME_AND_GO,
    }),
    "service-revision": () => ({
      resources: perCluster("service", "service-revision"),
      wildcard: SERVICES_COME_AND_GO,
    }),
    task: () => ({ resources: perCluster("task"), wildcard: SERVICES_COME_AND_GO }),
    "task-definition": () => ({
      resources: [arn("ecs", "task-definition/*:*")],
      wildcard: "A family belongs to no cluster, and a new revision has no number yet.",
    }),
    "task-role": () => ({
      resources: [arn("iam", `role${reach.rolePath}*`, "")],
      conditions: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
      wildcard: "Every service has roles of its own; the path and the receiving service limit what is passed.",
    }),
    stack: () => ({
      resources: [arn("cloudformation", "stack/*/*")],
      wildcard: "Services belong to stacks of any name.",
    }),
    repository: () => ({ resources: [arn("ecr", "repository/*")], wildcard: "Services run images of any repository." }),
    "workload-queue": () => ({ resources: (reach.queueNames ?? []).map((name) => arn("sqs", name)) }),
    "scalable-target": () => ({
      resources: [arn("application-autoscaling", "scalable-target/*")],
      wildcard: "Scalable targets have random names.",
    }),
    "deployment-group": () => ({
      resources: [arn("codedeploy", "deploymentgroup:*")],
      wildcard: "Deployment groups name no cluster; the service that one names must lie in a configured cluster.",
    }),
    "deployment-application": () => ({
      resources: [arn("codedeploy", "application:*")],
      wildcard: "Applications come and go with the services that are deployed by CodeDeploy.",
    }),
    "ledger-index": () => ({ resources: [`${reach.ledgerArn}/index/${DUE_INDEX}`] }),
    bus: () => ({ resources: [reach.busArn] }),
    "own-queue": () => ({ resources: own(reach.ownQueueArn) }),
    "own-dead-letters": () => ({ resources: own(reach.ownDeadLettersArn) }),
    "reaction-queues": () => ({ resources: reach.reactionQueueArns ?? [] }),
    "slack-secret": () => ({ resources: own(reach.slackSecretArn) }),
  };
};

const capitalised = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
const pascal = (text: string) =>
  text
    .split(/[^A-Za-z0-9]+/)
    .map(capitalised)
    .join("");

/** A statement's name: whose it is, and what for. */
const sidOf = (reaction: string, { actions, on }: Permission) =>
  `${pascal(reaction)}${pascal(actions[0] ?? "")}On${pascal(on)}`;

const RAISING_ACTIONS: ReadonlySet<string> = new Set(["ecs:RegisterTaskDefinition", "ecs:UpdateService"]);

/** Numbers beyond which no revision is registered or deployed; a Deny, so that calls which name no size still pass. */
const capStatements = (reaction: string, actions: readonly string[], caps: TaskCaps): PolicyStatement[] =>
  [
    { what: "Memory", key: "ecs:task-memory", most: caps.maxMemoryMiB },
    { what: "Cpu", key: "ecs:task-cpu", most: caps.maxCpuUnits },
  ].map(
    ({ what, key, most }) =>
      new PolicyStatement({
        sid: `${pascal(reaction)}Caps${what}`,
        effect: Effect.DENY,
        actions: [...actions],
        // a Deny is safest when it is widest
        resources: ["*"],
        conditions: { NumericGreaterThan: { [key]: String(most) } },
      }),
  );

/** A statement, and why its wildcard is as narrow as it gets. */
export interface JustifiedStatement {
  readonly statement: PolicyStatement;
  readonly wildcard?: string | undefined;
}

/** The statements of one function's role: one per need, none wider than IAM makes necessary. */
export const statementsFor = (
  scope: Construct,
  reaction: string,
  permissions: readonly Permission[],
  reach: Reach,
  caps: TaskCaps,
): readonly JustifiedStatement[] => {
  const scopeOf = scopes(Stack.of(scope), reach);
  const allowed = permissions.flatMap((permission) => {
    const { on } = permission;
    const { resources, conditions, wildcard } = isLedgerPartition(on) ? ledgerScope(on, reach) : scopeOf[on]();
    // nothing to point at is nothing allowed, never everything
    if (resources.length === 0) return [];
    const tagsOnlyWhatItRegisters = permission.actions.includes("ecs:TagResource") && {
      StringEquals: { "ecs:CreateAction": "RegisterTaskDefinition" },
    };
    const statement = new PolicyStatement({
      sid: sidOf(reaction, permission),
      actions: [...permission.actions],
      resources: [...resources],
      conditions: { ...conditions, ...tagsOnlyWhatItRegisters },
    });
    return [{ statement, wildcard }];
  });
  const raising = permissions.flatMap(({ actions }) => actions).filter((action) => RAISING_ACTIONS.has(action));
  const denied = raising.length > 0 ? capStatements(reaction, [...new Set(raising)].sort(), caps) : [];
  return [...allowed, ...denied.map((statement) => ({ statement }))];
};
