// `npm run local`: keeps the local cloud up until Ctrl-C.
// Usage: npm run local [-- --port N] [--clock virtual | --speed N] [--empty] [--assembly FOLDER] [--seed TEXT] [--parameter NAME=VALUE ...]
import { parseArgs } from "node:util";
import { startLocalCloud } from "./start.ts";
import { synthesized } from "./synthesized.ts";

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

function fail(problem: string): never {
  process.stderr.write(`ecs-reflex: starting the local cloud: ${problem}\n`);
  process.exit(1);
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "4566" },
      clock: { type: "string" },
      speed: { type: "string" },
      empty: { type: "boolean", default: false },
      assembly: { type: "string" },
      seed: { type: "string", default: "1" },
      parameter: { type: "string", multiple: true, default: [] },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) fail(`--port is ${values.port}; 0 to 65535 would be fine`);
  if (values.clock !== undefined && values.clock !== "virtual")
    fail(`--clock is ${values.clock}; virtual would be fine`);
  if (values.clock !== undefined && values.speed !== undefined) fail("--clock virtual and --speed exclude each other");
  const speed = Number(values.speed ?? 1);
  if (!(speed > 0 && speed <= 100_000)) fail(`--speed is ${values.speed}; a number above 0 up to 100000 would be fine`);
  const parameters = values.parameter.map((each): [string, string] => {
    const at = each.indexOf("=");
    if (at < 1) fail(`--parameter is ${each}; NAME=VALUE would be fine`);
    return [each.slice(0, at), each.slice(at + 1)];
  });
  return {
    port,
    speed: values.clock === "virtual" ? undefined : speed,
    isEmpty: values.empty,
    assembly: values.assembly,
    seed: values.seed,
    parameters: Object.fromEntries(parameters),
  };
}

async function main(): Promise<void> {
  const { assembly, speed, ...options } = readOptions();
  const assemblyFolder = assembly ?? synthesized(say);
  const running = await startLocalCloud({
    ...options,
    ...(speed === undefined ? {} : { speed }),
    assemblyFolder,
    startAtMs: Date.now(),
    say,
  });
  const { endpoint, stacks, local } = running;
  for (const { name, resources } of stacks) say(`${name.padEnd(20)} ${resources.length} resources`);
  say(
    `time                 ${speed === undefined ? "stands still until told" : `${speed} x real time`}, now ${running.door.now()}`,
  );
  say(`endpoint             ${endpoint} (access key LOCAL, any secret; ${local.cloud.region})`);
  say(`page                 ${endpoint}/_local/`);
  say("");
  say("export AWS_ACCESS_KEY_ID=LOCAL AWS_SECRET_ACCESS_KEY=LOCAL AWS_DEFAULT_REGION=us-east-1");
  say(`aws --endpoint-url ${endpoint} ecs list-services --cluster ${firstCluster(stacks)}`);
  say("");
  say("Ctrl-C ends it.");

  let isEnding = false;
  const end = async (): Promise<void> => {
    if (isEnding) return;
    isEnding = true;
    await running.stop();
    process.exit(0);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => void end());
}

const firstCluster = (stacks: Awaited<ReturnType<typeof startLocalCloud>>["stacks"]): string =>
  stacks.flatMap(({ resources }) => resources).find(({ type }) => type === "AWS::ECS::Cluster")?.ref ?? "CLUSTER";

main().catch((error: unknown) => fail(error instanceof Error ? error.message : String(error)));
