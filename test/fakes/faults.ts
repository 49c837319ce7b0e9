/** Puts one fault at one call of a set of ports, and counts the calls. */
import { ReflexError } from "#shared/errors.ts";

/** `crash-*`: the process ends before or after the call. `lost`: the call is carried out, its caller sees an error. */
export type Fault = "crash-before" | "crash-after" | "throttled" | "lost" | "denied";

export interface FaultPlan {
  /** Position of the call that is hit, from 0; undefined hits none. */
  readonly at: number | undefined;
  readonly fault: Fault;
}

export interface FaultyProcess {
  /** The port with the fault in it. */
  wrap<Port extends object>(port: Port): Port;
  /** Names of the calls so far, in order. */
  readonly calls: readonly string[];
  /** Settles when the process has crashed. */
  readonly crashed: Promise<"crashed">;
  /** Runs something at a call, before it is carried out: another writer, a flipped switch. */
  at(position: number, happen: () => void): void;
}

const never = () => new Promise<never>(() => undefined);

export const faultyProcess = ({ at, fault }: FaultPlan): FaultyProcess => {
  const calls: string[] = [];
  const happenings = new Map<number, () => void>();
  let isDead = false;
  const { promise: crashed, resolve: die } = Promise.withResolvers<"crashed">();

  const crash = () => {
    isDead = true;
    die("crashed");
    return never();
  };

  const call = async (name: string, run: () => Promise<unknown>): Promise<unknown> => {
    if (isDead) return never();
    const position = calls.push(name) - 1;
    happenings.get(position)?.();
    if (position !== at) return run();
    switch (fault) {
      case "crash-before":
        return crash();
      case "crash-after":
        await run();
        return crash();
      case "lost":
        await run();
        throw new ReflexError("unavailable", `${name}: the answer was lost`);
      case "throttled":
      case "denied":
        throw new ReflexError(fault, `${name}: ${fault}`);
    }
  };

  return {
    calls,
    crashed,
    at(position, happen) {
      happenings.set(position, happen);
    },
    wrap: (port) =>
      new Proxy(port, {
        get(target, key, receiver) {
          const member = Reflect.get(target, key, receiver);
          if (typeof member !== "function" || typeof key !== "string") return member;
          return (...args: unknown[]) => call(key, async () => Reflect.apply(member, target, args) as unknown);
        },
      }),
  };
};
