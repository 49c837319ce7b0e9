/** Reads a cloud assembly: its stacks, in the order in which they deploy. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Json, JsonObject } from "../contract.ts";

/** One resource as the template writes it. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: JsonObject;
  readonly DependsOn?: string | readonly string[];
  readonly Condition?: string;
}

/** A parsed CloudFormation template. */
export interface Template {
  readonly Description?: string;
  readonly Parameters?: Readonly<Record<string, { readonly Type: string; readonly Default?: Json }>>;
  readonly Mappings?: JsonObject;
  readonly Conditions?: JsonObject;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<
    Record<string, { readonly Value: Json; readonly Export?: { readonly Name: Json }; readonly Condition?: string }>
  >;
}

/** A stack of the assembly. */
export interface AssemblyStack {
  readonly name: string;
  readonly template: Template;
  readonly folder: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Names of the stacks that must be there before. */
  readonly dependsOn: readonly string[];
}

interface Manifest {
  readonly artifacts?: Readonly<Record<string, Artifact>>;
}

interface Artifact {
  readonly type: string;
  readonly dependencies?: readonly string[];
  readonly properties?: {
    readonly templateFile?: string;
    readonly stackName?: string;
    readonly directoryName?: string;
    readonly tags?: Readonly<Record<string, string>>;
  };
}

const KNOWN_SECTIONS = [
  "AWSTemplateFormatVersion",
  "Description",
  "Metadata",
  "Parameters",
  "Mappings",
  "Conditions",
  "Rules",
  "Resources",
  "Outputs",
];

/** The stacks of an assembly's folder, in no order yet. */
export function readAssembly(folder: string): readonly AssemblyStack[] {
  const artifacts = Object.entries((readJson(join(folder, "manifest.json")) as Manifest).artifacts ?? {});
  const nameOf = new Map(
    artifacts.filter(([, { type }]) => type === STACK).map(([id, { properties }]) => [id, properties?.stackName ?? id]),
  );
  const nested = artifacts.filter(([, { type }]) => type === "cdk:cloud-assembly");
  return [
    ...artifacts.flatMap(([id, artifact]) =>
      artifact.type === STACK ? [readStack(folder, id, artifact, nameOf)] : [],
    ),
    ...nested.flatMap(([, { properties }]) => readAssembly(join(folder, properties?.directoryName ?? "."))),
  ];
}

const STACK = "aws:cloudformation:stack";

function readStack(
  folder: string,
  id: string,
  { properties, dependencies = [] }: Artifact,
  nameOf: ReadonlyMap<string, string>,
): AssemblyStack {
  const name = properties?.stackName ?? id;
  if (!properties?.templateFile) throw new Error(`the assembly ${folder} names no template for the stack ${name}`);
  const template = readJson(join(folder, properties.templateFile)) as Template;
  const unknown = Object.keys(template).find((section) => !KNOWN_SECTIONS.includes(section));
  if (unknown) throw new Error(`the template of stack ${name} has a section ${unknown}, which is not modelled`);
  const dependsOn = dependencies.flatMap((dependency) => nameOf.get(dependency) ?? []);
  return { name, template, folder, tags: properties.tags ?? {}, dependsOn };
}

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));
