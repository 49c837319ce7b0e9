/** What functions write: kept by function, and read for metrics in the embedded metric format. */
import type { Cloud, JsonObject, Principal } from "../../contract.ts";
import { arnOf } from "../../contract.ts";
import type { CallsDoor, CloudWatchDoor } from "../../neighbours.ts";
import type { FunctionConfiguration } from "./functions.ts";
import { listOf, objectOf, textOf } from "./reading.ts";

const linesKept = 5000;

/** One metric value read from a log line. */
interface EmbeddedMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
  readonly unit: string | undefined;
}

const dimensionsOf = (line: JsonObject, names: unknown): Record<string, string> =>
  Object.fromEntries((Array.isArray(names) ? names : []).map((name) => [String(name), String(line[String(name)])]));

/** Metrics of one line; none when it is not in the format. Source: CloudWatch, "Embedded metric format specification". */
function embeddedMetrics(text: string): readonly EmbeddedMetric[] {
  if (!text.startsWith("{") || !text.includes('"CloudWatchMetrics"')) return [];
  const line = parsed(text);
  return listOf(objectOf(line._aws).CloudWatchMetrics).flatMap((entry) => {
    const directive = objectOf(entry);
    const namespace = textOf(directive.Namespace) ?? "aws-embedded-metrics";
    const sets = listOf(directive.Dimensions);
    return (sets.length > 0 ? sets : [[]]).flatMap((names) =>
      listOf(directive.Metrics).flatMap((each) => {
        const { Name, Unit } = objectOf(each);
        const name = textOf(Name) ?? "";
        const values = line[name];
        const dimensions = dimensionsOf(line, names);
        return (Array.isArray(values) ? values : [values]).flatMap((value) =>
          typeof value === "number" ? [{ namespace, name, dimensions, value, unit: textOf(Unit) }] : [],
        );
      }),
    );
  });
}

const parsed = (text: string): JsonObject => {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return {};
  }
};

/** Log lines by function, the last ones of each. Without permission to write logs a function's lines and metrics are lost, as on AWS. */
export class Output {
  readonly #cloud: Cloud;
  readonly #lines = new Map<string, string[]>();
  readonly #mayWrite = new Map<string, boolean>();

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
  }

  add(configuration: FunctionConfiguration, line: string): void {
    if (!this.#isWritable(configuration)) return;
    const lines = this.#lines.get(configuration.name) ?? [];
    this.#lines.set(configuration.name, lines);
    lines.push(line);
    if (lines.length > 2 * linesKept) lines.splice(0, linesKept);
    for (const { namespace, name, dimensions, value, unit } of embeddedMetrics(line))
      this.#cloud.neighbour<CloudWatchDoor>("cloudwatch").put(namespace, name, dimensions, value, unit);
  }

  of(functionName: string): readonly string[] {
    return this.#lines.get(functionName)?.slice(-linesKept) ?? [];
  }

  #isWritable({ name, roleArn, logGroup }: FunctionConfiguration): boolean {
    const known = this.#mayWrite.get(name);
    if (known !== undefined) return known;
    const principal: Principal = { kind: "role", roleArn, sessionName: name, functionName: name };
    const resource = arnOf(this.#cloud, "logs", `log-group:${logGroup}:log-stream:local`);
    const calls = this.#cloud.neighbour<CallsDoor>("calls");
    const allowed = ["CreateLogStream", "PutLogEvents"].every((operation) =>
      calls.check(principal, "logs", operation, [{ action: `logs:${operation}`, resource }]),
    );
    this.#mayWrite.set(name, allowed);
    if (!allowed) this.#cloud.say(`function ${name} may not write to ${logGroup}: its log lines and metrics are lost`);
    return allowed;
  }
}
