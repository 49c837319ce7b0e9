/** STS: who am I. */
import type { Cloud, Principal, Service } from "../../contract.ts";
import { identityOf } from "../../refusals.ts";

/** The service `sts`. GetCallerIdentity needs no permission. */
export const createStsService = ({ account, partition }: Cloud): Service => ({
  name: "sts",
  resources: {},
  operations: {
    GetCallerIdentity: {
      needs: () => [],
      run: (_, { principal }) => ({
        Account: account,
        Arn: identityOf(principal, account, partition),
        UserId: userIdOf(principal, account),
      }),
    },
  },
});

const userIdOf = (principal: Principal, account: string): string =>
  principal.kind === "role" ? `AROA:${principal.sessionName}` : account;
