/** IAM's verdict. Source: IAM user guide, "Policy evaluation logic": default deny, explicit deny first. */
import type { Json, Principal } from "../../contract.ts";
import { texts } from "./condition.ts";
import type { RequestContext } from "./pattern.ts";
import type { Request, Statement } from "./statement.ts";

/** What the policies of one side say, and the statements that say so. */
export interface Verdict {
  readonly effect: "allow" | "deny" | "none";
  /** The statement that decided: the first deny, else the first allow. */
  readonly statement: Statement | undefined;
  /** Every allowing statement; one alone is the sole reason. */
  readonly allowing: readonly Statement[];
}

/** The verdict of a list of statements, each already known to concern the caller. */
export function judge(statements: readonly Statement[], request: Request): Verdict {
  const allowing: Statement[] = [];
  for (const statement of statements) {
    if (!statement.applies(request)) continue;
    if (statement.effect === "Deny") return { effect: "deny", statement, allowing: [] };
    allowing.push(statement);
  }
  return { effect: allowing.length > 0 ? "allow" : "none", statement: allowing[0], allowing };
}

/** The statements of a resource policy that concern a caller. */
export const concerning = (statements: readonly Statement[], principal: Principal, account: string): Statement[] =>
  statements.filter((statement) => concerns(statement, principal, account));

function concerns({ principal: written, effect, id }: Statement, principal: Principal, account: string): boolean {
  if (written === undefined) throw new Error(`the resource policy statement ${id} names no Principal`);
  if (written === "*") return true;
  return Object.entries(written as Record<string, Json>).some(([kind, names]) =>
    texts(names).some((name) => {
      if (kind === "Service") return principal.kind === "service" && sameService(name, principal.service);
      if (kind !== "AWS") return false;
      if (name === "*") return true;
      if (principal.kind === "role" && name === principal.roleArn) return true;
      // Naming the account hands the decision to its identity policies: that allows the owner alone, but denies everyone.
      const isAccount = name === account || name.endsWith(`:iam::${account}:root`);
      return isAccount && (principal.kind === "owner" || (principal.kind === "role" && effect === "Deny"));
    }),
  );
}

const sameService = (written: string, caller: string): boolean => serviceHost(written) === serviceHost(caller);

const serviceHost = (service: string): string => (service.includes(".") ? service : `${service}.amazonaws.com`);

/** Condition keys as the evaluator wants them: lower case, every value a text, absent values left out. */
export function contextOf(keys: Readonly<Record<string, unknown>>): RequestContext {
  const context = new Map<string, readonly string[]>();
  for (const [key, value] of Object.entries(keys)) {
    if (value === undefined || value === null) continue;
    context.set(key.toLowerCase(), Array.isArray(value) ? value.map(String) : [String(value)]);
  }
  return context;
}
