/** Waivers and promotions as the document writes them. */
import * as v from "valibot";
import type { Waiver } from "#shared/domain/waiver.ts";
import { strictly } from "./block.ts";

const GLOB = /^[\w*.:+@/-]{1,255}$/;
const NAME = "a name, where * stands for any text without a slash";

const glob = v.pipe(v.string(`must be ${NAME}`), v.regex(GLOB, `must be ${NAME}`));
const sentence = (what: string) => {
  const message = `must say ${what} in 3 to 500 characters`;
  return v.pipe(v.string(message), v.trim(), v.minLength(3, message), v.maxLength(500, message));
};

const DAY = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z)?$/;
const END = "must be the last day, such as 2027-01-31, or an instant such as 2027-01-31T12:00:00Z";

/** A day holds to its end in UTC. */
const lastInstant = v.pipe(
  v.string(END),
  v.regex(DAY, END),
  v.transform((text) => (text.includes("T") ? text : `${text}T23:59:59.999Z`)),
  v.check((text) => !Number.isNaN(Date.parse(text)), END),
);

/** One waiver; every one has an owner, a reason and an end. */
export const WaiverEntry = v.pipe(
  strictly("a waiver", {
    finding: glob,
    package: v.optional(glob),
    repository: v.optional(glob),
    service: v.optional(glob),
    environment: v.optional(glob),
    reason: sentence("why"),
    owner: sentence("whose it is"),
    expires: lastInstant,
  }),
  v.transform(
    ({ finding, reason, owner, expires, package: name, repository, service, environment }): Waiver => ({
      finding,
      scope: {
        ...(name !== undefined && { package: name }),
        ...(repository !== undefined && { repository }),
        ...(service !== undefined && { service }),
        ...(environment !== undefined && { environment }),
      },
      reason,
      owner,
      expiresAt: expires,
      origin: "configuration",
    }),
  ),
);

export const Waivers = v.nullish(v.array(WaiverEntry, "must be a list of waivers"), []);

/** Which tags of a repository are deployed to which service once their scan has passed. */
export interface Promotion {
  readonly repository: string;
  /** `semver`, or a glob such as `release-*`. */
  readonly tags: string;
  /** `CLUSTER/SERVICE`, one. */
  readonly service: string;
  /** The container that gets the image; the one that runs this repository when not named. */
  readonly container?: string | undefined;
}

const SERVICE = /^[\w-]{1,255}\/[\w-]{1,255}$/;
const TAGS = "must be semver or a pattern such as release-* that cannot match latest";

const promotion = strictly("a promotion", {
  repository: glob,
  tags: v.pipe(
    v.string(TAGS),
    v.regex(/^[\w*.-]{1,128}$/, TAGS),
    v.check((tags) => tags !== "latest" && !/^\*+$/.test(tags), TAGS),
  ),
  service: v.pipe(v.string("must be CLUSTER/SERVICE"), v.regex(SERVICE, "must be CLUSTER/SERVICE, one service")),
  container: v.optional(glob),
});

export const Promotions = v.nullish(v.array(promotion, "must be a list of promotions"), []);
