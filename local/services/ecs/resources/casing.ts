/** Template properties as API members: `TaskRoleArn` becomes `taskRoleArn`, keys of free maps stay as they are. */
import type { Json, JsonObject } from "../../../contract.ts";

/** Properties whose keys are the user's own. */
const FREE_MAPS: ReadonlySet<string> = new Set(["Options", "DockerLabels", "DriverOpts", "Labels", "HookDetails"]);
/** Properties that CloudFormation spells otherwise than by a capital first letter. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  EFSVolumeConfiguration: "efsVolumeConfiguration",
  FSxWindowsFileServerVolumeConfiguration: "fsxWindowsFileServerVolumeConfiguration",
  FilesystemId: "fileSystemId",
  IAM: "iam",
};
/** Numbers and booleans that a template may carry as text, because a parameter is a string. */
const NUMBERS: ReadonlySet<string> = new Set([
  "DesiredCount",
  "ContainerPort",
  "HostPort",
  "MemoryReservation",
  "MaximumPercent",
  "MinimumHealthyPercent",
  "BakeTimeInMinutes",
  "TimeoutInMinutes",
  "HealthCheckGracePeriodSeconds",
  "SizeInGiB",
  "StopTimeout",
  "StartTimeout",
  "StartPeriod",
  "Interval",
  "Retries",
  "Base",
  "Weight",
]);
const TRUTHS: ReadonlyMap<Json, boolean> = new Map([
  ["true", true],
  ["false", false],
]);
const BOOLEANS: ReadonlySet<string> = new Set(["Essential", "Enable", "Rollback", "ReadonlyRootFilesystem", "Enabled"]);

const memberName = (property: string): string =>
  OTHER_NAMES[property] ?? `${property.slice(0, 1).toLowerCase()}${property.slice(1)}`;

const coerced = (property: string, value: Json): Json => {
  if (NUMBERS.has(property) && typeof value === "string" && /^-?\d+$/.test(value)) return Number(value);
  if (BOOLEANS.has(property)) return TRUTHS.get(value) ?? value;
  return value;
};

const convert = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(convert);
  return typeof value === "object" && value !== null ? (asMembers(value as JsonObject) as Json) : value;
};

/** The properties of a resource as the members of an API request. */
export const asMembers = (properties: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(properties).flatMap(([property, value]) =>
      value === undefined
        ? []
        : [[memberName(property), FREE_MAPS.has(property) ? value : coerced(property, convert(value))]],
    ),
  );
