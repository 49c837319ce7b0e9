/** The one schema of the configuration: the YAML at synth, the same as JSON in the function. */
import * as v from "valibot";
import type { Waiver } from "#shared/domain/waiver.ts";
import { blockSchema, type PartOf, strictly } from "./block.ts";
import { blocks } from "./blocks.ts";
import { type Promotion, Promotions, Waivers } from "./waivers.ts";

const { brakes, limits, account, slack, oom, gate, scale } = blocks;

const NAME = /^[\w-]{1,255}$/;
const SERVICES = /^[\w*-]{1,255}\/[\w*-]{1,255}$/;

const clusters = v.pipe(
  v.array(
    v.pipe(v.string("must be a cluster's name"), v.regex(NAME, "must be a cluster's name")),
    "must be a list of cluster names",
  ),
  v.minLength(1, "must name at least one cluster: an empty list never means all"),
);

const ofService = {
  brakes: blockSchema(brakes, "named"),
  limits: blockSchema(limits, "named"),
  slack: blockSchema(slack, "named"),
  oom: blockSchema(oom, "named"),
  gate: blockSchema(gate, "named"),
  scale: blockSchema(scale, "named"),
};

/** A queue belongs to one service, so only a service's own block may name one. */
const namesNoQueue = v.check<PartOf<typeof scale>, string>(
  ({ queueName = "" }) => queueName === "",
  "may not name a queue for many services: say queueName under services: with the full CLUSTER/SERVICE",
);

const services = v.pipe(
  v.record(
    v.pipe(v.string(), v.regex(SERVICES, "must be CLUSTER/SERVICE, where * stands for any text")),
    strictly("a service's block", ofService),
    "must be blocks by CLUSTER/SERVICE",
  ),
  v.check(
    (blocks) => Object.entries(blocks).every(([name, { scale }]) => !name.includes("*") || !scale.queueName),
    "may not name a queue for many services: scale.queueName needs a CLUSTER/SERVICE without *",
  ),
);

const document = {
  clusters: v.optional(clusters, ["production"]),
  brakes: blockSchema(brakes, "all"),
  limits: blockSchema(limits, "all"),
  account: blockSchema(account, "all"),
  slack: blockSchema(slack, "all"),
  oom: blockSchema(oom, "all"),
  gate: blockSchema(gate, "all"),
  scale: v.pipe(blockSchema(scale, "all"), namesNoQueue),
  waivers: Waivers,
  promotions: Promotions,
  services: v.nullish(services, {}),
};

export interface ServiceBlock {
  readonly brakes: PartOf<typeof brakes>;
  readonly limits: PartOf<typeof limits>;
  readonly slack: PartOf<typeof slack>;
  readonly oom: PartOf<typeof oom>;
  readonly gate: PartOf<typeof gate>;
  readonly scale: PartOf<typeof scale>;
}

/** The document, checked: what it says, without the defaults, so that origins can be told. */
export interface Config extends ServiceBlock {
  /** Names of the clusters whose services are looked after. */
  readonly clusters: readonly string[];
  readonly account: PartOf<typeof account>;
  readonly waivers: readonly Waiver[];
  readonly promotions: readonly Promotion[];
  /** What differs for named services, by glob; where several match, the later wins. */
  readonly services: Readonly<Record<string, ServiceBlock>>;
}

export const Config: v.GenericSchema<unknown, Config> = strictly("a document", document);
