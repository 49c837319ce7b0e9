/** IAM: roles and policies from templates. Its API is not modelled: nobody here changes permissions at run time. */
import type { Cloud, CreatedResource, Json, JsonObject, ResourceDeclaration, Service } from "../../contract.ts";
import { Authority } from "./authority.ts";
import { MANAGED_POLICIES } from "./managed-policies.ts";
import { IamState } from "./state.ts";
import { compilePolicy } from "./statement.ts";

/** The service `iam`, and its door, the `Authority` that decides every call. */
export function createIamService(cloud: Cloud): Service {
  const state = new IamState();
  cloud.expose("iam", new Authority(cloud, state));
  const resources = {
    "AWS::IAM::Role": (declaration: ResourceDeclaration) => createRole(cloud, state, declaration),
    "AWS::IAM::Policy": (declaration: ResourceDeclaration) => createPolicy(state, declaration),
    "AWS::IAM::ManagedPolicy": (declaration: ResourceDeclaration) => createManagedPolicy(cloud, state, declaration),
  };
  return { name: "iam", operations: {}, resources };
}

function createRole(
  cloud: Cloud,
  state: IamState,
  { properties, generatedName }: ResourceDeclaration,
): CreatedResource {
  const name = text(properties.RoleName) ?? generatedName;
  const arn = `arn:${cloud.partition}:iam::${cloud.account}:role${text(properties.Path) ?? "/"}${name}`;
  const trust = properties.AssumeRolePolicyDocument as JsonObject;
  const boundaryArn = text(properties.PermissionsBoundary);
  state.addRole({
    arn,
    name,
    trust,
    trustStatements: compilePolicy(`${name}/trust`, trust),
    tags: Object.fromEntries(list(properties.Tags).map(({ Key, Value }) => [String(Key), String(Value)])),
    statements: [],
    boundary: boundaryArn ? compilePolicy(`${name}/boundary`, managed(state, boundaryArn)) : undefined,
  });
  for (const policyArn of (properties.ManagedPolicyArns ?? []) as readonly string[])
    state.attach(name, policyArn.split("/").at(-1) ?? policyArn, managed(state, policyArn));
  for (const { PolicyName, PolicyDocument } of list(properties.Policies))
    state.attach(name, String(PolicyName), PolicyDocument as JsonObject);
  const roleId = `AROA${cloud.random.hex(17).toUpperCase()}`;
  return { ref: name, attributes: { Arn: arn, RoleId: roleId } };
}

function createPolicy(state: IamState, { properties, generatedName }: ResourceDeclaration): CreatedResource {
  attachAll(state, properties, text(properties.PolicyName) ?? generatedName);
  return { ref: generatedName, attributes: { Id: generatedName } };
}

function createManagedPolicy(
  cloud: Cloud,
  state: IamState,
  { properties, generatedName }: ResourceDeclaration,
): CreatedResource {
  const name = text(properties.ManagedPolicyName) ?? generatedName;
  const arn = `arn:${cloud.partition}:iam::${cloud.account}:policy${text(properties.Path) ?? "/"}${name}`;
  state.addManagedPolicy(arn, properties.PolicyDocument as JsonObject);
  attachAll(state, properties, name);
  return { ref: arn, attributes: { PolicyArn: arn, PolicyId: `ANPA${cloud.random.hex(17).toUpperCase()}` } };
}

function attachAll(state: IamState, properties: JsonObject, policyName: string): void {
  for (const kind of ["Users", "Groups"])
    if (properties[kind] !== undefined) throw new Error(`policy ${policyName} names ${kind}; only Roles are modelled`);
  for (const roleName of (properties.Roles ?? []) as readonly string[])
    state.attach(roleName, policyName, properties.PolicyDocument as JsonObject);
}

function managed(state: IamState, arn: string): JsonObject {
  const document = state.managedPolicy(arn) ?? MANAGED_POLICIES[arn.split(":policy/")[1] ?? ""];
  if (!document)
    throw new Error(`managed policy ${arn} is not known; known: ${Object.keys(MANAGED_POLICIES).join(", ")}`);
  return document;
}

const text = (value: Json | undefined): string | undefined => (typeof value === "string" ? value : undefined);

const list = (value: Json | undefined): readonly JsonObject[] => (value ?? []) as readonly JsonObject[];
