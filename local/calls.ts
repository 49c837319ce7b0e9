/** The call log: who asked what of whom, and which statement decided. */

/** One decision of IAM on the way of a call. */
export interface Decision {
  readonly action: string;
  readonly resource: string;
  readonly allowed: boolean;
  readonly statement: string | undefined;
}

/** One call, as `GET /_local/calls` shows it. */
export interface Call {
  /** Virtual instant, ISO 8601. */
  readonly at: string;
  /** `owner`, a role's ARN, or a service's name. */
  readonly principal: string;
  readonly service: string;
  readonly operation: string;
  /** The first resource that had to be allowed; `*` where an action knows none. */
  readonly resource: string | undefined;
  /** False only when permissions refused it. */
  readonly allowed: boolean;
  /** The statement that decided first, `ROLE/POLICY#SID-or-index`. */
  readonly statement: string | undefined;
  /** The code of the refusal or error, when there was one. */
  readonly error: string | undefined;
  readonly functionName: string | undefined;
  readonly requestId: string;
  readonly decisions: readonly Decision[];
}

/** The last calls, as many as asked for; what falls out is counted. */
export class Calls {
  #kept: Call[] = [];
  #total = 0;
  readonly #atMost: number;

  constructor(atMost: number) {
    this.#atMost = atMost;
  }

  add(call: Call): void {
    this.#total += 1;
    this.#kept.push(call);
    if (this.#kept.length >= 2 * this.#atMost) this.#kept = this.#kept.slice(-this.#atMost);
  }

  /** The oldest first. */
  all(): readonly Call[] {
    return this.#kept.slice(-this.#atMost);
  }

  /** Calls that permissions refused. */
  denied(): readonly Call[] {
    return this.all().filter(({ allowed }) => !allowed);
  }

  /** Calls ever made, those that were dropped from memory included. */
  total(): number {
    return this.#total;
  }
}
