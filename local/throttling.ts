/** API rate limits per account and Region, as token buckets on virtual time. */

interface Limit {
  readonly burst: number;
  readonly refillPerSecond: number;
  readonly operations: readonly string[];
}

/**
 * ECS: developer guide, "Request throttling for the Amazon ECS API". CloudWatch: user guide, "CloudWatch service quotas",
 * which names a rate and no burst: one second's worth is taken.
 */
const LIMITS: Readonly<Record<string, readonly Limit[]>> = {
  ecs: [
    limit(20, 1, "RegisterTaskDefinition", "DeregisterTaskDefinition", "DeleteTaskDefinitions"),
    limit(50, 20, "DescribeTaskDefinition", "ListTaskDefinitions", "ListTaskDefinitionFamilies"),
    limit(50, 5, "CreateService", "UpdateService", "DeleteService"),
    limit(100, 20, "DescribeServices", "ListServices", "ListServicesByNamespace"),
    limit(
      50,
      20,
      "DescribeServiceDeployments",
      "ListServiceDeployments",
      "StopServiceDeployment",
      "ContinueServiceDeployment",
    ),
    limit(50, 20, "DescribeServiceRevisions"),
    limit(100, 20, "DescribeTasks", "ListTasks"),
    limit(100, 40, "RunTask", "StartTask", "StopTask"),
    limit(200, 80, "GetTaskProtection", "UpdateTaskProtection"),
    limit(50, 20, "DescribeClusters", "ListClusters"),
    limit(20, 10, "TagResource", "UntagResource", "ListTagsForResource"),
  ],
  cloudwatch: [
    limit(500, 500, "GetMetricData"),
    limit(400, 400, "GetMetricStatistics"),
    limit(9, 9, "DescribeAlarms"),
    limit(3, 3, "PutMetricAlarm"),
    limit(500, 500, "PutMetricData"),
  ],
};

function limit(burst: number, refillPerSecond: number, ...operations: readonly string[]): Limit {
  return { burst, refillPerSecond, operations };
}

interface Bucket {
  readonly limit: Limit;
  tokens: number;
  atMs: number;
}

/** The account's buckets; they start full. */
export class Throttling {
  readonly #buckets = new Map<string, Bucket>();

  constructor(nowMs: number) {
    for (const [service, limits] of Object.entries(LIMITS))
      for (const each of limits) {
        const bucket = { limit: each, tokens: each.burst, atMs: nowMs };
        for (const operation of each.operations) this.#buckets.set(`${service}:${operation}`, bucket);
      }
  }

  /** Takes a token of the operation's bucket; false when there is none. Operations without a published limit pass. */
  admits(service: string, operation: string, nowMs: number): boolean {
    const bucket = this.#buckets.get(`${service}:${operation}`);
    if (!bucket) return true;
    const { burst, refillPerSecond } = bucket.limit;
    bucket.tokens = Math.min(burst, bucket.tokens + ((nowMs - bucket.atMs) / 1000) * refillPerSecond);
    bucket.atMs = nowMs;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }
}
