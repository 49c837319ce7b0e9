/** Resource types that are known by name and shape alone: nothing happens in them, but others may refer to them. */
import type { Cloud, CreatedResource, JsonObject, ResourceDeclaration } from "../contract.ts";
import type { EcsDoor } from "../neighbours.ts";
import { randomOf } from "../random.ts";

type Inert = (declaration: ResourceDeclaration, cloud: Cloud) => CreatedResource;

/** Stable hexadecimal digits of a resource: the same stack and logical id give the same. */
const digits = ({ stackName, logicalId }: ResourceDeclaration, count: number): string =>
  randomOf(stackName, logicalId, "inert").hex(count);

/** An EC2-like resource: `PREFIX-0123456789abcdef0`, with attributes made from that id. */
const ec2 =
  (prefix: string, attributes: (id: string, made: ResourceDeclaration) => Record<string, string> = () => ({})): Inert =>
  (declaration) => {
    const id = `${prefix}-${digits(declaration, 17)}`;
    return { ref: id, attributes: attributes(id, declaration) };
  };

/** A resource that others only order themselves by. */
const link: Inert = ({ generatedName }) => ({ ref: generatedName, attributes: {} });

const elb = ({ partition, region, account }: Cloud, resource: string): string =>
  `arn:${partition}:elasticloadbalancing:${region}:${account}:${resource}`;

const loadBalancer: Inert = (declaration, cloud) => {
  const { properties, generatedName } = declaration;
  const name = String(
    properties.Name ??
      generatedName
        .replaceAll(/[^A-Za-z0-9-]/g, "")
        .slice(-32)
        .replace(/^-/, ""),
  );
  const kind = properties.Type === "network" ? "net" : "app";
  const full = `${kind}/${name}/${digits(declaration, 16)}`;
  const arn = elb(cloud, `loadbalancer/${full}`);
  const dns = `${name}-${Number.parseInt(digits(declaration, 7), 16)}.${cloud.region}.elb.amazonaws.com`.toLowerCase();
  const attributes = {
    LoadBalancerArn: arn,
    LoadBalancerName: name,
    LoadBalancerFullName: full,
    DNSName: dns,
    CanonicalHostedZoneID: "Z35SXDOTRQ7X7K",
  };
  return { ref: arn, attributes };
};

/** Listener and rule ARNs repeat the path of what they belong to: CDK splits them to find the load balancer's name. */
const listener: Inert = (declaration) => {
  const parent = String(declaration.properties.LoadBalancerArn);
  const arn = `${parent.replace(":loadbalancer/", ":listener/")}/${digits(declaration, 16)}`;
  return { ref: arn, attributes: { ListenerArn: arn } };
};

const listenerRule: Inert = (declaration) => {
  const parent = String(declaration.properties.ListenerArn);
  const arn = `${parent.replace(":listener/", ":listener-rule/")}/${digits(declaration, 16)}`;
  return { ref: arn, attributes: { RuleArn: arn, IsDefault: "false" } };
};

const deregistrationDelayOf = ({ TargetGroupAttributes: attributes }: JsonObject): number | undefined => {
  const given = (Array.isArray(attributes) ? attributes : []) as readonly JsonObject[];
  const delay = given.find(({ Key }) => Key === "deregistration_delay.timeout_seconds");
  return delay === undefined ? undefined : Number(delay.Value);
};

const targetGroup: Inert = (declaration, cloud) => {
  const { properties, generatedName } = declaration;
  const name = String(
    properties.Name ??
      generatedName
        .replaceAll(/[^A-Za-z0-9-]/g, "")
        .slice(-32)
        .replace(/^-/, ""),
  );
  const full = `targetgroup/${name}/${digits(declaration, 16)}`;
  const arn = elb(cloud, full);
  const delaySeconds = deregistrationDelayOf(properties);
  // the one thing of a balancer that tasks feel here: how long they drain
  if (delaySeconds !== undefined) cloud.neighbour<EcsDoor>("ecs").setDeregistrationDelay(arn, delaySeconds);
  return { ref: arn, attributes: { TargetGroupArn: arn, TargetGroupName: name, TargetGroupFullName: full } };
};

const bucket: Inert = ({ properties, generatedName }, { partition, region }) => {
  const name = String(properties.BucketName ?? generatedName.toLowerCase());
  const attributes = {
    Arn: `arn:${partition}:s3:::${name}`,
    DomainName: `${name}.s3.amazonaws.com`,
    RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
  };
  return { ref: name, attributes };
};

const key: Inert = (declaration, { partition, region, account }) => {
  const id = randomOf(declaration.stackName, declaration.logicalId, "key").uuid();
  return { ref: id, attributes: { KeyId: id, Arn: `arn:${partition}:kms:${region}:${account}:key/${id}` } };
};

/** The explicit list. A type that is neither here nor modelled by a service cannot be started. */
export const INERT: Readonly<Record<string, Inert>> = {
  "AWS::CDK::Metadata": link,
  "AWS::EC2::EIP": (declaration) => {
    const allocation = `eipalloc-${digits(declaration, 17)}`;
    const ip = `198.51.100.${(Number.parseInt(digits(declaration, 2), 16) % 254) + 1}`;
    return { ref: ip, attributes: { AllocationId: allocation, PublicIp: ip } };
  },
  "AWS::EC2::FlowLog": ec2("fl", (id) => ({ Id: id })),
  "AWS::EC2::InternetGateway": ec2("igw", (id) => ({ InternetGatewayId: id })),
  "AWS::EC2::NatGateway": ec2("nat", (id) => ({ NatGatewayId: id })),
  "AWS::EC2::Route": link,
  "AWS::EC2::RouteTable": ec2("rtb", (id) => ({ RouteTableId: id })),
  "AWS::EC2::SecurityGroup": ec2("sg", (id, { properties }) => ({
    GroupId: id,
    Id: id,
    VpcId: String(properties.VpcId ?? ""),
  })),
  "AWS::EC2::SecurityGroupEgress": link,
  "AWS::EC2::SecurityGroupIngress": link,
  "AWS::EC2::Subnet": ec2("subnet", (id, { properties }) => ({
    SubnetId: id,
    AvailabilityZone: String(properties.AvailabilityZone ?? ""),
    CidrBlock: String(properties.CidrBlock ?? ""),
    VpcId: String(properties.VpcId ?? ""),
  })),
  "AWS::EC2::SubnetRouteTableAssociation": ec2("rtbassoc", (id) => ({ Id: id })),
  "AWS::EC2::VPC": ec2("vpc", (id, { properties }) => ({
    VpcId: id,
    CidrBlock: String(properties.CidrBlock ?? ""),
    DefaultSecurityGroup: id.replace("vpc-", "sg-"),
    DefaultNetworkAcl: id.replace("vpc-", "acl-"),
  })),
  "AWS::EC2::VPCEndpoint": ec2("vpce", (id) => ({ Id: id })),
  "AWS::EC2::VPCGatewayAttachment": link,
  "AWS::ElasticLoadBalancingV2::Listener": listener,
  "AWS::ElasticLoadBalancingV2::ListenerRule": listenerRule,
  "AWS::ElasticLoadBalancingV2::LoadBalancer": loadBalancer,
  "AWS::ElasticLoadBalancingV2::TargetGroup": targetGroup,
  "AWS::KMS::Alias": ({ properties }) => ({ ref: String(properties.AliasName), attributes: {} }),
  "AWS::KMS::Key": key,
  "AWS::S3::Bucket": bucket,
  "AWS::S3::BucketPolicy": link,
  "Custom::VpcRestrictDefaultSG": link,
};
