/** Lambda's door, with what only the wire, the control door and benchmarks ask of it. */
import type { Principal } from "../../contract.ts";
import type { LambdaDoor, PlainAnswer, PlainRequest } from "../../neighbours.ts";
import type { ProcessOptions } from "./processes/process-runner.ts";
import type { Runner } from "./runner.ts";

/** How functions are run; see `ProcessOptions`. */
export type LambdaOptions = Pick<ProcessOptions, "isSerial" | "processesPerFunction">;

/** A call that waits for virtual time on behalf of a function, whose own hold on the clock must wait as well. */
export interface SuspendedCall {
  /** To be called, and best awaited, before the call is answered. */
  resume(): Promise<void>;
}

/** `cloud.neighbour<LambdaProcessesDoor>("lambda")` */
export interface LambdaProcessesDoor extends LambdaDoor {
  /** The last lines that a function wrote, the oldest first. */
  logs(functionName: string): readonly string[];
  /** Kills what the caller runs in, as a crash does: by its principal, or all of a function by name. Answers how many died. */
  killInvocation(caller: Principal | string): number;
  /** Undefined for callers that are no function process. */
  suspend(principal: Principal): SuspendedCall | undefined;
  /** The same, by the `x-local-process` header of a request that carries no AWS signature. */
  suspendProcess(processId: string | undefined): SuspendedCall | undefined;
  /** Answers a request to a function URL; `url` as the template sees it. */
  callUrl(url: string, request: PlainRequest, principal?: Principal): Promise<Exclude<PlainAnswer, "reset">>;
  urls(): readonly { readonly url: string; readonly functionArn: string }[];
  /** Before the first invocation: how processes are run. */
  configure(options: LambdaOptions): void;
  /** Runs functions in another way than as processes, from now on. */
  runBy(runner: Runner): void;
  /** Calls back with the real milliseconds from each spawn to the first answer. */
  whenColdStarted(listener: (functionName: string, realMs: number) => void): void;
  /** Ends all processes. */
  stop(): Promise<void>;
}
