import { AwsError, arnOf, type Cloud, type JsonObject, type Operation } from "../../../contract.ts";
import { Input } from "../../events/input.ts";
import { repositoryNamed } from "../repositories.ts";
import type { Registry, Repository } from "../state.ts";

/** Reads a request of this registry; other registries are not here. */
export const read = (input: JsonObject, cloud: Cloud): Input => {
  const request = new Input(input, "InvalidParameterException");
  const registryId = request.optionalText("registryId") ?? cloud.account;
  if (registryId !== cloud.account)
    throw new AwsError(
      "RepositoryNotFoundException",
      `there is no registry '${registryId}' here, only '${cloud.account}'`,
    );
  return request;
};

/** Makes an operation on the repository that `repositoryName` names. */
export type OnRepository = (
  action: string,
  run: (request: Input, repository: Repository, cloud: Cloud) => JsonObject,
) => Operation;

/** The permission names the repository's ARN, whether it exists or not. */
export const onRepository =
  (registry: Registry): OnRepository =>
  (action, run) => ({
    needs: (input, { cloud }) => {
      const name = new Input(input, "InvalidParameterException").text("repositoryName");
      return [{ action: `ecr:${action}`, resource: arnOf(cloud, "ecr", `repository/${name}`) }];
    },
    run: (input, { cloud }) => {
      const request = read(input, cloud);
      return run(request, repositoryNamed(registry, cloud, request.text("repositoryName")), cloud);
    },
  });
