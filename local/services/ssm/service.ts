/** The SSM parameter store: parameters from templates, and reading them. */
import { AwsError, type Cloud, type JsonObject, type ResourceDeclaration, type Service } from "../../contract.ts";
import type { SsmDoor } from "../../neighbours.ts";

interface Parameter {
  readonly name: string;
  readonly arn: string;
  readonly type: string;
  readonly value: string;
  readonly modifiedAtMs: number;
}

/** The service `ssm`, with the version that `cdk bootstrap` leaves in every account. */
export function createSsmService(cloud: Cloud): Service {
  const parameters = new Map<string, Parameter>();
  const arnOfName = (name: string): string =>
    `arn:${cloud.partition}:ssm:${cloud.region}:${cloud.account}:parameter${name.startsWith("/") ? "" : "/"}${name}`;
  const put = (name: string, type: string, value: string): void => {
    parameters.set(name, { name, arn: arnOfName(name), type, value, modifiedAtMs: cloud.clock.now() });
  };
  put("/cdk-bootstrap/hnb659fds/version", "String", "30");

  const door: SsmDoor = { value: (name) => parameters.get(name)?.value };
  cloud.expose("ssm", door);

  const nameIn = (input: JsonObject): string => {
    if (typeof input.Name !== "string" || input.Name === "")
      throw new AwsError(
        "ValidationException",
        "1 validation error detected: Value at 'name' failed to satisfy constraint: Member must not be null",
      );
    return input.Name.startsWith("arn:") ? input.Name.replace(/^.*:parameter/, "") : input.Name;
  };
  const written = ({ name, arn, type, value, modifiedAtMs }: Parameter): JsonObject => ({
    ARN: arn,
    DataType: "text",
    LastModifiedDate: modifiedAtMs / 1000,
    Name: name,
    Type: type,
    Value: value,
    Version: 1,
  });

  return {
    name: "ssm",
    operations: {
      GetParameter: {
        needs: (input) => [{ action: "ssm:GetParameter", resource: arnOfName(nameIn(input)) }],
        run: (input) => {
          const parameter = parameters.get(nameIn(input));
          if (!parameter) throw new AwsError("ParameterNotFound", "");
          return { Parameter: written(parameter) };
        },
      },
      GetParameters: {
        needs: ({ Names = [] }) =>
          (Names as readonly string[]).map((name) => ({ action: "ssm:GetParameters", resource: arnOfName(name) })),
        run: ({ Names = [] }) => {
          const names = Names as readonly string[];
          return {
            Parameters: names.flatMap((name) => parameters.get(name) ?? []).map(written),
            InvalidParameters: names.filter((name) => !parameters.has(name)),
          };
        },
      },
    },
    resources: {
      "AWS::SSM::Parameter": ({ properties, generatedName }: ResourceDeclaration) => {
        const name = String(properties.Name ?? generatedName);
        put(name, String(properties.Type), String(properties.Value));
        return { ref: name, attributes: { Type: String(properties.Type), Value: String(properties.Value) } };
      },
    },
  };
}
