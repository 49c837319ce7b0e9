/** Which services the configuration lets follow a queue, and which of them cannot. */
import { resolveSettings } from "#shared/config/resolve.ts";
import type { Config } from "#shared/config/schema.ts";
import { promiseWarnings } from "./promise.ts";
import type { Refusal } from "./reasons.ts";
import type { ScaleSettings } from "./settings.ts";

/** A service and its queue, as the document has them. */
export interface Enrolment {
  /** CLUSTER/SERVICE. */
  readonly service: string;
  readonly cluster: string;
  readonly name: string;
  readonly queueName: string;
  readonly tickSeconds: number;
  readonly latencySeconds: number;
  readonly workerReports: boolean;
  readonly refusal: Refusal | undefined;
}

interface Named {
  readonly service: string;
  readonly cluster: string;
  readonly name: string;
  readonly queues: readonly string[];
}

const refusalOf = ({ service, cluster, queues }: Named, config: Config, all: readonly Named[]): Refusal | undefined => {
  const { scale } = resolveSettings(config, split(service)).settings;
  if (!config.clusters.includes(cluster)) return "cluster-unknown";
  if (queues.length > 1) return "several-queues";
  if (queues.some((queue) => queue.endsWith(".fifo"))) return "fifo-queue";
  if (all.some((other) => other.service !== service && other.queues.some((queue) => queues.includes(queue))))
    return "shared-queue";
  return scale.min > scale.max ? "minimum-above-maximum" : undefined;
};

const split = (service: string) => {
  const [cluster = "", name = ""] = service.split("/");
  return { cluster, name };
};

/** The services that the document names with a queue; none is ever meant by not being named. */
export const enrolmentsOf = (config: Config): readonly Enrolment[] => {
  const all = Object.keys(config.services)
    .filter((service) => !service.includes("*"))
    .map((service): Named => {
      const { queueName } = resolveSettings(config, split(service)).settings.scale;
      return { service, ...split(service), queues: queueName.split(/[, ]+/).filter(Boolean) };
    })
    .filter(({ queues }) => queues.length > 0);
  return all.map((named) => {
    const { tickSeconds, latencySeconds, workerReports } = resolveSettings(config, named).settings.scale;
    const { service, cluster, name } = named;
    const [queueName = ""] = named.queues;
    const refusal = refusalOf(named, config, all);
    return { service, cluster, name, queueName, tickSeconds, latencySeconds, workerReports, refusal };
  });
};

/** What the policy is told of a service's settings, for no tag and no target of anybody. */
export const policySettings = (
  scale: ReturnType<typeof resolveSettings>["settings"]["scale"],
  bounds: { readonly min: number; readonly max: number } = scale,
): ScaleSettings => ({
  latencySeconds: scale.latencySeconds,
  percentile: scale.percentile,
  min: bounds.min,
  max: bounds.max,
  ...(scale.secondsPerMessage > 0 && { secondsPerMessage: scale.secondsPerMessage }),
  slotsPerTask: scale.slotsPerTask,
  tickSeconds: scale.tickSeconds,
  startSeconds: { median: scale.startMedianSeconds, p95: scale.startP95Seconds },
});

/** What a reader of the configuration should know before anything is deployed: services that cannot be followed as promised. */
export const enrolmentWarnings = (config: Config): readonly { readonly service: string; readonly reason: string }[] =>
  enrolmentsOf(config).flatMap(({ service, refusal }): readonly { service: string; reason: string }[] => {
    if (refusal) return [{ service, reason: refusal }];
    const { scale } = resolveSettings(config, split(service)).settings;
    return promiseWarnings(policySettings(scale)).map((reason) => ({ service, reason }));
  });
