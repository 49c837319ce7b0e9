/** One stack being made: its parameters, what exists of it so far, and the scope its functions see. */
import type { Cloud, CreatedResource, Json, JsonObject } from "../contract.ts";
import type { SecretsDoor, SsmDoor } from "../neighbours.ts";
import { randomOf } from "../random.ts";
import { evaluateCondition, type Scope } from "./intrinsics.ts";
import type { AssemblyStack } from "./manifest.ts";

/** What a stack leaves for those after it. */
export interface MadeStack {
  readonly name: string;
  readonly id: string;
  readonly description: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string>>;
  readonly outputs: readonly StackOutput[];
  readonly resources: readonly { readonly logicalId: string; readonly type: string; readonly ref: string }[];
}

/** One output of a stack. */
export interface StackOutput {
  readonly key: string;
  readonly value: Json;
  readonly exportName: string | undefined;
}

/** The scope of a stack, over what has been created of it and the stacks made before. */
export function scopeOf(
  { name, template }: AssemblyStack,
  stackId: string,
  created: ReadonlyMap<string, CreatedResource>,
  before: readonly MadeStack[],
  given: Readonly<Record<string, string>>,
  cloud: Cloud,
): Scope {
  const { account, partition, region } = cloud;
  const pseudo: Readonly<Record<string, Json>> = {
    "AWS::AccountId": account,
    "AWS::NotificationARNs": [],
    "AWS::Partition": partition,
    "AWS::Region": region,
    "AWS::StackId": stackId,
    "AWS::StackName": name,
    "AWS::URLSuffix": partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com",
  };
  const outputsOf = (stackName: string) => before.find((stack) => stack.name === stackName)?.outputs ?? [];
  const deciding = new Set<string>();
  const scope: Scope = {
    stackName: name,
    ref: (wanted) => pseudo[wanted] ?? parameterOf(template, wanted, given, cloud) ?? created.get(wanted)?.ref,
    attribute: (logicalId, attribute) => {
      const attributes = created.get(logicalId)?.attributes;
      return attributes && Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined;
    },
    importValue: (exportName) =>
      before.flatMap(({ outputs }) => outputs).find((output) => output.exportName === exportName)?.value,
    stackOutput: (stackName, outputName) => outputsOf(stackName).find(({ key }) => key === outputName)?.value,
    condition: (wanted) => {
      const written = template.Conditions?.[wanted];
      if (written === undefined || deciding.has(wanted)) return undefined;
      deciding.add(wanted);
      const holds = evaluateCondition(written, `Conditions.${wanted}`, scope);
      deciding.delete(wanted);
      return holds;
    },
    mapping: (mapping, first, second) => {
      const top = template.Mappings?.[mapping] as Readonly<Record<string, JsonObject>> | undefined;
      return top?.[first]?.[second];
    },
    availabilityZones: () => ["a", "b", "c"].map((zone) => `${region}${zone}`),
    dynamicReference: (service, reference) => dynamicReference(service, reference, cloud),
  };
  return scope;
}

/** A parameter's value: what was given, else its default; SSM types name a parameter of the store. */
export function parameterOf(
  { Parameters = {} }: AssemblyStack["template"],
  name: string,
  given: Readonly<Record<string, string>>,
  cloud: Cloud,
): Json | undefined {
  const parameter = Object.hasOwn(Parameters, name) ? Parameters[name] : undefined;
  if (!parameter) return undefined;
  const value = given[name] ?? parameter.Default;
  if (value === undefined) throw new Error(`parameter ${name} has no default and was not given a value`);
  if (parameter.Type.startsWith("AWS::SSM::Parameter::Value")) {
    const stored = cloud.neighbour<SsmDoor>("ssm").value(String(value));
    if (stored === undefined)
      throw new Error(`parameter ${name} names the SSM parameter ${value}, which does not exist`);
    return stored;
  }
  const isList = parameter.Type.startsWith("List<") || parameter.Type === "CommaDelimitedList";
  return isList
    ? String(value)
        .split(",")
        .map((each) => each.trim())
    : value;
}

/** `secret-id:SecretString:json-key:stage:version` or `parameter-name:version`. */
function dynamicReference(service: string, reference: string, cloud: Cloud): string | undefined {
  if (service === "ssm" || service === "ssm-secure")
    return cloud.neighbour<SsmDoor>("ssm").value(reference.replace(/:\d+$/, ""));
  if (service !== "secretsmanager") return undefined;
  const parts = reference.split(":");
  const id = reference.startsWith("arn:") ? parts.splice(0, 7).join(":") : (parts.shift() ?? "");
  const value = cloud.neighbour<SecretsDoor>("secretsmanager").value(id);
  const [, jsonKey = ""] = parts;
  if (value === undefined || jsonKey === "") return value;
  const member = (JSON.parse(value) as JsonObject)[jsonKey];
  return member === undefined ? undefined : String(member);
}

/** `STACK-LOGICAL-RANDOM` of at most 63 characters; the same for the same seed, whatever else the stack holds. */
export function generatedName(seed: string, stackName: string, logicalId: string): string {
  const random = randomOf(seed, stackName, logicalId);
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  const suffix = Array.from({ length: 12 }, () => letters[Math.floor(random.next() * letters.length)]).join("");
  return `${`${stackName}-${logicalId}`.slice(0, 50)}-${suffix}`;
}
