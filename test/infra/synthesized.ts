/** Both stacks, synthesized in this process over empty bundles; one synth per test file. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { App } from "aws-cdk-lib";
import { afterAll } from "vitest";
import { type AppInputs, composeApp } from "../../infra/compose.ts";
import { CODEDEPLOY_HOOK, GATE_HOOK } from "../../infra/constructs/gate-hook.ts";
import { CONVERSE } from "../../infra/constructs/request-url.ts";
import permissions from "../../infra/generated/permissions.json" with { type: "json" };
import { reactions } from "../../infra/reactions.ts";

export interface Resource {
  readonly Type: string;
  // a template is what CloudFormation reads: untyped by nature
  // biome-ignore lint/suspicious/noExplicitAny: assertions say what each property must be
  readonly Properties: any;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Parameters: Readonly<Record<string, { readonly Default?: string; readonly AllowedPattern?: string }>>;
  readonly Outputs?: Readonly<Record<string, { readonly Export?: unknown }>>;
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder of bundles that hold nothing. */
const emptyBundles = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "ecs-reflex-"));
  folders.push(folder);
  for (const name of [...reactions([]).map((each) => each.name), GATE_HOOK, CODEDEPLOY_HOOK, CONVERSE]) {
    mkdirSync(join(folder, "functions", name), { recursive: true });
    writeFileSync(join(folder, "functions", name, "index.mjs"), `export const handler = "${name}";\n`);
  }
  return folder;
};

/** The platform's worker and its queue. */
const QUEUE = {
  service: "production/worker",
  cluster: "production",
  name: "worker",
  queueName: "worker",
  latencySeconds: 60,
};

export const CAPS = { maxMemoryMiB: 30_720, maxCpuUnits: 4096 };

/** The app over empty bundles, not yet synthesized. */
export const composed = (inputs: Partial<AppInputs> = {}): App => {
  const folder = emptyBundles();
  return composeApp({
    bundlesFolder: join(folder, "functions"),
    outputFolder: join(folder, "assembly"),
    clusters: ["production"],
    caps: CAPS,
    queues: [QUEUE],
    permissions: permissions as AppInputs["permissions"],
    isJudged: false,
    ...inputs,
  });
};

/** The templates by stack name. CloudFormation's own rules, two seconds of every synth, run in `judged.test.ts` alone. */
export const synthesized = (inputs: Partial<AppInputs> = {}): { platform: Template; automation: Template } => {
  const before = process.env.CDK_VALIDATION;
  process.env.CDK_VALIDATION = "false";
  try {
    const assembly = composed(inputs).synth();
    return {
      platform: assembly.getStackByName("ReflexPlatform").template,
      automation: assembly.getStackByName("ReflexAutomation").template,
    };
  } finally {
    if (before === undefined) delete process.env.CDK_VALIDATION;
    else process.env.CDK_VALIDATION = before;
  }
};

/** Resources of a type, by logical id. */
export const ofType = ({ Resources }: Template, type: string): readonly (readonly [string, Resource])[] =>
  Object.entries(Resources).filter(([, { Type }]) => Type === type);

/** The one resource of a type whose logical id begins so. */
export const one = (template: Template, type: string, idStart: string): Resource => {
  const found = ofType(template, type).filter(([id]) => id.startsWith(idStart));
  const [only] = found;
  if (!only || found.length > 1) throw new Error(`${found.length} resources of type ${type} begin with ${idStart}`);
  return only[1];
};
