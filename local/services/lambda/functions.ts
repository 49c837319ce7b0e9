/** What a Lambda function is, as its template resource declares it. */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Cloud, JsonObject, ResourceDeclaration } from "../../contract.ts";
import { AwsError, arnOf } from "../../contract.ts";
import { environmentProblem } from "./function-limits.ts";
import { numberOf, objectOf, textOf } from "./reading.ts";

/** One function, ready to be run. Sizes in MiB, times in seconds, as the template gives them. */
export interface FunctionConfiguration {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly handler: string;
  readonly runtime: string;
  readonly codeFolder: string;
  readonly codeHash: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMiB: number;
  readonly reservedConcurrency: number | undefined;
  readonly deadLetterArn: string | undefined;
  readonly logGroup: string;
  readonly logFormat: "JSON" | "Text";
  readonly logLevel: string | undefined;
  readonly isTraced: boolean;
  readonly stopsRecursion: boolean;
  readonly architecture: string;
  readonly description: string;
}

const runtimes = ["nodejs24.x", "nodejs22.x"];
const longestTimeoutSeconds = 900;

/** Folder of a function's code: `Code.S3Key` is `HASH.zip`, and the stack's asset file says where HASH lies. */
function codeFolderOf(declaration: ResourceDeclaration): { folder: string; hash: string } | undefined {
  const key = textOf(objectOf(declaration.properties.Code).S3Key);
  if (!key) return undefined;
  const hash = key.replace(/^.*\//, "").replace(/\.zip$/, "");
  const assetsFile = join(declaration.assemblyFolder, `${declaration.stackName}.assets.json`);
  const assets = existsSync(assetsFile) ? (JSON.parse(readFileSync(assetsFile, "utf8")) as JsonObject) : {};
  const source = objectOf(objectOf(objectOf(assets.files)[hash]).source);
  const folder = resolve(declaration.assemblyFolder, textOf(source.path) ?? `asset.${hash}`);
  return existsSync(folder) ? { folder, hash } : undefined;
}

/** The function that a template resource declares; undefined when its code is not in the assembly. */
export function functionOf(declaration: ResourceDeclaration, cloud: Cloud): FunctionConfiguration | undefined {
  const code = codeFolderOf(declaration);
  if (!code) return undefined;
  const { properties } = declaration;
  const name = textOf(properties.FunctionName) ?? declaration.generatedName.slice(0, 64);
  const refuse = (what: string): never => {
    throw new AwsError("InvalidParameterValueException", `creating function ${name}: ${what}`);
  };
  const need = (key: string): string => textOf(properties[key]) ?? refuse(`${key} is missing`);
  const runtime = need("Runtime");
  if (!runtimes.includes(runtime)) refuse(`runtime ${runtime} is not modelled; ${runtimes.join(" and ")} are`);
  const timeoutSeconds = numberOf(properties.Timeout) ?? 3;
  if (!(timeoutSeconds >= 1 && timeoutSeconds <= longestTimeoutSeconds))
    refuse(`Timeout ${timeoutSeconds} is not between 1 and ${longestTimeoutSeconds} seconds`);
  const memoryMiB = numberOf(properties.MemorySize) ?? 128;
  if (!(memoryMiB >= 128 && memoryMiB <= 10_240)) refuse(`MemorySize ${memoryMiB} is not between 128 and 10240 MiB`);
  const variables = Object.entries(objectOf(objectOf(properties.Environment).Variables));
  const environment = Object.fromEntries(variables.map(([key, value]) => [key, String(value)]));
  const problem = environmentProblem(environment);
  if (problem) refuse(problem);
  const logging = objectOf(properties.LoggingConfig);
  const [architecture] = (properties.Architectures as readonly string[] | undefined) ?? ["x86_64"];
  return {
    name,
    arn: arnOf(cloud, "lambda", `function:${name}`),
    roleArn: need("Role"),
    handler: need("Handler"),
    runtime,
    codeFolder: code.folder,
    codeHash: code.hash,
    environment,
    timeoutSeconds,
    memoryMiB,
    reservedConcurrency: numberOf(properties.ReservedConcurrentExecutions),
    deadLetterArn: textOf(objectOf(properties.DeadLetterConfig).TargetArn),
    logGroup: textOf(logging.LogGroup) ?? `/aws/lambda/${name}`,
    logFormat: textOf(logging.LogFormat) === "JSON" ? "JSON" : "Text",
    logLevel: textOf(logging.ApplicationLogLevel),
    isTraced: textOf(objectOf(properties.TracingConfig).Mode) === "Active",
    stopsRecursion: textOf(properties.RecursiveLoop) !== "Allow",
    architecture: architecture ?? "x86_64",
    description: textOf(properties.Description) ?? "",
  };
}
