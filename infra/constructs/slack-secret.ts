import { SecretValue, Validations } from "aws-cdk-lib";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";

/** Name of the secret; what needs it asks for it by this name. */
export const SLACK_SECRET_NAME = "ecs-reflex/slack";

/** Where an operator puts Slack's token and signing secret; empty means that Slack is not connected yet. */
export class SlackSecret extends Construct {
  readonly secret: Secret;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.secret = new Secret(this, "Secret", {
      secretName: SLACK_SECRET_NAME,
      description: "Slack's botToken and signingSecret; while they are empty, messages wait in the ledger",
      secretObjectValue: {
        botToken: SecretValue.unsafePlainText(""),
        signingSecret: SecretValue.unsafePlainText(""),
      },
    });
    Validations.of(this.secret).acknowledge({
      id: "AwsSolutions-SMG4",
      reason: "Slack issues its tokens itself and offers no rotation call; docs/deploy.md says how to replace one.",
    });
  }
}
