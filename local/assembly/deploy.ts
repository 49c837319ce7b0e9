/** Makes every resource of an assembly, as CloudFormation would, in an instant. */
import type { LocalCloud } from "../cloud.ts";
import { arnOf, type Cloud, type CreatedResource, type JsonObject, type ResourceDeclaration } from "../contract.ts";
import type { StacksDoor } from "../neighbours.ts";
import { randomOf } from "../random.ts";
import { INERT } from "./inert.ts";
import { resolve } from "./intrinsics.ts";
import type { AssemblyStack, TemplateResource } from "./manifest.ts";
import { inOrder } from "./order.ts";
import { referencesOf } from "./references.ts";
import { generatedName, type MadeStack, parameterOf, type StackOutput, scopeOf } from "./stack.ts";

/** Creates the stacks in the order they need each other, then lets every service link itself up. */
export function deploy(
  local: LocalCloud,
  stacks: readonly AssemblyStack[],
  parameters: Readonly<Record<string, string>> = {},
): readonly MadeStack[] {
  const made: MadeStack[] = [];
  for (const stack of stacksInOrder(stacks)) made.push(makeStack(local, stack, made, parameters));
  for (const service of local.services.values()) service.start?.(local.cloud);
  return made;
}

function stacksInOrder(stacks: readonly AssemblyStack[]): AssemblyStack[] {
  const byName = new Map(stacks.map((stack) => [stack.name, stack]));
  const needs = (name: string): readonly string[] => {
    const stack = byName.get(name);
    if (!stack) return [];
    const { stacks: named } = referencesOf(stack.template as unknown as JsonObject);
    return [...stack.dependsOn, ...named].filter((other) => other !== name);
  };
  return inOrder([...byName.keys()], needs, "stacks").flatMap((name) => byName.get(name) ?? []);
}

function makeStack(
  local: LocalCloud,
  stack: AssemblyStack,
  before: readonly MadeStack[],
  given: Readonly<Record<string, string>>,
): MadeStack {
  const { cloud, seed } = local;
  const { name, template } = stack;
  const id = arnOf(cloud, "cloudformation", `stack/${name}/${randomOf(seed, name, "stack").uuid()}`);
  const created = new Map<string, CreatedResource>();
  const scope = scopeOf(stack, id, created, before, given, cloud);
  const wanted = Object.entries(template.Resources).filter(
    ([, { Condition }]) => !Condition || scope.condition(Condition),
  );
  const byId = new Map(wanted);
  const order = inOrder([...byId.keys()], (each) => needsOf(byId.get(each)), `resources of the stack ${name}`);
  for (const logicalId of order) {
    const resource = byId.get(logicalId);
    if (!resource) continue;
    const properties = resolve(resource.Properties ?? {}, `Resources.${logicalId}.Properties`, scope) as JsonObject;
    const declaration: ResourceDeclaration = {
      stackName: name,
      stackId: id,
      logicalId,
      type: resource.Type,
      properties: withStackTags(stack, resource.Type, properties),
      assemblyFolder: stack.folder,
      generatedName: generatedName(seed, name, logicalId),
    };
    created.set(logicalId, create(local, declaration));
  }
  const outputs = Object.entries(template.Outputs ?? {}).flatMap(
    ([key, { Value, Export, Condition }]): StackOutput[] => {
      if (Condition && !scope.condition(Condition)) return [];
      const exportName = Export && String(resolve(Export.Name, `Outputs.${key}.Export.Name`, scope));
      return [{ key, value: resolve(Value, `Outputs.${key}.Value`, scope), exportName }];
    },
  );
  const parameters = Object.entries(template.Parameters ?? {})
    .filter(([, { Type }]) => !Type.startsWith("AWS::SSM::"))
    .map(([key]) => [key, String(parameterOf(template, key, given, cloud))]);
  const result: MadeStack = {
    name,
    id,
    description: template.Description,
    tags: stack.tags,
    parameters: Object.fromEntries(parameters),
    outputs,
    resources: order.map((logicalId) => ({
      logicalId,
      type: byId.get(logicalId)?.Type ?? "",
      ref: created.get(logicalId)?.ref ?? "",
    })),
  };
  cloud.neighbour<StacksDoor>("stacks").add(result);
  return result;
}

const needsOf = (resource: TemplateResource | undefined): readonly string[] => {
  const { DependsOn = [], Properties = {} } = resource ?? {};
  return [
    ...(typeof DependsOn === "string" ? [DependsOn] : DependsOn),
    ...referencesOf(Properties as JsonObject).names,
  ];
};

function create(local: LocalCloud, declaration: ResourceDeclaration): CreatedResource {
  const { stackName, logicalId, type } = declaration;
  const maker = makerOf(local, type);
  if (!maker)
    throw new Error(
      `the stack ${stackName} has a resource ${logicalId} of type ${type}, which the local cloud neither models nor lists as inert (local/assembly/inert.ts)`,
    );
  try {
    return maker(declaration, local.cloud);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`creating ${logicalId} (${type}) of the stack ${stackName}: ${reason}`, { cause });
  }
}

type Maker = (declaration: ResourceDeclaration, cloud: Cloud) => CreatedResource;

function makerOf({ services }: LocalCloud, type: string): Maker | undefined {
  for (const { resources } of services.values()) if (Object.hasOwn(resources, type)) return resources[type];
  return Object.hasOwn(INERT, type) ? INERT[type] : undefined;
}

/** CloudFormation hands the stack's own tags on to what it makes; here to ECS, where tags are read. */
function withStackTags({ tags }: AssemblyStack, type: string, properties: JsonObject): JsonObject {
  if (!type.startsWith("AWS::ECS::") || Object.keys(tags).length === 0) return properties;
  const own = (properties.Tags ?? []) as readonly { readonly Key: string; readonly Value: string }[];
  const missing = Object.entries(tags).filter(([key]) => !own.some(({ Key }) => Key === key));
  return { ...properties, Tags: [...own, ...missing.map(([Key, Value]) => ({ Key, Value }))] };
}
