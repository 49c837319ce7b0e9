import { Validations } from "aws-cdk-lib";
import { IpAddresses, type IVpc, SubnetType, Vpc } from "aws-cdk-lib/aws-ec2";
import { Construct } from "constructs";

/** Two zones; tasks live in private subnets and reach the world through one NAT gateway. */
export class Network extends Construct {
  readonly vpc: IVpc;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    // CDK's classes and interfaces disagree about optional properties under exactOptionalPropertyTypes
    this.vpc = new Vpc(this, "Vpc", {
      ipAddresses: IpAddresses.cidr("10.0.0.0/16"),
      maxAzs: 2,
      natGateways: 1,
      subnetConfiguration: [
        { name: "public", subnetType: SubnetType.PUBLIC, cidrMask: 24 },
        { name: "private", subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 20 },
      ],
    }) as IVpc;
    Validations.of(this.vpc).acknowledge({
      id: "AwsSolutions-VPC7",
      reason: "Flow logs are billed by volume and belong to an account's network baseline, not to an example platform.",
    });
  }
}
