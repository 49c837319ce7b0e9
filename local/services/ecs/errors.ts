/** ECS's refusals, by the names and words of its API. */
import { AwsError } from "../../contract.ts";

export const clientError = (message: string): AwsError => new AwsError("ClientException", message);
export const invalidParameter = (message: string): AwsError => new AwsError("InvalidParameterException", message);
export const conflict = (message: string): AwsError => new AwsError("ConflictException", message);
export const clusterNotFound = (): AwsError => new AwsError("ClusterNotFoundException", "Cluster not found.");
export const serviceNotFound = (): AwsError => new AwsError("ServiceNotFoundException", "Service not found.");
export const serviceNotActive = (): AwsError => new AwsError("ServiceNotActiveException", "Service was not ACTIVE.");
export const serviceDeploymentNotFound = (): AwsError =>
  new AwsError("ServiceDeploymentNotFoundException", "Service deployment not found.");
export const unsupported = (message: string): AwsError => new AwsError("UnsupportedFeatureException", message);
