import type { ResourceDeclaration, Service } from "../../contract.ts";
import { Input } from "../events/input.ts";
import { lifecycleRules } from "./lifecycle.ts";
import { addRepository, mutabilityFrom } from "./repositories.ts";
import type { Registry } from "./state.ts";

const propertiesOf = ({ properties, stackName, logicalId }: ResourceDeclaration): Input =>
  new Input(properties, `InvalidParameterException of ${stackName}/${logicalId}`);

/** `AWS::ECR::*`. */
export const ecrResources = (registry: Registry): Service["resources"] => ({
  "AWS::ECR::Repository": (declaration, cloud) => {
    const input = propertiesOf(declaration);
    const mutability = mutabilityFrom(input, "ImageTagMutability", "ImageTagMutabilityExclusionFilters");
    const lifecyclePolicy = input.object("LifecyclePolicy")?.optionalText("LifecyclePolicyText");
    if (lifecyclePolicy !== undefined) lifecycleRules(lifecyclePolicy);
    const name = input.optionalText("RepositoryName") ?? declaration.generatedName.toLowerCase();
    const repository = addRepository(registry, cloud, name);
    repository.mutability = mutability;
    repository.lifecyclePolicy = lifecyclePolicy;
    repository.scanOnPush = input.object("ImageScanningConfiguration")?.flag("ScanOnPush", false) ?? false;
    return { ref: repository.name, attributes: { Arn: repository.arn, RepositoryUri: repository.uri } };
  },

  "AWS::ECR::RegistryScanningConfiguration": (declaration, cloud) => {
    registry.scanType = propertiesOf(declaration).word("ScanType", ["BASIC", "ENHANCED"] as const);
    return { ref: cloud.account, attributes: { RegistryId: cloud.account } };
  },
});
