/** A local cloud for the adapters' half of the contracts: the deployed stacks, asked over HTTP by the real SDK. */
import { rmSync } from "node:fs";
import { afterAll, beforeAll } from "vitest";
import { type RunningCloud, startLocalCloud } from "../../local/start.ts";
import { assemblyWithout } from "../builders/assembly.ts";

/** What wakes the functions: without it they sleep, and nobody but the test acts on the world. */
const WAKES = ["AWS::Lambda::EventSourceMapping", "AWS::Scheduler::Schedule"];

/** A cloud of one test file, and how its clients are made. */
export interface ContractCloud {
  readonly cloud: RunningCloud;
  readonly client: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    readonly maxAttempts: number;
  };
  /** Physical name of the one resource of that type whose logical id begins so. */
  resource(type: string, idStart: string): string;
}

/** Starts the cloud before the file's tests and ends it after them; `now` answers it once it runs. */
export const contractCloud = (): { readonly now: () => ContractCloud } => {
  let cloud: RunningCloud | undefined;
  let assemblyFolder: string | undefined;
  beforeAll(async () => {
    assemblyFolder = assemblyWithout(...WAKES);
    cloud = await startLocalCloud({ assemblyFolder, startAtMs: Date.parse("2026-11-23T03:00:00Z") });
    await cloud.advance(240);
  }, 120_000);
  afterAll(async () => {
    await cloud?.stop();
    if (assemblyFolder !== undefined) rmSync(assemblyFolder, { recursive: true, force: true });
  }, 60_000);
  return {
    now() {
      const running = cloud;
      if (!running) throw new Error("the cloud of the contracts does not run yet");
      return {
        cloud: running,
        client: {
          endpoint: running.endpoint,
          region: "us-east-1",
          credentials: { accessKeyId: "LOCAL", secretAccessKey: "LOCAL" },
          maxAttempts: 1,
        },
        resource(type, idStart) {
          const all = running.stacks.flatMap(({ resources }) => resources);
          const found = all.find((one) => one.type === type && one.logicalId.startsWith(idStart));
          if (!found) throw new Error(`no resource of type ${type} begins with ${idStart}`);
          return found.ref;
        },
      };
    },
  };
};
