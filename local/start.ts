/** Starts a local cloud from an assembly: core, wire, control door, in one process and on one port. */
import { deploy } from "./assembly/deploy.ts";
import { type AssemblyStack, readAssembly } from "./assembly/manifest.ts";
import type { MadeStack } from "./assembly/stack.ts";
import { type CloudOptions, createCloud, type LocalCloud } from "./cloud.ts";
import { ControlDoor } from "./door/control.ts";
import { serveDoor } from "./door/door.ts";
import type { SecretsDoor } from "./neighbours.ts";
import { keepPace } from "./pace.ts";
import type { LambdaProcessesDoor } from "./services/lambda/door.ts";
import type { SlackWorkspaceDoor } from "./services/slack/door.ts";
import { WireServer } from "./wire/server.ts";

/** How a local cloud is started. */
export interface StartOptions extends CloudOptions {
  /** Folder of the synthesized assembly. */
  readonly assemblyFolder: string;
  /** Port on 127.0.0.1; 0, the default, takes a free one. */
  readonly port?: number;
  /** Times real time; without it, time moves only when told. */
  readonly speed?: number;
  /** Leaves out the stacks that bring ECS services: the platform's world. */
  readonly isEmpty?: boolean;
  /** Leaves the app's Slack secret as the template has it: nobody has installed the app yet. */
  readonly withoutSlack?: boolean;
  /** Values of the templates' parameters, as `cdk deploy --parameters` takes them. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** A local cloud that listens. */
export interface RunningCloud {
  /** Such as `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  readonly local: LocalCloud;
  readonly door: ControlDoor;
  readonly stacks: readonly MadeStack[];
  /** Runs everything that falls due within so many seconds of virtual time. */
  advance(seconds: number): Promise<void>;
  /** Ends every process and the server. */
  stop(): Promise<void>;
}

/** Reads the assembly, makes its stacks, listens, and lets time begin. */
export async function startLocalCloud(options: StartOptions): Promise<RunningCloud> {
  const all = readAssembly(options.assemblyFolder);
  const local = createCloud(options);
  const wire = new WireServer(local);
  const door = new ControlDoor(local);
  wire.mount("/_local", serveDoor(local, door));
  await wire.listen(options.port ?? 0);
  const end = async (): Promise<void> => {
    if (local.services.has("lambda")) await local.cloud.neighbour<LambdaProcessesDoor>("lambda").stop();
    await wire.close();
  };
  try {
    const stacks = deploy(
      local,
      options.isEmpty ? all.filter((stack) => !bringsServices(stack)) : all,
      options.parameters,
    );
    if (!options.withoutSlack && local.services.has("slack")) installSlack(local);
    await local.clock.settle();
    const pace = options.speed === undefined ? undefined : keepPace(local.clock, options.speed, local.cloud.say);
    return {
      endpoint: wire.endpoint(),
      local,
      door,
      stacks,
      advance: async (seconds) => void (await door.advance(seconds)),
      stop: async () => {
        pace?.stop();
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Does what an operator does once: puts the workspace's credentials into the secrets that have a place for them. */
function installSlack({ cloud }: LocalCloud): void {
  const secrets = cloud.neighbour<SecretsDoor>("secretsmanager");
  for (const name of secrets.names())
    if (/"botToken"\s*:/.test(secrets.value(name) ?? "")) cloud.neighbour<SlackWorkspaceDoor>("slack").install(name);
}

const bringsServices = ({ template }: AssemblyStack): boolean =>
  Object.values(template.Resources).some(({ Type }) => Type === "AWS::ECS::Service");
