/** Runs functions as child processes: cold when all are busy, kept warm afterwards. */
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock, Principal } from "../../../contract.ts";
import type { FunctionConfiguration } from "../functions.ts";
import type { Connection, Invocation, Outcome, Runner } from "../runner.ts";
import { FunctionProcess } from "./function-process.ts";
import { Presence, Turns } from "./presence.ts";
import { RuntimeApi } from "./runtime-api.ts";

/** How processes are run. */
export interface ProcessOptions {
  readonly clock: Clock;
  readonly region: string;
  readonly connection: Connection;
  readonly seed: string;
  /** One process at work at a time, so that the order of calls is reproducible. Default false. */
  readonly isSerial?: boolean;
  /** Processes of one function at once; further invocations wait. Default 8. */
  readonly processesPerFunction?: number;
  /** Every line that a function writes. */
  readonly onLine: (configuration: FunctionConfiguration, line: string) => void;
  /** Real milliseconds from spawning a process to its first answer: a measurement for benchmarks. */
  readonly onColdStart?: (functionName: string, realMs: number) => void;
}

/** Lambda keeps an idle sandbox for some time and does not say how long: what a function keeps in memory may be gone. */
const reclaimedAfterIdleMs = 45 * 60_000;

interface Waiting {
  readonly invocation: Invocation;
  readonly resolve: (outcome: Outcome) => void;
}

interface Pool {
  readonly idle: { readonly process: FunctionProcess; readonly sinceMs: number }[];
  readonly waiting: Waiting[];
  size: number;
  started: number;
}

/** The runner that `npm run local`, `npm start` and the scenarios use. */
export class ProcessRunner implements Runner {
  readonly #options: ProcessOptions;
  readonly #turns: Turns;
  readonly #api: RuntimeApi;
  readonly #port: Promise<number>;
  readonly #pools = new Map<string, Pool>();
  readonly #processes = new Map<string, FunctionProcess>();
  readonly #speaksFor = new WeakMap<Principal, FunctionProcess>();
  #ended: (() => void)[] = [];
  #isStopping = false;

  constructor(options: ProcessOptions) {
    this.#options = options;
    this.#turns = new Turns(options.isSerial ?? false);
    this.#api = new RuntimeApi((exchange) => {
      const process = this.#processes.get(exchange.processId);
      if (process) process.handle(exchange);
      else exchange.answer(403, {}, "{}");
    });
    this.#port = this.#api.listen();
  }

  async invoke(configuration: FunctionConfiguration, invocation: Invocation): Promise<Outcome> {
    const pool = this.#poolOf(configuration);
    const idle = this.#takeIdle(pool);
    if (idle) return idle.invoke(invocation);
    const most = this.#options.processesPerFunction ?? 8;
    if (pool.size >= most) return new Promise((resolve) => pool.waiting.push({ invocation, resolve }));
    pool.size += 1;
    const hold = this.#options.clock.hold(`${configuration.name} starts`);
    try {
      const process = await this.#create(configuration, pool);
      const spawnedAtRealMs = performance.now();
      const outcome = process.invoke(invocation);
      hold.release();
      const settled = await outcome;
      this.#options.onColdStart?.(configuration.name, performance.now() - spawnedAtRealMs);
      return settled;
    } finally {
      hold.release();
    }
  }

  /** The process that made a request, by its `x-local-process` header. */
  process(processId: string | undefined): FunctionProcess | undefined {
    return processId === undefined ? undefined : this.#processes.get(processId);
  }

  /** The process that a principal speaks for: its own key's, else every one of its function that runs. */
  of(principal: Principal): readonly FunctionProcess[] {
    const own = this.#speaksFor.get(principal);
    if (own) return [own];
    return principal.kind === "role" && principal.functionName ? this.running(principal.functionName) : [];
  }

  /** Processes of a function that are running an invocation. */
  running(functionName: string): readonly FunctionProcess[] {
    return [...this.#processes.values()].filter(
      (each) => each.configuration.name === functionName && each.requestId !== undefined,
    );
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    const gone = new Promise<void>((resolve) => this.#ended.push(resolve));
    if (this.#processes.size > 0) {
      for (const process of this.#processes.values()) process.kill();
      await gone;
    }
    await this.#port;
    this.#api.close();
  }

  /** The one used last; those idle for too long are ended instead. */
  #takeIdle(pool: Pool): FunctionProcess | undefined {
    const newest = pool.idle.pop();
    if (!newest) return undefined;
    if (this.#options.clock.now() - newest.sinceMs <= reclaimedAfterIdleMs) return newest.process;
    for (const { process } of [newest, ...pool.idle.splice(0)]) process.kill();
    return undefined;
  }

  #poolOf({ arn }: FunctionConfiguration): Pool {
    const pool = this.#pools.get(arn) ?? { idle: [], waiting: [], size: 0, started: 0 };
    this.#pools.set(arn, pool);
    return pool;
  }

  async #create(configuration: FunctionConfiguration, pool: Pool): Promise<FunctionProcess> {
    const { clock, region, connection, seed, onLine } = this.#options;
    pool.started += 1;
    const processId = `${configuration.name}-${pool.started}`;
    const scratchFolder = realpathSync(mkdtempSync(join(tmpdir(), "function-")));
    const principal: Principal = {
      kind: "role",
      roleArn: configuration.roleArn,
      sessionName: configuration.name,
      functionName: configuration.name,
    };
    const keys = connection.issue(principal);
    const day = new Date(clock.now()).toISOString().slice(0, 10).replaceAll("-", "/");
    const process: FunctionProcess = new FunctionProcess(
      configuration,
      {
        processId,
        seed: hashOf(`${seed}:${processId}`),
        startMs: clock.now(),
        region,
        runtimeApi: `127.0.0.1:${await this.#port}`,
        scratchFolder,
        logStream: `${day}/[$LATEST]${hashOf(processId).toString(16).padStart(32, "0")}`,
        connection,
        keys,
      },
      {
        clock,
        presence: new Presence(clock, this.#turns, `${configuration.name} at work`),
        events: {
          onLine: (line) => onLine(configuration, line),
          onReady: () => this.#reuse(process, pool),
          onEnd: () => {
            connection.revoke(keys.accessKeyId);
            rmSync(scratchFolder, { recursive: true, force: true });
            this.#forget(processId, process, pool);
          },
        },
      },
    );
    this.#processes.set(processId, process);
    this.#speaksFor.set(principal, process);
    return process;
  }

  #reuse(process: FunctionProcess, pool: Pool): void {
    const waiting = pool.waiting.shift();
    if (!waiting) pool.idle.push({ process, sinceMs: this.#options.clock.now() });
    else void process.invoke(waiting.invocation).then(waiting.resolve);
  }

  #forget(processId: string, process: FunctionProcess, pool: Pool): void {
    this.#processes.delete(processId);
    pool.size -= 1;
    const at = pool.idle.findIndex((each) => each.process === process);
    if (at >= 0) pool.idle.splice(at, 1);
    if (this.#processes.size === 0) for (const ended of this.#ended.splice(0)) ended();
    const waiting = this.#isStopping ? undefined : pool.waiting.shift();
    if (waiting) void this.invoke(process.configuration, waiting.invocation).then(waiting.resolve);
  }
}

/** FNV-1a. */
const hashOf = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
};
