import { Validations } from "aws-cdk-lib";
import { type IVpc, Peer, Port, SecurityGroup } from "aws-cdk-lib/aws-ec2";
import {
  type ApplicationListener,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ListenerAction,
  ListenerCertificate,
} from "aws-cdk-lib/aws-elasticloadbalancingv2";
import { Construct } from "constructs";

export interface EntranceProps {
  readonly vpc: IVpc;
  /** ARN of an ACM certificate. @default - plain HTTP on port 80 */
  readonly certificateArn?: string | undefined;
}

/** The one load balancer that all services share; what no service claims is answered with 404. */
export class Entrance extends Construct {
  readonly listener: ApplicationListener;
  readonly loadBalancer: ApplicationLoadBalancer;

  constructor(scope: Construct, id: string, { vpc, certificateArn }: EntranceProps) {
    super(scope, id);
    const securityGroup = new SecurityGroup(this, "SecurityGroup", {
      vpc,
      description: "The shared load balancer: open to the internet, may talk to the services only",
      allowAllOutbound: false,
    });
    Validations.of(securityGroup).acknowledge({
      id: "AwsSolutions-EC23",
      reason: "The load balancer is the platform's public entrance; tasks accept traffic from it alone.",
    });
    this.loadBalancer = new ApplicationLoadBalancer(this, "LoadBalancer", {
      vpc,
      securityGroup,
      internetFacing: true,
      dropInvalidHeaderFields: true,
    });
    Validations.of(this.loadBalancer).acknowledge({
      id: "AwsSolutions-ELB2",
      reason: "Access logs need a bucket of the region's own; an account switches them on where its logs are kept.",
    });
    const notFound = ListenerAction.fixedResponse(404, { contentType: "text/plain", messageBody: "no such path" });
    securityGroup.addIngressRule(Peer.anyIpv4(), Port.tcp(80), "HTTP");
    if (certificateArn === undefined) {
      this.listener = this.loadBalancer.addListener("Http", { port: 80, open: false, defaultAction: notFound });
      return;
    }
    securityGroup.addIngressRule(Peer.anyIpv4(), Port.tcp(443), "HTTPS");
    this.loadBalancer.addListener("Http", {
      port: 80,
      open: false,
      defaultAction: ListenerAction.redirect({ protocol: "HTTPS", port: "443", permanent: true }),
    });
    this.listener = this.loadBalancer.addListener("Https", {
      port: 443,
      protocol: ApplicationProtocol.HTTPS,
      open: false,
      certificates: [ListenerCertificate.fromArn(certificateArn)],
      defaultAction: notFound,
    });
  }
}
