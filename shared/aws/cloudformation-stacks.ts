/** `Stacks` on AWS CloudFormation. */
import { type CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import type { Stacks } from "#shared/ports/services.ts";
import { isNamed, translate } from "./errors.ts";

export const cloudformationStacks = (cloudformation: CloudFormationClient): Stacks => ({
  async isUpdating(stackId) {
    try {
      const { Stacks: [stack] = [] } = await cloudformation.send(new DescribeStacksCommand({ StackName: stackId }));
      return stack?.StackStatus?.endsWith("_IN_PROGRESS");
    } catch (error) {
      // CloudFormation answers a stack that does not exist with its catch-all ValidationError.
      if (isNamed(error, "ValidationError")) return undefined;
      throw translate(error, `describing stack ${stackId}`);
    }
  },
});
