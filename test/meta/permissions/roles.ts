/** Which proof is about which roles of the stacks, and what each role is called there. */
import { type AssemblyStack, readAssembly } from "../../../local/assembly/manifest.ts";
import type { MadeStack } from "../../../local/assembly/stack.ts";

/** What one file proves. */
export interface Subject {
  readonly provedIn: string;
  /** Logical ids without the hash of CDK; the role by which a schedule sends is called as the schedule. */
  readonly roles: readonly string[];
  /** Statements of AWS's own policies that nothing here needs, and why. */
  readonly idleOfAws?: Readonly<Record<string, string>>;
}

const BALANCING = "AmazonECSInfrastructureRolePolicyForLoadBalancers";

/** Every role of the stacks is somebody's subject: one that is not turns `roles.test.ts` red. */
export const SUBJECTS = {
  road: {
    provedIn: "test/meta/permissions/road.test.ts",
    roles: ["OomRole", "NotifyRole", "SweepRole", "SweepSchedule"],
  },
  gate: {
    provedIn: "test/meta/permissions/gate.test.ts",
    roles: ["GateRole", "LambdaHookRole", "CodeDeployHookRole", "ServiceGateHookRole"],
  },
  scale: { provedIn: "test/meta/permissions/scale.test.ts", roles: ["ScaleRole", "ScaleSchedule"] },
  converse: { provedIn: "test/scenarios/converse.test.ts", roles: ["ConverseRole"] },
  platform: {
    provedIn: "test/meta/permissions/platform.test.ts",
    roles: [
      ...["ApiGateway", "UserService", "OrderService", "Worker"].flatMap(
        (service) => [`${service}RolesTask`, `${service}RolesExecution`] as const,
      ),
      "UserServiceRouteShiftingRole",
    ],
    idleOfAws: {
      [`${BALANCING}#ALBModifyListeners`]: "no service is behind a listener's default action",
      [`${BALANCING}#NLBModifyListeners`]: "there is no network load balancer",
    },
  },
} as const satisfies Readonly<Record<string, Subject>>;

export type SubjectName = keyof typeof SUBJECTS;

const HASH = /[0-9A-F]{8}$/;

interface Target {
  readonly RoleArn: { readonly "Fn::GetAtt": readonly [logicalId: string, attribute: string] };
}

/** Logical ids of a stack's roles, by what they are called here. */
export const rolesOf = ({ template }: AssemblyStack): ReadonlyMap<string, string> => {
  const resources = Object.entries(template.Resources);
  const clocks = new Map(
    resources
      .filter(([, { Type }]) => Type === "AWS::Scheduler::Schedule")
      .map(([id, { Properties = {} }]) => [(Properties.Target as unknown as Target).RoleArn["Fn::GetAtt"][0], id]),
  );
  return new Map(
    resources
      .filter(([, { Type }]) => Type === "AWS::IAM::Role")
      .map(([id]) => [(clocks.get(id) ?? id).replace(HASH, ""), id]),
  );
};

/** The role of that name in the stacks as they were made. */
export const roleNamed = (name: string, assemblyFolder: string, made: readonly MadeStack[]): string => {
  for (const stack of readAssembly(assemblyFolder)) {
    const logicalId = rolesOf(stack).get(name);
    const there = made.find((each) => each.name === stack.name)?.resources;
    const role = there?.find((resource) => resource.logicalId === logicalId);
    if (role) return role.ref;
  }
  throw new Error(`no stack has a role ${name}`);
};
