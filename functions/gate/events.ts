/** The events that wake the gate, as far as it reads them. Unknown fields pass. */
import * as v from "valibot";
import { parseArn, parseServiceArn } from "#shared/domain/arn.ts";
import type { InspectorWord } from "#shared/domain/finding.ts";
import type { ServiceRef } from "#shared/domain/service.ts";

const text = v.pipe(v.string(), v.minLength(1));
const digest = v.pipe(v.string(), v.startsWith("sha256:"));

/** `ECR Image Scan` and `Inspector2 Scan`: its counts are not trusted, the findings are read. */
export const ScanFinished = v.object({
  account: text,
  region: text,
  detail: v.object({ "repository-name": text, "image-digest": digest }),
});
export type ScanFinished = v.InferOutput<typeof ScanFinished>;

const ContainerImage = v.object({
  imageHash: digest,
  registry: text,
  repositoryName: text,
});

/** `Inspector2 Finding`, of whatever resource. */
export const FindingChanged = v.object({
  time: v.pipe(v.string(), v.isoTimestamp()),
  detail: v.object({
    resources: v.array(v.object({ details: v.optional(v.object({ awsEcrContainerImage: v.optional(v.unknown()) })) })),
    packageVulnerabilityDetails: v.optional(v.unknown()),
    epss: v.optional(v.unknown()),
    exploitAvailable: v.optional(v.unknown()),
    exploitabilityDetails: v.optional(v.unknown()),
  }),
});
export type FindingChanged = v.InferOutput<typeof FindingChanged>;

/** `ECS Hook State Change` of a hook that waits. */
export const HookWaits = v.object({
  time: text,
  detail: v.object({
    eventName: text,
    hookId: text,
    hookType: text,
    lifecycleStage: text,
    clusterArn: text,
    serviceArn: text,
    serviceDeploymentArn: text,
  }),
});
export type HookWaits = v.InferOutput<typeof HookWaits>;

/** `ECS Deployment State Change`: names its service in `resources` alone. */
export const DeploymentChanged = v.object({
  resources: v.pipe(v.array(v.string()), v.minLength(1)),
  detail: v.object({ eventName: text, deploymentId: text, reason: v.optional(v.string()) }),
});
export type DeploymentChanged = v.InferOutput<typeof DeploymentChanged>;

/** An image of a private registry. */
export interface RepositoryImage {
  readonly registryId: string;
  readonly repository: string;
  readonly digest: string;
}

/** A vulnerability, upper case, and what Inspector said of it. */
export interface SaidOfVulnerability {
  readonly vulnerability: string;
  readonly word: InspectorWord;
}

/** The image that a scan event is about; Inspector names the repository by its ARN, ECR by its name. */
export const scannedImage = ({ account, detail }: ScanFinished): RepositoryImage => {
  const name = detail["repository-name"];
  const arn = parseArn(name);
  return {
    registryId: arn?.account ?? account,
    repository: arn === undefined ? name : arn.resource.slice("repository/".length),
    digest: detail["image-digest"],
  };
};

/** The images that a finding is about. */
export const foundImages = ({ detail }: FindingChanged): readonly RepositoryImage[] =>
  detail.resources.flatMap(({ details }) => {
    const image = details?.awsEcrContainerImage;
    if (!v.is(ContainerImage, image)) return [];
    return [{ registryId: image.registry, repository: image.repositoryName, digest: image.imageHash }];
  });

const Vulnerability = v.object({ vulnerabilityId: v.pipe(v.string(), v.regex(/^[\w:.-]{3,128}$/)) });
const Epss = v.object({ score: v.pipe(v.number(), v.minValue(0), v.maxValue(1)) });
const Exploitability = v.object({ lastKnownExploitAt: text });

/** What a finding says of its vulnerability beyond the image it is about; undefined when it says nothing. */
export function saidOfVulnerability({ time, detail }: FindingChanged): SaidOfVulnerability | undefined {
  const { packageVulnerabilityDetails: of, epss, exploitAvailable, exploitabilityDetails } = detail;
  if (!v.is(Vulnerability, of)) return undefined;
  const isSeen = v.is(Exploitability, exploitabilityDetails);
  const word = {
    ...(v.is(Epss, epss) && { epss: epss.score }),
    ...((isSeen || exploitAvailable === "YES" || exploitAvailable === "NO") && {
      hasExploit: isSeen || exploitAvailable === "YES",
    }),
  };
  if (Object.keys(word).length === 0) return undefined;
  return { vulnerability: of.vulnerabilityId.toUpperCase(), word: { saidAt: new Date(time).toISOString(), ...word } };
}

/** The ledger's item of one deployment: what is decided about it never waits for another plan of the service. */
export const subjectOf = (service: ServiceRef, what: string): ServiceRef => ({
  ...service,
  arn: `${service.arn}#${what}`,
});

/** The service that a deployment event is about. */
export const deployedService = ({ resources }: DeploymentChanged): ServiceRef | undefined =>
  parseServiceArn(resources[0] ?? "");

/** Text of ECS in the reason of a deployment that goes back. Source: ECS service deployment events. */
export const isRollback = ({ detail }: DeploymentChanged): boolean => /rolling back to/i.test(detail.reason ?? "");
