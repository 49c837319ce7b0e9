/** What a function process is started with: arguments, permissions, environment. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FunctionConfiguration } from "../functions.ts";
import type { Connection } from "../runner.ts";

const require = createRequire(import.meta.url);
const runtimeClientFile = require.resolve("aws-lambda-ric");
const runtimeClientFolder = dirname(runtimeClientFile);
const sandboxFolder = fileURLToPath(new URL("../sandbox", import.meta.url));

/** What one process needs to know beside its function. */
export interface ProcessSetting {
  readonly processId: string;
  readonly seed: number;
  readonly startMs: number;
  readonly region: string;
  readonly runtimeApi: string;
  readonly scratchFolder: string;
  readonly logStream: string;
  readonly connection: Connection;
  readonly keys: ReturnType<Connection["issue"]>;
}

/** Origins on the internet that the local cloud answers for, as a name server of its own would arrange it. */
const standIns = { "https://slack.com": "/slack", "https://hooks.slack.com": "/slack/hooks" };

/** Node's own share beside the heap: code, buffers, stacks. Lambda kills at MemorySize; V8 ends at its heap limit. */
const heapOf = (memoryMiB: number): number => Math.max(64, Math.floor(memoryMiB * 0.9));

/** Arguments of the process: AWS's runtime client behind our preload, reading its own files and nothing else. */
export const argumentsOf = (configuration: FunctionConfiguration, setting: ProcessSetting): string[] => [
  "--permission",
  ...[configuration.codeFolder, runtimeClientFolder, sandboxFolder, setting.scratchFolder].map(
    (folder) => `--allow-fs-read=${folder}`,
  ),
  `--allow-fs-write=${setting.scratchFolder}`,
  `--max-old-space-size=${heapOf(configuration.memoryMiB)}`,
  "--max-semi-space-size=1",
  "--disable-warning=SecurityWarning",
  "--import",
  join(sandboxFolder, "preload.mjs"),
  runtimeClientFile,
];

/** Environment of the process: what Lambda sets, the function's own variables, where the cloud is. Nothing of ours leaks in. */
export const environmentOf = (
  configuration: FunctionConfiguration,
  setting: ProcessSetting,
): Record<string, string> => {
  const { connection, keys } = setting;
  const endpoint = new URL(connection.endpoint);
  return {
    ...configuration.environment,
    AWS_LAMBDA_RUNTIME_API: setting.runtimeApi,
    _HANDLER: configuration.handler,
    LAMBDA_TASK_ROOT: configuration.codeFolder,
    LAMBDA_RUNTIME_DIR: runtimeClientFolder,
    AWS_LAMBDA_FUNCTION_NAME: configuration.name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(configuration.memoryMiB),
    AWS_LAMBDA_LOG_GROUP_NAME: configuration.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: setting.logStream,
    AWS_LAMBDA_LOG_FORMAT: configuration.logFormat,
    ...(configuration.logFormat === "JSON" ? { AWS_LAMBDA_LOG_LEVEL: configuration.logLevel ?? "INFO" } : {}),
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_EXECUTION_ENV: `AWS_Lambda_${configuration.runtime}`,
    AWS_REGION: setting.region,
    AWS_DEFAULT_REGION: setting.region,
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    ...(keys.sessionToken ? { AWS_SESSION_TOKEN: keys.sessionToken } : {}),
    AWS_ENDPOINT_URL: connection.endpoint,
    // Belt and braces: the endpoint's Date header is virtual as well.
    AWS_DISABLE_CLOCK_SKEW_CORRECTION: "true",
    TZ: ":UTC",
    LANG: "en_US.UTF-8",
    TMPDIR: setting.scratchFolder,
    LOCAL_SANDBOX: JSON.stringify({
      processId: setting.processId,
      seed: setting.seed,
      startMs: setting.startMs,
      elsewhere: Object.fromEntries(
        Object.entries(standIns).map(([origin, path]) => [origin, `${connection.endpoint}${path}`]),
      ),
      allowed: [setting.runtimeApi, `${endpoint.hostname}:${endpoint.port || "80"}`],
    }),
  };
};
