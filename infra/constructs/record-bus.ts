import { Aws } from "aws-cdk-lib";
import { EventBus } from "aws-cdk-lib/aws-events";
import { Effect, PolicyStatement, StarPrincipal } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";

/** Name of the bus and source of everything on it. */
export const RECORD_SOURCE = "ecs-reflex";

/** The bus on which every record is published; anyone in the account may listen, nobody outside may speak. */
export class RecordBus extends Construct {
  readonly bus: EventBus;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.bus = new EventBus(this, "Bus", { eventBusName: RECORD_SOURCE, description: "Records of ecs-reflex" });
    this.bus.addToResourcePolicy(
      new PolicyStatement({
        sid: "OnlyThisAccountMayPublish",
        effect: Effect.DENY,
        principals: [new StarPrincipal()],
        actions: ["events:PutEvents"],
        resources: [this.bus.eventBusArn],
        conditions: { StringNotEquals: { "aws:PrincipalAccount": Aws.ACCOUNT_ID } },
      }),
    );
  }
}
