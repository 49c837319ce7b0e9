/** Access keys and whom they speak for. */
import type { Cloud, Principal } from "./contract.ts";
import type { PrincipalsDoor } from "./neighbours.ts";

/** The access key of the person at the machine, documented in docs/local.md; any secret goes with it. */
const OWNER_ACCESS_KEY_ID = "LOCAL";

/** Keys issued so far. A key that was never issued, or taken back, speaks for nobody. */
export class Principals implements PrincipalsDoor {
  readonly #random: Cloud["random"];
  readonly #keys = new Map<string, { readonly principal: Principal; readonly secretAccessKey: string }>();

  constructor(random: Cloud["random"]) {
    this.#random = random;
  }

  issue(principal: Principal): { accessKeyId: string; secretAccessKey: string } {
    const accessKeyId = `ASIA${this.#random.hex(16).toUpperCase()}`;
    const secretAccessKey = this.#random.hex(40);
    this.#keys.set(accessKeyId, { principal, secretAccessKey });
    return { accessKeyId, secretAccessKey };
  }

  revoke(accessKeyId: string): void {
    this.#keys.delete(accessKeyId);
  }

  /** Whom a key speaks for; without a secret, any signature will do. */
  of(accessKeyId: string): { readonly principal: Principal; readonly secretAccessKey?: string } | undefined {
    if (accessKeyId === OWNER_ACCESS_KEY_ID) return { principal: { kind: "owner" } };
    return this.#keys.get(accessKeyId);
  }
}
