/** Lambda's template resources. */
import type { CreatedResource, Json, JsonObject, ResourceDeclaration, Service } from "../../contract.ts";
import { AwsError, arnOf } from "../../contract.ts";
import { functionOf } from "./functions.ts";
import { booleanOf, listOf, numberOf, objectOf, textOf } from "./reading.ts";
import type { AsynchronousSettings, EventSourceMapping, LambdaState } from "./state.ts";

type Create = Service["resources"][string];

const invalid = (logicalId: string, what: string): AwsError =>
  new AwsError("InvalidParameterValueException", `creating ${logicalId}: ${what}`);

const needed = ({ properties, logicalId }: ResourceDeclaration, key: string): string => {
  const value = textOf(properties[key]);
  if (value === undefined) throw invalid(logicalId, `${key} is missing`);
  return value;
};

/** Stable for a resource, without drawing from the cloud's randomness. */
const idOf = (text: string): string => {
  let [a, b] = [0x811c9dc5, 0x1234567];
  for (let index = 0; index < text.length; index += 1) {
    a = Math.imul(a ^ text.charCodeAt(index), 0x01000193);
    b = Math.imul(b ^ text.charCodeAt(index), 0x85ebca6b) ^ (a >>> 13);
  }
  return [a, b, a ^ (b << 7), Math.imul(a, b)].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
};

const uuidOf = (text: string): string => idOf(text).replace(/^(.{8})(.{4}).(.{3})(.{4})(.{12}).*$/, "$1-$2-4$3-$4-$5");

const destinationOf = (value: Json | undefined): string | undefined => textOf(objectOf(value).Destination);

const asynchronousOf = (properties: JsonObject, logicalId: string): Partial<AsynchronousSettings> => {
  const attempts = numberOf(properties.MaximumRetryAttempts) ?? 2;
  const ageSeconds = numberOf(properties.MaximumEventAgeInSeconds) ?? 21_600;
  if (![0, 1, 2].includes(attempts)) throw invalid(logicalId, `MaximumRetryAttempts ${attempts} is not 0, 1 or 2`);
  if (ageSeconds < 60 || ageSeconds > 21_600)
    throw invalid(logicalId, `MaximumEventAgeInSeconds ${ageSeconds} is not between 60 and 21600`);
  const destinations = objectOf(properties.DestinationConfig);
  return {
    maximumRetryAttempts: attempts,
    maximumAgeSeconds: ageSeconds,
    onFailureArn: destinationOf(destinations.OnFailure),
    onSuccessArn: destinationOf(destinations.OnSuccess),
  };
};

const mappingOf = (declaration: ResourceDeclaration, state: LambdaState, uuid: string): EventSourceMapping => {
  const { properties, logicalId } = declaration;
  const queueArn = needed(declaration, "EventSourceArn");
  if (!/^arn:[^:]+:sqs:/.test(queueArn)) throw invalid(logicalId, `event source ${queueArn} is not modelled; SQS is`);
  for (const key of ["FilterCriteria", "ProvisionedPollerConfig"])
    if (properties[key] !== undefined) throw invalid(logicalId, `${key} is not modelled`);
  const batchSize = numberOf(properties.BatchSize) ?? 10;
  const windowSeconds = numberOf(properties.MaximumBatchingWindowInSeconds) ?? 0;
  const maximumConcurrency = numberOf(objectOf(properties.ScalingConfig).MaximumConcurrency);
  const isFifo = queueArn.endsWith(".fifo");
  if (batchSize < 1 || batchSize > (isFifo ? 10 : 10_000))
    throw invalid(logicalId, `BatchSize ${batchSize} is out of range`);
  if (batchSize > 10 && windowSeconds < 1)
    throw invalid(logicalId, `BatchSize ${batchSize} needs MaximumBatchingWindowInSeconds of at least 1`);
  if (windowSeconds < 0 || windowSeconds > 300 || (isFifo && windowSeconds > 0))
    throw invalid(logicalId, `MaximumBatchingWindowInSeconds ${windowSeconds} is out of range`);
  if (maximumConcurrency !== undefined && (maximumConcurrency < 2 || maximumConcurrency > 1000))
    throw invalid(logicalId, `MaximumConcurrency ${maximumConcurrency} is not between 2 and 1000`);
  return {
    uuid,
    queueArn,
    functionName: state.find(needed(declaration, "FunctionName")).configuration.name,
    batchSize,
    windowSeconds,
    reportsItemFailures: listOf(properties.FunctionResponseTypes).includes("ReportBatchItemFailures"),
    maximumConcurrency,
    enabled: booleanOf(properties.Enabled) ?? true,
  };
};

/** A statement of a function's resource policy, as AddPermission writes it. */
const statementOf = ({ properties, logicalId }: ResourceDeclaration, arn: string): JsonObject => {
  const principal = textOf(properties.Principal) ?? "";
  const action = textOf(properties.Action);
  if (!action || !principal) throw invalid(logicalId, "Action and Principal are needed");
  const conditions: Record<string, Record<string, string>> = {};
  const add = (operator: string, key: string, value: Json | undefined): void => {
    if (value !== undefined) conditions[operator] = { ...conditions[operator], [key]: String(value) };
  };
  add("ArnLike", "AWS:SourceArn", properties.SourceArn);
  add("StringEquals", "AWS:SourceAccount", properties.SourceAccount);
  add("StringEquals", "lambda:FunctionUrlAuthType", properties.FunctionUrlAuthType);
  add("StringEquals", "aws:PrincipalOrgID", properties.PrincipalOrgID);
  add("Bool", "lambda:InvokedViaFunctionUrl", properties.InvokedViaFunctionUrl);
  return {
    Sid: logicalId,
    Effect: "Allow",
    Principal: principal === "*" ? "*" : principal.includes(".amazon") ? { Service: principal } : { AWS: principal },
    Action: action,
    Resource: arn,
    ...(Object.keys(conditions).length > 0 ? { Condition: conditions } : {}),
  };
};

/** Creators by CloudFormation type. A function without code in the assembly exists by name and is never started. */
export const lambdaResources = (state: LambdaState): Readonly<Record<string, Create>> => ({
  "AWS::Lambda::Function": (declaration, cloud) => {
    const configuration = functionOf(declaration, cloud);
    const name = configuration?.name ?? declaration.generatedName.slice(0, 64);
    if (configuration) state.functions.set(name, configuration);
    return created(name, { Arn: configuration?.arn ?? arnOf(cloud, "lambda", `function:${name}`) });
  },
  "AWS::Lambda::Version": (declaration) => {
    const { configuration } = state.find(needed(declaration, "FunctionName"));
    const version = String(state.versionsOf(configuration.name) + 1);
    const arn = state.addQualifier(configuration.name, version, version);
    return created(arn, { Version: version, FunctionArn: arn });
  },
  "AWS::Lambda::Alias": (declaration) => {
    const version = textOf(declaration.properties.FunctionVersion) ?? "$LATEST";
    const arn = state.addQualifier(needed(declaration, "FunctionName"), needed(declaration, "Name"), version);
    return created(arn, { AliasArn: arn });
  },
  "AWS::Lambda::Permission": (declaration) => {
    const functionName = needed(declaration, "FunctionName");
    // A provider's function that is not started may still be given permissions.
    if (state.has(functionName)) {
      const { arn } = state.find(functionName);
      state.addStatement(arn, statementOf(declaration, arn));
    }
    return created(declaration.logicalId, { Id: declaration.logicalId });
  },
  "AWS::Lambda::Url": (declaration, cloud) => {
    const { arn } = state.find(needed(declaration, "TargetFunctionArn"), textOf(declaration.properties.Qualifier));
    const authType = needed(declaration, "AuthType");
    if (authType !== "NONE" && authType !== "AWS_IAM") throw invalid(declaration.logicalId, `AuthType ${authType}`);
    if (declaration.properties.InvokeMode === "RESPONSE_STREAM")
      throw invalid(declaration.logicalId, "InvokeMode RESPONSE_STREAM is not modelled; BUFFERED is");
    const id = idOf(`url ${arn}`).slice(0, 32);
    const url = `https://${id}.lambda-url.${cloud.region}.on.aws/`;
    state.urls.set(id, { id, url, functionArn: arn, authType });
    return created(arn, { FunctionArn: arn, FunctionUrl: url });
  },
  "AWS::Lambda::EventInvokeConfig": (declaration) => {
    const { configuration } = state.find(needed(declaration, "FunctionName"));
    state.setAsynchronous(configuration.name, asynchronousOf(declaration.properties, declaration.logicalId));
    return created(idOf(declaration.logicalId), {});
  },
  "AWS::Lambda::EventSourceMapping": (declaration, cloud) => {
    const uuid = uuidOf(`${declaration.stackName} ${declaration.logicalId}`);
    state.mappings.push(mappingOf(declaration, state, uuid));
    return created(uuid, { Id: uuid, EventSourceMappingArn: arnOf(cloud, "lambda", `event-source-mapping:${uuid}`) });
  },
});

const created = (ref: string, attributes: Readonly<Record<string, string>>): CreatedResource => ({ ref, attributes });
