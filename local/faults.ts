/** Trouble on demand: which calls fail, how, and how often. */
import type { FaultsDoor } from "./neighbours.ts";

/** Every kind of fault, with what it does; those of one service are brought about by that service. */
export const FAULT_KINDS = {
  throttle: "the call is refused as too fast, in the service's own words",
  error: "the call is answered 500 and was not applied",
  timeout: "the call is not applied and the connection drops",
  "lost-response": "the call is applied and the connection drops before the answer",
  duplicate: "the call is applied twice, as when a lost request is sent again; the second answer counts",
  delay: "the answer comes `seconds` of virtual time late",
  crash: "the calling function's process is killed after the call was applied, before its answer",
  "lost-event": "an event is dropped on the way to its rules",
  "duplicate-event": "an event is delivered twice",
  down: "the service answers nothing but 500",
} as const;

/** A kind of fault. */
export type FaultKind = keyof typeof FAULT_KINDS;

/** One order of trouble; `*` as service or operation means any. */
export interface Fault {
  readonly service: string;
  readonly operation: string;
  readonly kind: FaultKind;
  /** How often it still strikes. */
  times: number;
  /** Only calls by this function suffer. */
  readonly functionName?: string | undefined;
  /** So many matching calls pass unharmed before the first one suffers. */
  skip: number;
  /** For `delay`: how late, in seconds. */
  readonly seconds: number;
}

/** The faults that wait to strike, in the order they were asked for. */
export class Faults implements FaultsDoor {
  #waiting: Fault[] = [];
  #fired = new Map<string, number>();

  add(order: Pick<Fault, "service" | "operation" | "kind"> & Partial<Fault>): void {
    this.#waiting.push({ times: 1, skip: 0, seconds: 0, ...order });
  }

  take(
    service: string,
    operation: string,
    kinds: readonly string[],
    functionName?: string,
  ): { kind: FaultKind; seconds: number } | undefined {
    if (this.#waiting.length === 0) return undefined;
    const fault = this.#waiting.find((each) => strikes(each, service, operation, kinds, functionName));
    if (!fault) return undefined;
    if (fault.skip > 0) {
      fault.skip -= 1;
      return undefined;
    }
    fault.times -= 1;
    if (fault.times <= 0) this.#waiting = this.#waiting.filter((each) => each !== fault);
    this.#fired.set(fault.kind, (this.#fired.get(fault.kind) ?? 0) + 1);
    return { kind: fault.kind, seconds: fault.seconds };
  }

  /** Those that have not struck yet. */
  waiting(): readonly Readonly<Fault>[] {
    return this.#waiting.map((fault) => ({ ...fault }));
  }

  /** How often each kind has struck. */
  fired(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#fired);
  }

  clear(): void {
    this.#waiting = [];
  }
}

const strikes = (
  fault: Fault,
  service: string,
  operation: string,
  kinds: readonly string[],
  functionName: string | undefined,
): boolean =>
  kinds.includes(fault.kind) &&
  (fault.service === "*" || fault.service === service) &&
  (fault.operation === "*" || fault.operation === operation) &&
  (fault.functionName === undefined || fault.functionName === functionName);
