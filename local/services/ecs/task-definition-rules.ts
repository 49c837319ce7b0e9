/** What RegisterTaskDefinition refuses. Source: ECS developer guide, "task_definition_parameters". */
import type { JsonObject } from "../../contract.ts";
import { clientError } from "./errors.ts";
import { cpuUnitsOf, FARGATE_MEMORY_MIB, memoryMiBOf } from "./fargate.ts";
import { flag, structure, structures, text, texts, whole } from "./input.ts";

/** Docker 20.10 takes no less. */
const LEAST_CONTAINER_MEMORY_MIB = 6;
const MOST_BYTES = 64 * 1024;
const NAME = /^[A-Za-z0-9_-]{1,255}$/;

interface Checked {
  readonly family: string;
  readonly cpuUnits: number | undefined;
  readonly memoryMiB: number | undefined;
  readonly fargate: boolean;
}

/** Throws what AWS answers to a bad definition; else its family and size. */
export function checkTaskDefinition(input: JsonObject): Checked {
  const family = text(input, "family") ?? "";
  if (family === "") throw clientError("Family should not be null or empty.");
  if (!NAME.test(family))
    throw clientError("Family contains invalid characters. It may have letters, numbers, underscores and hyphens.");
  const containers = structures(input, "containerDefinitions") ?? [];
  if (containers.length === 0) throw clientError("Container list cannot be empty.");
  const fargate = texts(input, "requiresCompatibilities")?.includes("FARGATE") ?? false;
  const cpuUnits = sizeOf(input, "cpu", cpuUnitsOf);
  const memoryMiB = sizeOf(input, "memory", memoryMiBOf);
  if (fargate) checkFargate(input, containers, cpuUnits, memoryMiB);
  for (const container of containers) checkContainer(container, containers, memoryMiB);
  if (!containers.some((container) => flag(container, "essential") ?? true))
    throw clientError("Task definition does not have any essential container.");
  checkSums(containers, cpuUnits, memoryMiB);
  if (JSON.stringify(input).length > MOST_BYTES)
    throw clientError("Actual length: the task definition is larger than the maximum of 64 KB.");
  return { family, cpuUnits, memoryMiB, fargate };
}

function sizeOf(input: JsonObject, field: string, parse: (value: string) => number | undefined): number | undefined {
  const value = text(input, field);
  if (value === undefined) return undefined;
  const size = parse(value);
  if (size === undefined || !Number.isInteger(size) || size <= 0)
    throw clientError(`Invalid '${field}' setting for task.`);
  return size;
}

function checkFargate(
  input: JsonObject,
  containers: readonly JsonObject[],
  cpuUnits: number | undefined,
  memoryMiB: number | undefined,
): void {
  if (text(input, "networkMode") !== "awsvpc") throw clientError("Fargate only supports network mode 'awsvpc'.");
  if (cpuUnits === undefined) throw clientError("Fargate requires that 'cpu' be defined at the task level.");
  if (memoryMiB === undefined) throw clientError("Fargate requires that 'memory' be defined at the task level.");
  const sizes = FARGATE_MEMORY_MIB.get(cpuUnits);
  if (sizes === undefined)
    throw clientError(
      "Invalid 'cpu' setting for task. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.",
    );
  if (!sizes.includes(memoryMiB))
    throw clientError(
      `No Fargate configuration exists for given values: ${cpuUnits} CPU, ${memoryMiB} memory. See the Amazon ECS documentation for the valid values.`,
    );
  const gibibytes = whole(structure(input, "ephemeralStorage") ?? {}, "sizeInGiB");
  if (gibibytes !== undefined && (gibibytes < 21 || gibibytes > 200))
    throw clientError(`Invalid ephemeral storage size ${gibibytes} GiB. It must be between 21 and 200.`);
  for (const container of containers) checkFargateContainer(container, text(input, "executionRoleArn"));
}

function checkFargateContainer(container: JsonObject, executionRoleArn: string | undefined): void {
  const driver = text(structure(container, "logConfiguration") ?? {}, "logDriver");
  if (driver !== undefined && !["awslogs", "splunk", "awsfirelens"].includes(driver))
    throw clientError(`Log driver '${driver}' is not supported on Fargate.`);
  if (driver === "awslogs" && executionRoleArn === undefined)
    throw clientError("Fargate requires task definition to have execution role ARN to support log driver awslogs.");
  if (executionRoleArn === undefined && /\.dkr\.ecr\./.test(text(container, "image") ?? ""))
    throw clientError("Fargate requires task definition to have execution role ARN to support ECR images.");
  if (executionRoleArn === undefined && (structures(container, "secrets") ?? []).length > 0)
    throw clientError(
      "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
    );
  if (flag(container, "privileged"))
    throw clientError("Fargate compatible task definitions do not support privileged containers.");
  const linux = structure(container, "linuxParameters") ?? {};
  for (const field of ["maxSwap", "swappiness", "sharedMemorySize"])
    if (whole(linux, field) !== undefined)
      throw clientError(`Fargate compatible task definitions do not support linuxParameters.${field}.`);
  const stopTimeout = whole(container, "stopTimeout");
  if (stopTimeout !== undefined && (stopTimeout < 2 || stopTimeout > 120))
    throw clientError(`Invalid stopTimeout ${stopTimeout}. On Fargate it must be between 2 and 120 seconds.`);
  for (const mapping of structures(container, "portMappings") ?? []) {
    const host = whole(mapping, "hostPort");
    if (host !== undefined && host !== 0 && host !== whole(mapping, "containerPort"))
      throw clientError("When networkMode=awsvpc, the host ports and container ports in port mappings must match.");
  }
}

function checkContainer(container: JsonObject, all: readonly JsonObject[], taskMemoryMiB: number | undefined): void {
  const name = text(container, "name") ?? "";
  if (name === "") throw clientError("Container.name should not be null or empty.");
  if (!NAME.test(name)) throw clientError(`Container name ${name} contains invalid characters.`);
  if (all.filter((other) => other.name === name).length > 1)
    throw clientError(`Duplicate container name ${name} found in the task definition.`);
  if ((text(container, "image") ?? "") === "") throw clientError("Container.image should not be null or empty.");
  const memoryMiB = whole(container, "memory");
  const reservedMiB = whole(container, "memoryReservation");
  const setting = `Invalid setting for container '${name}'.`;
  if (memoryMiB === undefined && reservedMiB === undefined && taskMemoryMiB === undefined)
    throw clientError(`${setting} At least one of 'memory' or 'memoryReservation' must be specified.`);
  if (memoryMiB !== undefined && memoryMiB < LEAST_CONTAINER_MEMORY_MIB)
    throw clientError(`${setting} 'memory' must be at least ${LEAST_CONTAINER_MEMORY_MIB} MiB.`);
  if (memoryMiB !== undefined && reservedMiB !== undefined && memoryMiB <= reservedMiB)
    throw clientError(`${setting} 'memory' must be greater than 'memoryReservation'.`);
  const check = structure(container, "healthCheck");
  if (check !== undefined && (texts(check, "command") ?? []).length === 0)
    throw clientError(`${setting} 'healthCheck.command' cannot be empty.`);
  for (const dependency of structures(container, "dependsOn") ?? []) {
    const on = text(dependency, "containerName") ?? "";
    if (!all.some((other) => other.name === on))
      throw clientError(`${setting} Container '${on}' in dependsOn does not exist in the task definition.`);
  }
}

function checkSums(
  containers: readonly JsonObject[],
  cpuUnits: number | undefined,
  memoryMiB: number | undefined,
): void {
  const sum = (amount: (container: JsonObject) => number | undefined): number =>
    containers.reduce((total, container) => total + (amount(container) ?? 0), 0);
  const hard = sum((container) => whole(container, "memory") ?? whole(container, "memoryReservation"));
  if (memoryMiB !== undefined && hard > memoryMiB)
    throw clientError(
      `Total memory of the containers (${hard} MiB) is greater than the memory of the task (${memoryMiB} MiB).`,
    );
  const cpu = sum((container) => whole(container, "cpu"));
  if (cpuUnits !== undefined && cpu > cpuUnits)
    throw clientError(`Total cpu of the containers (${cpu}) is greater than the cpu of the task (${cpuUnits}).`);
}
