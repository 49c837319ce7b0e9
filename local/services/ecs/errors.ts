/** ECS's refusals, by the names and words of its API. */
import { AwsError } from "../../contract.ts";

/** The caller asked for something that cannot be. */
export const clientError = (message: string): AwsError => new AwsError("ClientException", message);
/** A parameter is not valid. */
export const invalidParameter = (message: string): AwsError => new AwsError("InvalidParameterException", message);
/** The resource is in a state that does not allow it. */
export const conflict = (message: string): AwsError => new AwsError("ConflictException", message);
/** There is no such cluster. */
export const clusterNotFound = (): AwsError => new AwsError("ClusterNotFoundException", "Cluster not found.");
/** There is no such service. */
export const serviceNotFound = (): AwsError => new AwsError("ServiceNotFoundException", "Service not found.");
/** The service is being deleted, or was. */
export const serviceNotActive = (): AwsError => new AwsError("ServiceNotActiveException", "Service was not ACTIVE.");
/** There is no such service deployment. */
export const serviceDeploymentNotFound = (): AwsError =>
  new AwsError("ServiceDeploymentNotFoundException", "Service deployment not found.");
