/** Lets a test act exactly before or after a named call of a function: another writer, a switch, a look. */
import type { CallContext, Cloud, JsonObject, Operation, Service } from "../../local/contract.ts";
import { createIamService } from "../../local/services/iam/service.ts";
import { EVERY_SERVICE } from "../../local/services.ts";

export interface Interruption {
  readonly when: "before" | "after";
  readonly service: string;
  readonly operation: string;
  /** Which of the function's calls of that name, from 1. */
  readonly call?: number;
  /** Whose calls: a function, or the session of a service's role; `reflex-oom` unless named. */
  readonly caller?: string;
  /** Only calls with such an input; all unless told. */
  readonly where?: (input: JsonObject) => boolean;
  readonly happen: () => Promise<unknown> | unknown;
}

export interface Interruptions {
  /** The services of a cloud whose calls can be interrupted. */
  readonly services: readonly ((cloud: Cloud) => Service)[];
  add(interruption: Interruption): void;
  /** Whether everything that was asked for has happened. */
  readonly areOver: boolean;
}

interface Waiting extends Interruption {
  callsToGo: number;
}

const callerOf = ({ principal }: CallContext): string | undefined =>
  principal.kind === "role" ? (principal.functionName ?? principal.sessionName) : undefined;

export const interruptions = (): Interruptions => {
  let waiting: Waiting[] = [];

  const due = (service: string, operation: string, input: JsonObject, context: CallContext): readonly Waiting[] => {
    const caller = callerOf(context);
    const meant = waiting.filter(
      (one) =>
        one.service === service &&
        one.operation === operation &&
        caller === (one.caller ?? "reflex-oom") &&
        (one.where?.(input) ?? true),
    );
    for (const one of meant) one.callsToGo -= 1;
    const now = meant.filter(({ callsToGo }) => callsToGo === 0);
    waiting = waiting.filter((one) => !now.includes(one));
    return now;
  };

  const interruptible =
    (service: string, name: string, { run }: Operation) =>
    async (input: JsonObject, context: CallContext): Promise<JsonObject> => {
      const now = due(service, name, input, context);
      for (const { when, happen } of now) if (when === "before") await happen();
      const answer = await run(input, context);
      for (const { when, happen } of now) if (when === "after") await happen();
      return answer;
    };

  const interruptibleService =
    (create: (cloud: Cloud) => Service) =>
    (cloud: Cloud): Service => {
      const service = create(cloud);
      const operations = Object.entries(service.operations).map(([name, operation]) => [
        name,
        { needs: operation.needs, run: interruptible(service.name, name, operation) },
      ]);
      return { ...service, operations: Object.fromEntries(operations) };
    };

  return {
    services: EVERY_SERVICE.map((create) => (create === createIamService ? create : interruptibleService(create))),
    add(interruption) {
      waiting.push({ ...interruption, callsToGo: interruption.call ?? 1 });
    },
    get areOver() {
      return waiting.length === 0;
    },
  };
};
