/** What each statement of a stack's roles was needed for, from IAM's own count and the log of calls. */

import type { LocalCloud } from "../../../local/cloud.ts";
import type { JsonObject } from "../../../local/contract.ts";
import type { Authority } from "../../../local/services/iam/authority.ts";

/** One action of one statement. */
export interface Need {
  readonly role: string;
  readonly statement: string;
  readonly action: string;
  /** Calls that this statement allowed for this action. */
  readonly allowed: number;
  /** Calls, of any of its actions, that no other statement would have allowed. */
  readonly soleReason: number;
}

const listOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : [String(value)]);

/** `ROLE/POLICY#SID-or-index`, as the call log names it. */
const actionsOf = (statements: readonly JsonObject[], name: string): readonly string[] => {
  const key = name.slice(name.lastIndexOf("#") + 1);
  const found = statements.find(({ Sid }) => Sid === key) ?? statements[Number(key)];
  return listOf(found?.Action);
};

/** Every action that these roles are allowed, with what came of it so far. */
export const needsOf = ({ cloud, calls }: LocalCloud, roleNames: readonly string[]): readonly Need[] => {
  const iam = cloud.neighbour<Authority>("iam");
  const counts = new Map<string, number>();
  for (const { decisions } of calls.all())
    for (const { action, statement, allowed } of decisions)
      if (allowed) counts.set(`${statement} ${action}`, (counts.get(`${statement} ${action}`) ?? 0) + 1);
  return iam
    .uses()
    .filter(({ role, effect }) => effect === "Allow" && roleNames.includes(role.slice(role.lastIndexOf("/") + 1)))
    .flatMap(({ role, statement, soleReason }) =>
      actionsOf(iam.role(role)?.statements ?? [], statement).map((action) => ({
        role: role.slice(role.indexOf("/") + 1),
        statement,
        action,
        allowed: counts.get(`${statement} ${action}`) ?? 0,
        soleReason,
      })),
    );
};

/** Whether nothing that was called had to have it. */
export const isIdle = ({ allowed, soleReason }: Need): boolean => allowed === 0 || soleReason === 0;

/** A line for each, for a person who must find what is missing. */
export const linesOf = (needs: readonly Need[]): readonly string[] =>
  needs.map(
    ({ statement, action, allowed, soleReason }) => `${statement} ${action}: ${allowed} allowed, ${soleReason} sole`,
  );
