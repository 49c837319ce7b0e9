/** CloudWatch Logs: log groups by name. Lines of functions are kept by Lambda, and read at the control door. */
import { AwsError, arnOf, type Cloud, type ResourceDeclaration, type Service } from "../../contract.ts";

interface LogGroup {
  readonly name: string;
  readonly arn: string;
  readonly createdAtMs: number;
  readonly retentionInDays: number | undefined;
}

/** The service `logs`. */
export function createLogsService(cloud: Cloud): Service {
  const groups = new Map<string, LogGroup>();
  return {
    name: "logs",
    operations: {
      DescribeLogGroups: {
        needs: () => [{ action: "logs:DescribeLogGroups", resource: arnOf(cloud, "logs", "log-group:*") }],
        run: ({ logGroupNamePrefix = "", limit = 50 }) => {
          const found = [...groups.values()].filter(({ name }) => name.startsWith(String(logGroupNamePrefix)));
          return {
            logGroups: found.slice(0, Number(limit)).map(({ name, arn, createdAtMs, retentionInDays }) => ({
              logGroupName: name,
              arn: `${arn}:*`,
              creationTime: createdAtMs,
              storedBytes: 0,
              ...(retentionInDays === undefined ? {} : { retentionInDays }),
            })),
          };
        },
      },
    },
    resources: {
      "AWS::Logs::LogGroup": ({ properties, generatedName }: ResourceDeclaration) => {
        const name = String(properties.LogGroupName ?? generatedName);
        if (groups.has(name))
          throw new AwsError("ResourceAlreadyExistsException", `The specified log group already exists: ${name}`);
        const arn = arnOf(cloud, "logs", `log-group:${name}`);
        const { RetentionInDays: days } = properties;
        const retentionInDays = days === undefined ? undefined : Number(days);
        groups.set(name, { name, arn, createdAtMs: cloud.clock.now(), retentionInDays });
        return { ref: name, attributes: { Arn: `${arn}:*` } };
      },
    },
  };
}
