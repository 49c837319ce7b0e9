/** One sandbox: a child process that runs one invocation at a time, and is frozen between them. */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Clock, Timer } from "../../../contract.ts";
import type { FunctionConfiguration } from "../functions.ts";
import type { Invocation, Outcome } from "../runner.ts";
import { failure } from "../runner.ts";
import type { ProcessSetting } from "./environment.ts";
import { argumentsOf, environmentOf } from "./environment.ts";
import type { Presence } from "./presence.ts";
import type { RuntimeExchange } from "./runtime-api.ts";

// Real time: only an endless loop spends it without asking for anything.
const stuckAfterRealMs = 120_000;

/** What a process tells the pool that it belongs to. */
export interface ProcessEvents {
  readonly onLine: (line: string) => void;
  readonly onReady: () => void;
  readonly onEnd: () => void;
}

interface Running {
  readonly invocation: Invocation;
  readonly resolve: (outcome: Outcome) => void;
  readonly deadline: Timer;
}

/** A function's process. `invoke` may be called again only after `onReady`. */
export class FunctionProcess {
  readonly configuration: FunctionConfiguration;
  readonly #clock: Clock;
  readonly #presence: Presence;
  readonly #events: ProcessEvents;
  readonly #setting: ProcessSetting;
  #child: ChildProcess | undefined;
  #next: RuntimeExchange | undefined;
  #running: Running | undefined;
  #initError: Outcome | undefined;
  #parkedCalls = 0;
  #report:
    | { readonly exchange: RuntimeExchange; readonly untilMs: number | undefined; readonly calls: number }
    | undefined;
  #watchdog: NodeJS.Timeout | undefined;
  #hasEnded = false;

  constructor(
    configuration: FunctionConfiguration,
    setting: ProcessSetting,
    { clock, presence, events }: { clock: Clock; presence: Presence; events: ProcessEvents },
  ) {
    this.configuration = configuration;
    this.#setting = setting;
    this.#clock = clock;
    this.#presence = presence;
    this.#events = events;
  }

  get requestId(): string | undefined {
    return this.#running?.invocation.requestId;
  }

  /** Runs one invocation; starts the process when there is none yet. */
  async invoke(invocation: Invocation): Promise<Outcome> {
    const turn = this.#presence.begin();
    const outcome = new Promise<Outcome>((resolve) => {
      const deadline = this.#clock.at(invocation.deadlineMs, `${this.configuration.name} runs out of time`, () =>
        this.#timeOut(),
      );
      this.#running = { invocation, resolve, deadline };
    });
    await turn;
    this.#watch();
    if (!this.#child) this.#start();
    else this.#handOver();
    return outcome;
  }

  /** A request of this process under the Runtime API. */
  handle(exchange: RuntimeExchange): void {
    this.#watch();
    const { method, path } = exchange;
    if (method === "GET" && path === "/2018-06-01/runtime/invocation/next") this.#waitForNext(exchange);
    else if (path === "/local/sleep") this.#sleep(exchange);
    else if (path === "/local/wait") this.#wait(exchange);
    else if (path === "/2018-06-01/runtime/init/error") this.#failInit(exchange);
    else this.#finish(exchange);
  }

  /** Says that a call of this process is waiting for virtual time; `resume` must be awaited before it is answered. */
  park(): { resume(): Promise<void> } {
    this.#parkedCalls += 1;
    this.#restIfWaiting();
    return {
      resume: async () => {
        this.#parkedCalls -= 1;
        this.#report = undefined;
        if (this.#running) await this.#presence.begin();
      },
    };
  }

  /** Ends the process as a crash does. */
  kill(): void {
    this.#child?.kill("SIGKILL");
  }

  #start(): void {
    this.#child = spawn(process.execPath, argumentsOf(this.configuration, this.#setting), {
      cwd: this.configuration.codeFolder,
      env: environmentOf(this.configuration, this.#setting),
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      if (stream) createInterface({ input: stream }).on("line", this.#events.onLine);
    this.#child.once("error", (error) => this.#end(`starting the process failed: ${error.message}`));
    // `close` rather than `exit`: the last lines of a dying process count.
    this.#child.once("close", (code, signal) =>
      this.#end(
        signal
          ? `Runtime exited with error: signal: ${signal === "SIGKILL" ? "killed" : signal === "SIGABRT" ? "aborted" : signal}`
          : code === 0
            ? "Runtime exited without providing a reason"
            : `Runtime exited with error: exit status ${code}`,
      ),
    );
  }

  #waitForNext(exchange: RuntimeExchange): void {
    this.#next = exchange;
    if (this.#running) {
      this.#handOver();
      return;
    }
    this.#unwatch();
    this.#presence.end();
    this.#events.onReady();
  }

  #handOver(): void {
    if (!this.#next || !this.#running) return;
    const { invocation } = this.#running;
    this.#next.answer(
      200,
      {
        ...this.#now(),
        "lambda-runtime-aws-request-id": invocation.requestId,
        "lambda-runtime-deadline-ms": String(invocation.deadlineMs),
        "lambda-runtime-invoked-function-arn": invocation.invokedArn,
        "lambda-runtime-trace-id": invocation.traceHeader,
      },
      invocation.payload,
    );
    this.#next = undefined;
  }

  #sleep(exchange: RuntimeExchange): void {
    const { untilMs } = JSON.parse(exchange.body) as { untilMs: number };
    this.#unwatch();
    this.#presence.rest(untilMs, () => {
      this.#watch();
      exchange.answer(200, this.#now(), "{}");
    });
  }

  #wait(exchange: RuntimeExchange): void {
    const { untilMs, calls } = JSON.parse(exchange.body) as { untilMs: number | null; calls: number };
    const report = { exchange, untilMs: untilMs ?? undefined, calls };
    this.#report = report;
    exchange.whenTakenBack(() => {
      if (this.#report === report) this.#report = undefined;
    });
    this.#restIfWaiting();
  }

  /** Time may move only when every open call of the process is one that waits for time itself. */
  #restIfWaiting(): void {
    const report = this.#report;
    if (!report || report.calls !== this.#parkedCalls) return;
    this.#unwatch();
    this.#presence.rest(report.untilMs, () => {
      this.#watch();
      if (this.#report !== report) return;
      this.#report = undefined;
      report.exchange.answer(200, this.#now(), "{}");
    });
  }

  #failInit(exchange: RuntimeExchange): void {
    this.#initError = { payload: exchange.body, functionError: "Unhandled" };
    exchange.answer(202, this.#now(), '{"status":"OK"}');
  }

  #finish(exchange: RuntimeExchange): void {
    const [, id, what] = /^\/2018-06-01\/runtime\/invocation\/([^/]+)\/(response|error)$/.exec(exchange.path) ?? [];
    if (!id || decodeURIComponent(id) !== this.requestId) {
      exchange.answer(400, this.#now(), '{"errorType":"InvalidRequestID","errorMessage":"Invalid request ID"}');
      return;
    }
    exchange.answer(202, this.#now(), '{"status":"OK"}');
    const tooLarge = Buffer.byteLength(exchange.body) > 6 * 1024 * 1024 + 100;
    // A turn later: what the function wrote before it answered is then read as well.
    setImmediate(() =>
      this.#settle(
        tooLarge
          ? failure(
              "Function.ResponseSizeTooLarge",
              "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
            )
          : what === "error"
            ? { payload: exchange.body, functionError: "Unhandled" }
            : { payload: exchange.body },
      ),
    );
  }

  #settle(outcome: Outcome): void {
    const running = this.#running;
    this.#running = undefined;
    running?.deadline.cancel();
    running?.resolve(outcome);
  }

  #timeOut(): void {
    const { requestId } = this.#running?.invocation ?? {};
    const seconds = this.configuration.timeoutSeconds.toFixed(2);
    void this.#presence.begin(); // held until the process is gone
    this.#settle(failure("Sandbox.Timedout", `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`));
    this.kill();
  }

  #end(reason: string): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#unwatch();
    const { requestId } = this.#running?.invocation ?? {};
    this.#settle(this.#initError ?? failure("Runtime.ExitError", `RequestId: ${requestId} Error: ${reason}`));
    this.#events.onEnd();
    this.#presence.end();
  }

  #watch(): void {
    this.#unwatch();
    this.#watchdog = setTimeout(() => {
      this.#events.onLine(
        `${this.configuration.name}: killed after ${stuckAfterRealMs / 1000} s of work without an end`,
      );
      this.kill();
    }, stuckAfterRealMs);
    this.#watchdog.unref();
  }

  #unwatch(): void {
    clearTimeout(this.#watchdog);
  }

  #now(): Record<string, string> {
    return { "x-local-now": String(this.#clock.now()) };
  }
}
