/** Task definitions: the words we read of them, and how one becomes the next without losing anything. */
import { parseTaskDefinitionArn } from "./arn.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import type { Architecture } from "./price.ts";
import type { TaskSize } from "./service.ts";
import type { ContainerLimits } from "./step.ts";
import { type Tags, tagList } from "./tags.ts";

export interface ContainerDefinition {
  readonly name: string;
  readonly image: string;
  readonly isEssential: boolean;
  /** The hard limit: the container is killed above it. Absent: the task's memory is its limit. */
  readonly memoryMiB: number | undefined;
  /** The soft limit, below the hard one. */
  readonly memoryReservationMiB: number | undefined;
}

export interface TaskDefinition {
  readonly arn: string;
  readonly family: string;
  readonly revision: number;
  readonly status: string;
  /** Undefined outside Fargate, where a task need not have a size. */
  readonly size: TaskSize | undefined;
  readonly networkMode: string | undefined;
  readonly requiresFargate: boolean;
  readonly isWindows: boolean;
  readonly architecture: Architecture;
  readonly containers: readonly ContainerDefinition[];
  readonly roles: { readonly task: string | undefined; readonly execution: string | undefined };
  readonly tags: Tags;
  /** The `taskDefinition` of DescribeTaskDefinition's answer, whole. */
  readonly document: JsonObject;
}

/** Fields that DescribeTaskDefinition answers and RegisterTaskDefinition refuses. Source: SDK shapes of client-ecs 3.1164. */
export const DESCRIBE_ONLY_FIELDS = [
  "taskDefinitionArn",
  "revision",
  "status",
  "requiresAttributes",
  "compatibilities",
  "registeredAt",
  "registeredBy",
  "deregisteredAt",
  "deleteRequestedAt",
] as const;

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const list = (value: JsonValue | undefined): readonly JsonValue[] => (Array.isArray(value) ? value : []);
const text = (value: JsonValue | undefined): string | undefined => (typeof value === "string" ? value : undefined);
const number = (value: JsonValue | undefined): number | undefined => (typeof value === "number" ? value : undefined);
const whole = (value: JsonValue | undefined): number | undefined =>
  /^\d+$/.test(text(value) ?? "") ? Number(value) : undefined;

const containerOf = (value: JsonValue): readonly ContainerDefinition[] =>
  isObject(value) && typeof value.name === "string"
    ? [
        {
          name: value.name,
          image: text(value.image) ?? "",
          isEssential: value.essential !== false,
          memoryMiB: number(value.memory),
          memoryReservationMiB: number(value.memoryReservation),
        },
      ]
    : [];

function sizeOf(document: JsonObject): TaskSize | undefined {
  const [cpuUnits, memoryMiB] = [whole(document.cpu), whole(document.memory)];
  return cpuUnits === undefined || memoryMiB === undefined ? undefined : { cpuUnits, memoryMiB };
}

/** The task definition that a describe answer tells of; undefined when its ARN names no revision. */
export function taskDefinitionOf(document: JsonObject, tags: Tags): TaskDefinition | undefined {
  const arn = text(document.taskDefinitionArn) ?? "";
  const name = parseTaskDefinitionArn(arn);
  if (name === undefined) return undefined;
  const platform = isObject(document.runtimePlatform) ? document.runtimePlatform : {};
  return {
    arn,
    ...name,
    status: text(document.status) ?? "",
    size: sizeOf(document),
    networkMode: text(document.networkMode),
    requiresFargate: list(document.requiresCompatibilities).includes("FARGATE"),
    isWindows: text(platform.operatingSystemFamily)?.startsWith("WINDOWS") ?? false,
    architecture: platform.cpuArchitecture === "ARM64" ? "ARM64" : "X86_64",
    containers: list(document.containerDefinitions).flatMap(containerOf),
    roles: { task: text(document.taskRoleArn), execution: text(document.executionRoleArn) },
    tags,
    document,
  };
}

/** What a new revision may change; everything else stays as it is. */
export interface RevisionChange {
  readonly size?: TaskSize;
  readonly containers?: readonly ContainerLimits[];
  /** Image references by container name. */
  readonly pins?: Readonly<Record<string, string>>;
}

function revisedContainer(container: JsonValue, { containers = [], pins = {} }: RevisionChange): JsonValue {
  if (!isObject(container)) return container;
  const limits = containers.find(({ name }) => name === container.name);
  const image = Object.entries(pins).find(([name]) => name === container.name)?.[1];
  return {
    ...container,
    ...(image === undefined ? {} : { image }),
    ...(limits?.memoryMiB === undefined ? {} : { memory: limits.memoryMiB }),
    ...(limits?.memoryReservationMiB === undefined ? {} : { memoryReservation: limits.memoryReservationMiB }),
  };
}

/**
 * The input of RegisterTaskDefinition that copies a described revision with these changes, its tags beside it.
 * Known describe-only fields are taken out rather than known fields picked, so that fields newer than this survive.
 */
export function revised(document: JsonObject, change: RevisionChange, tags: Tags = {}): JsonObject {
  const describeOnly: ReadonlySet<string> = new Set(DESCRIBE_ONLY_FIELDS);
  const kept = Object.fromEntries(Object.entries(document).filter(([field]) => !describeOnly.has(field)));
  const tagged = tagList(tags);
  return {
    ...kept,
    ...(change.size ? { cpu: String(change.size.cpuUnits), memory: String(change.size.memoryMiB) } : {}),
    containerDefinitions: list(document.containerDefinitions).map((container) => revisedContainer(container, change)),
    ...(tagged.length === 0 ? {} : { tags: tagged }),
  };
}
