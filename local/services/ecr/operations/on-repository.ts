import { arnOf, type CallContext, type Cloud, type JsonObject, type Need, type Operation } from "../../../contract.ts";
import { accessDenied, identityOf } from "../../../refusals.ts";
import { Input } from "../../events/input.ts";
import { repositoryNamed } from "../repositories.ts";
import type { Registry, Repository } from "../state.ts";

/** Reads a request's members. */
export const read = (input: JsonObject): Input => new Input(input, "InvalidParameterException");

const accountOf = (input: JsonObject, cloud: Cloud): string => read(input).optionalText("registryId") ?? cloud.account;

/** What an action on a repository needs, in the registry that the request names, whether it exists or not. */
export const needOn = (input: JsonObject, cloud: Cloud, action: string, name: string): Need => ({
  action: `ecr:${action}`,
  resource: arnOf({ ...cloud, account: accountOf(input, cloud) }, "ecr", `repository/${name}`),
});

/** Refuses what is asked of another account's registry: no repository policy there lets anybody of this one in.
 *  Source: ECR user guide, "Private repository policies in Amazon ECR". */
export const refuseForeign = (input: JsonObject, { cloud, principal }: CallContext, need: Need): void => {
  if (accountOf(input, cloud) === cloud.account) return;
  const because = `because no resource-based policy allows the ${need.action} action`;
  throw accessDenied("ecr", identityOf(principal, cloud.account, cloud.partition), need, because);
};

/** Makes an operation on the repository that `repositoryName` names. */
export type OnRepository = (
  action: string,
  run: (request: Input, repository: Repository, cloud: Cloud) => JsonObject,
) => Operation;

/** Operations of this registry. */
export const onRepository =
  (registry: Registry): OnRepository =>
  (action, run) => {
    const need = (input: JsonObject, cloud: Cloud): Need =>
      needOn(input, cloud, action, read(input).text("repositoryName"));
    return {
      needs: (input, { cloud }) => [need(input, cloud)],
      run: (input, context) => {
        const { cloud } = context;
        refuseForeign(input, context, need(input, cloud));
        const request = read(input);
        return run(request, repositoryNamed(registry, cloud, request.text("repositoryName")), cloud);
      },
    };
  };
