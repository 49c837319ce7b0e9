import { AwsError, type Operation } from "../../../contract.ts";
import { lifecycleRules } from "../lifecycle.ts";
import { addRepository, hostOf, mutabilityFrom, repositoryNamed, repositoryView } from "../repositories.ts";
import type { Registry } from "../state.ts";
import { needOn, type OnRepository, read, refuseForeign } from "./on-repository.ts";

/** Operations on repositories and their settings. */
export const repositoryOperations = (
  registry: Registry,
  onRepository: OnRepository,
): Readonly<Record<string, Operation>> => ({
  CreateRepository: {
    needs: (input, { cloud }) => [needOn(input, cloud, "CreateRepository", read(input).text("repositoryName"))],
    run: (input, { cloud }) => {
      const request = read(input);
      const mutability = mutabilityFrom(request, "imageTagMutability", "imageTagMutabilityExclusionFilters");
      const repository = addRepository(registry, cloud, request.text("repositoryName"));
      repository.mutability = mutability;
      repository.scanOnPush = request.object("imageScanningConfiguration")?.flag("scanOnPush", false) ?? false;
      return { repository: repositoryView(repository, cloud.account) };
    },
  },

  DescribeRepositories: {
    needs: (input, { cloud }) => {
      const names = read(input).texts("repositoryNames");
      const asked = names.length > 0 ? names : ["*"];
      return asked.map((name) => needOn(input, cloud, "DescribeRepositories", name));
    },
    run: (input, context) => {
      const { cloud } = context;
      const names = read(input).texts("repositoryNames");
      refuseForeign(input, context, needOn(input, cloud, "DescribeRepositories", names[0] ?? "*"));
      const found =
        names.length > 0
          ? names.map((name) => repositoryNamed(registry, cloud, name))
          : [...registry.repositories.values()];
      return { repositories: found.map((repository) => repositoryView(repository, cloud.account)) };
    },
  },

  PutImageTagMutability: onRepository("PutImageTagMutability", (request, repository, cloud) => {
    repository.mutability = mutabilityFrom(request, "imageTagMutability", "imageTagMutabilityExclusionFilters");
    return {
      registryId: cloud.account,
      repositoryName: repository.name,
      imageTagMutability: repository.mutability.setting,
    };
  }),

  PutImageScanningConfiguration: onRepository("PutImageScanningConfiguration", (request, repository, cloud) => {
    repository.scanOnPush = request.object("imageScanningConfiguration")?.flag("scanOnPush", false) ?? false;
    const imageScanningConfiguration = { scanOnPush: repository.scanOnPush };
    return { registryId: cloud.account, repositoryName: repository.name, imageScanningConfiguration };
  }),

  GetLifecyclePolicy: onRepository("GetLifecyclePolicy", (_request, repository, cloud) => {
    const text = repository.lifecyclePolicy;
    if (text === undefined)
      throw new AwsError(
        "LifecyclePolicyNotFoundException",
        `Lifecycle policy does not exist for the repository with name '${repository.name}' in the registry with id '${cloud.account}'`,
      );
    return { registryId: cloud.account, repositoryName: repository.name, lifecyclePolicyText: text };
  }),

  PutLifecyclePolicy: onRepository("PutLifecyclePolicy", (request, repository, cloud) => {
    const text = request.text("lifecyclePolicyText");
    lifecycleRules(text);
    repository.lifecyclePolicy = text;
    return { registryId: cloud.account, repositoryName: repository.name, lifecyclePolicyText: text };
  }),

  GetAuthorizationToken: {
    needs: () => [{ action: "ecr:GetAuthorizationToken", resource: "*" }],
    run: (_input, { cloud }) => ({
      authorizationData: [
        {
          authorizationToken: Buffer.from(`AWS:${cloud.random.hex(32)}`).toString("base64"),
          expiresAt: (cloud.clock.now() + 12 * 3_600_000) / 1_000,
          proxyEndpoint: `https://${hostOf(cloud)}`,
        },
      ],
    }),
  },
});
