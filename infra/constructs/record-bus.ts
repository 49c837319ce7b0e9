import { Aws, CfnResource } from "aws-cdk-lib";
import { EventBus } from "aws-cdk-lib/aws-events";
import { Construct } from "constructs";

/** Name of the bus and source of everything on it. */
export const RECORD_SOURCE = "ecs-reflex";

/** The bus on which every record is published; anyone in the account may listen, nobody outside may speak. */
export class RecordBus extends Construct {
  readonly bus: EventBus;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.bus = new EventBus(this, "Bus", { eventBusName: RECORD_SOURCE, description: "Records of ecs-reflex" });
    const statementId = "OnlyThisAccountMayPublish";
    // CfnEventBusPolicy reads its own deprecated property and warns of it at every synth
    new CfnResource(this, "Policy", {
      type: "AWS::Events::EventBusPolicy",
      properties: {
        EventBusName: this.bus.eventBusName,
        StatementId: statementId,
        Statement: {
          Sid: statementId,
          Effect: "Deny",
          Principal: "*",
          Action: "events:PutEvents",
          Resource: this.bus.eventBusArn,
          Condition: { StringNotEquals: { "aws:PrincipalAccount": Aws.ACCOUNT_ID } },
        },
      },
    });
  }
}
