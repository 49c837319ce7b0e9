/** CloudFormation as seen from outside: the stacks that were read, and what is going on with them. */
import type { MadeStack } from "../../assembly/stack.ts";
import { AwsError, type Cloud, type JsonObject, type Need, type Service } from "../../contract.ts";
import type { CloudFormationDoor, StacksDoor } from "../../neighbours.ts";

/** Every status a stack can have. Source: CloudFormation API reference, Stack. */
export const STACK_STATUSES = [
  ...["CREATE", "UPDATE", "DELETE", "ROLLBACK", "UPDATE_ROLLBACK", "IMPORT", "IMPORT_ROLLBACK"].flatMap((verb) =>
    ["IN_PROGRESS", "COMPLETE", "FAILED"].map((state) => `${verb}_${state}`),
  ),
  "REVIEW_IN_PROGRESS",
  "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
  "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
];

interface Stack {
  readonly made: MadeStack;
  readonly createdAtMs: number;
  updatedAtMs: number | undefined;
  status: string;
}

/** The service `cloudformation`: reading only. */
export function createCloudFormationService(cloud: Cloud): Service {
  const stacks = new Map<string, Stack>();
  const registry: StacksDoor = {
    add: (made) =>
      stacks.set(made.name, {
        made,
        createdAtMs: cloud.clock.now(),
        updatedAtMs: undefined,
        status: "CREATE_COMPLETE",
      }),
  };
  const door: CloudFormationDoor = {
    setStatus(stackName, status) {
      const stack = stacks.get(stackName);
      if (!stack) throw new AwsError("ValidationError", `Stack with id ${stackName} does not exist`);
      if (!STACK_STATUSES.includes(status))
        throw new AwsError("ValidationError", `${status} is no status of a stack; ${STACK_STATUSES.join(", ")} are`);
      stack.status = status;
      stack.updatedAtMs = cloud.clock.now();
    },
    stacks: () => [...stacks.values()].map(({ made, status }) => ({ name: made.name, status })),
  };
  cloud.expose("stacks", registry);
  cloud.expose("cloudformation", door);

  const find = (input: JsonObject): Stack => {
    const wanted = String(input.StackName);
    const found = stacks.get(wanted) ?? [...stacks.values()].find(({ made }) => made.id === wanted);
    if (!found) throw new AwsError("ValidationError", `Stack with id ${wanted} does not exist`);
    return found;
  };
  const need =
    (action: string) =>
    ({ StackName }: JsonObject): readonly Need[] => {
      const { account, partition, region } = cloud;
      const known = StackName === undefined ? undefined : stacks.get(String(StackName))?.made.id;
      const named = `arn:${partition}:cloudformation:${region}:${account}:stack/${StackName}/*`;
      return [{ action: `cloudformation:${action}`, resource: StackName === undefined ? "*" : (known ?? named) }];
    };
  return {
    name: "cloudformation",
    resources: {},
    operations: {
      DescribeStacks: {
        needs: need("DescribeStacks"),
        run: (input) => ({
          Stacks: (input.StackName === undefined ? [...stacks.values()] : [find(input)]).map(described),
        }),
      },
      DescribeStackResources: {
        needs: need("DescribeStackResources"),
        run: (input) => {
          const { made, createdAtMs } = find(input);
          return {
            StackResources: made.resources.map(({ logicalId, type, ref }) => ({
              StackName: made.name,
              StackId: made.id,
              LogicalResourceId: logicalId,
              PhysicalResourceId: ref,
              ResourceType: type,
              Timestamp: new Date(createdAtMs).toISOString(),
              ResourceStatus: "CREATE_COMPLETE",
            })),
          };
        },
      },
    },
  };
}

const described = ({ made, createdAtMs, updatedAtMs, status }: Stack): JsonObject => ({
  StackId: made.id,
  StackName: made.name,
  ...(made.description === undefined ? {} : { Description: made.description }),
  CreationTime: new Date(createdAtMs).toISOString(),
  ...(updatedAtMs === undefined ? {} : { LastUpdatedTime: new Date(updatedAtMs).toISOString() }),
  StackStatus: status,
  DisableRollback: false,
  Parameters: Object.entries(made.parameters).map(([ParameterKey, ParameterValue]) => ({
    ParameterKey,
    ParameterValue,
  })),
  Outputs: made.outputs.map(({ key, value, exportName }) => ({
    OutputKey: key,
    OutputValue: String(value),
    ...(exportName === undefined ? {} : { ExportName: exportName }),
  })),
  Tags: Object.entries(made.tags).map(([Key, Value]) => ({ Key, Value })),
});
