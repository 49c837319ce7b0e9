/** How functions are run: as processes here, or by whatever else a simulation brings. */
import type { Principal } from "../../contract.ts";
import type { FunctionConfiguration } from "./functions.ts";

/** One invocation, as the Runtime API hands it to the function. */
export interface Invocation {
  readonly requestId: string;
  readonly payload: string;
  /** Virtual milliseconds since 1970. */
  readonly deadlineMs: number;
  readonly invokedArn: string;
  readonly traceHeader: string;
}

/** What came of it: `payload` is JSON text; `functionError` is Lambda's word when the function failed. */
export interface Outcome {
  readonly payload: string;
  readonly functionError?: "Unhandled";
}

/** Runs functions. Holds the clock while one works, and lets it go while all sleep. */
export interface Runner {
  invoke(configuration: FunctionConfiguration, invocation: Invocation): Promise<Outcome>;
  /** Ends whatever runs. */
  stop(): Promise<void>;
}

/** Where function processes find the cloud, and the keys by which it knows them. */
export interface Connection {
  /** Such as `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  issue(principal: Principal): {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  /** Takes a key back when its process has ended. */
  revoke(accessKeyId: string): void;
}

/** A failed invocation's payload, in the shape Lambda's runtimes and Lambda itself use. */
export const failure = (errorType: string, errorMessage: string): Outcome => ({
  payload: JSON.stringify({ errorType, errorMessage }),
  functionError: "Unhandled",
});
