import { Stack, Validations } from "aws-cdk-lib";
import type { IConstruct } from "constructs";

/** A resource as cdk-nag writes it in the name of a finding: references in angle brackets. */
const asFinding = (value: unknown): string => {
  if (typeof value === "string") return value;
  const { Ref, "Fn::GetAtt": attribute, "Fn::Join": joined } = value as Record<string, unknown>;
  if (typeof Ref === "string") return `<${Ref}>`;
  if (Array.isArray(attribute)) return `<${attribute.join(".")}>`;
  if (Array.isArray(joined)) return joined[1].map(asFinding).join(joined[0]);
  throw new Error(`acknowledging wildcards: ${JSON.stringify(value)} is neither text nor a reference`);
};

/** Says why wildcards in resources of a policy are as narrow as they get; each is one finding of cdk-nag. */
export const acknowledgeWildcards = (
  policyOwner: IConstruct,
  wildcards: readonly { readonly resources: readonly string[]; readonly reason: string }[],
): void => {
  const stack = Stack.of(policyOwner);
  const reasons = new Map<string, Set<string>>();
  for (const { resources, reason } of wildcards)
    for (const resource of resources.map((each) => asFinding(stack.resolve(each))).filter((each) => each.includes("*")))
      reasons.set(resource, (reasons.get(resource) ?? new Set()).add(reason));
  for (const [resource, all] of reasons)
    Validations.of(policyOwner).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${resource}]`,
      reason: [...all].join(" "),
    });
};
