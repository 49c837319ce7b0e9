import { Validations } from "aws-cdk-lib";
import type { Repository } from "aws-cdk-lib/aws-ecr";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";

export interface TaskRolesProps {
  /** IAM path of both roles; the automation may pass roles of this path and no others. */
  readonly path: string;
  readonly repository: Repository;
}

/** The two roles of a service: one pulls (and logs, by the log driver's grant) for it, the other is the application's own. */
export class TaskRoles extends Construct {
  readonly execution: Role;
  readonly task: Role;

  constructor(scope: Construct, id: string, { path, repository }: TaskRolesProps) {
    super(scope, id);
    const assumedBy = new ServicePrincipal("ecs-tasks.amazonaws.com");
    this.task = new Role(this, "Task", { assumedBy, path, description: "What the application may do" });
    this.execution = new Role(this, "Execution", { assumedBy, path, description: "Pulls the image and writes logs" });
    repository.grantPull(this.execution);
    Validations.of(this.execution).acknowledge({
      id: "AwsSolutions-IAM5[Resource::*]",
      reason: "ecr:GetAuthorizationToken is granted for the whole registry; IAM does not limit it to a repository.",
    });
  }
}
