import { CfnCondition, CfnParameter, Duration, Fn, RemovalPolicy, Stack, Token } from "aws-cdk-lib";
import { Repository, TagMutability, TagStatus } from "aws-cdk-lib/aws-ecr";
import { ContainerImage, type EcrImage } from "aws-cdk-lib/aws-ecs";
import { Construct } from "constructs";

/** The tag of a service that nobody has pushed an image for; ECR never holds it. */
const NOT_RELEASED = "none";

export interface ReleasedImageProps {
  /** Name of the service and of its repository. */
  readonly name: string;
  /** Name of the stack parameter that says which tag runs. */
  readonly parameterName: string;
  /** The parameter's default. @default - `none`: deploys with an empty repository */
  readonly defaultTag?: string | undefined;
}

/** A service's repository and the tag of it that runs, as a stack parameter; until one is named the service keeps no task. */
export class ReleasedImage extends Construct {
  readonly repository: Repository;
  readonly image: EcrImage;
  /** True once a tag is named. */
  readonly isReleased: CfnCondition;

  constructor(scope: Construct, id: string, { name, parameterName, defaultTag = NOT_RELEASED }: ReleasedImageProps) {
    super(scope, id);
    this.repository = new Repository(this, "Repository", {
      repositoryName: name,
      imageScanOnPush: true,
      imageTagMutability: TagMutability.IMMUTABLE,
      emptyOnDelete: false,
      // images outlive the stack; the empty repository of a first deployment that failed does not
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      lifecycleRules: [
        {
          description: "Untagged images expire after 14 days",
          tagStatus: TagStatus.UNTAGGED,
          maxImageAge: Duration.days(14),
        },
      ],
    });
    const tag = new CfnParameter(Stack.of(this), parameterName, {
      description: `Tag of ${name} that runs, such as v1.0.0; ${NOT_RELEASED} keeps the service at zero tasks`,
      default: defaultTag,
      allowedPattern: `^(${NOT_RELEASED}|v\\d+\\.\\d+\\.\\d+([-.][0-9A-Za-z.-]+)?)$`,
      constraintDescription: `a semantic version such as v1.0.0, or ${NOT_RELEASED}; "latest" cannot be named`,
    });
    this.image = ContainerImage.fromEcrRepository(this.repository, tag.valueAsString);
    this.isReleased = new CfnCondition(this, "IsReleased", {
      expression: Fn.conditionNot(Fn.conditionEquals(tag.valueAsString, NOT_RELEASED)),
    });
  }

  /** `count` once an image is released, 0 before; `undefined` leaves the property out once released. */
  onceReleased(count: number | undefined): number {
    const released = count === undefined ? Fn.ref("AWS::NoValue") : count;
    return Token.asNumber(Fn.conditionIf(this.isReleased.logicalId, released, 0));
  }
}
