/** Roles and their policies, and which statements have earned their place. */
import type { JsonObject } from "../../contract.ts";
import { compilePolicy, type Statement } from "./statement.ts";

/** A role: who may assume it, and what it may do. */
export interface Role {
  readonly arn: string;
  readonly name: string;
  readonly trust: JsonObject;
  readonly trustStatements: readonly Statement[];
  readonly tags: Readonly<Record<string, string>>;
  /** Identity policies; their statements are named `ROLE/POLICY#SID-or-index`. */
  statements: Statement[];
  /** The permissions boundary, when there is one: it must allow as well. */
  readonly boundary: readonly Statement[] | undefined;
}

/** How often a role's statement allowed a call, and how often no other statement did. */
export interface StatementUse {
  readonly role: string;
  readonly statement: string;
  readonly effect: "Allow" | "Deny";
  allowed: number;
  soleReason: number;
}

/** All roles of the account, by ARN. */
export class IamState {
  readonly roles = new Map<string, Role>();
  readonly #managed = new Map<string, JsonObject>();
  readonly #uses = new Map<Statement, StatementUse>();

  addRole(role: Role): void {
    if (this.roles.has(role.arn)) throw new Error(`there are two roles ${role.arn}`);
    this.roles.set(role.arn, role);
  }

  /** Gives a role one more policy. */
  attach(roleName: string, policyName: string, document: JsonObject): void {
    const role = [...this.roles.values()].find(({ name }) => name === roleName);
    if (!role) throw new Error(`policy ${policyName} is for the role ${roleName}, which does not exist`);
    const statements = compilePolicy(`${roleName}/${policyName}`, document);
    role.statements = [...role.statements, ...statements];
    for (const statement of statements)
      this.#uses.set(statement, {
        role: role.arn,
        statement: statement.id,
        effect: statement.effect,
        allowed: 0,
        soleReason: 0,
      });
  }

  addManagedPolicy(arn: string, document: JsonObject): void {
    this.#managed.set(arn, document);
  }

  managedPolicy(arn: string): JsonObject | undefined {
    return this.#managed.get(arn);
  }

  /** Counts an allowed call for the statements that allow it. */
  count(allowing: readonly Statement[], sole: boolean): void {
    for (const statement of allowing) {
      const use = this.#uses.get(statement);
      if (!use) continue;
      use.allowed += 1;
      if (sole) use.soleReason += 1;
    }
  }

  uses(): readonly StatementUse[] {
    return [...this.#uses.values()].map((use) => ({ ...use }));
  }
}
