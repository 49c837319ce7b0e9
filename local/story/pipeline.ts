/** What a pipeline does in the story: pushes an image with the answer its scan will give, and deploys it by its tag. */
import type { JsonObject } from "../contract.ts";
import type { RunningCloud } from "../start.ts";
import { expected } from "./chapter.ts";

export const CLUSTER = "production";

/** A finished basic scan with these findings. */
export const scanWith = (...findings: readonly { readonly name: string; readonly severity: string }[]): JsonObject => ({
  imageScanStatus: { status: "COMPLETE", description: "The scan was completed successfully." },
  imageScanFindings: {
    findings: findings.map(({ name, severity }) => ({
      name,
      severity,
      attributes: [
        { key: "package_name", value: "openssl" },
        { key: "package_version", value: "3.0.1" },
      ],
    })),
  },
});

/** Fields of a described task definition that registering it again refuses. */
const DESCRIBE_ONLY = new Set([
  "taskDefinitionArn",
  "revision",
  "status",
  "requiresAttributes",
  "compatibilities",
  "registeredAt",
  "registeredBy",
]);

/** Registers the service's revision with another tag of its image and deploys it; answers the new revision's ARN. */
export const deployTag = async ({ door }: RunningCloud, service: string, tag: string): Promise<string> => {
  const { services } = await door.request("ecs", "DescribeServices", { cluster: CLUSTER, services: [service] });
  const [{ taskDefinition: running } = {}] = services as readonly JsonObject[];
  expected(typeof running === "string", `there is no service ${CLUSTER}/${service}`);
  const described = await door.request("ecs", "DescribeTaskDefinition", { taskDefinition: running ?? "" });
  const document = described.taskDefinition as JsonObject;
  const containers = (document.containerDefinitions as readonly JsonObject[]).map((container) => ({
    ...container,
    image: String(container.image).replace(/(?:@sha256:\w+|:[\w.-]+)$/, `:${tag}`),
  }));
  const fields = Object.fromEntries(Object.entries(document).filter(([field]) => !DESCRIBE_ONLY.has(field)));
  const registered = await door.request("ecs", "RegisterTaskDefinition", {
    ...fields,
    containerDefinitions: containers,
  });
  const arn = String((registered.taskDefinition as JsonObject).taskDefinitionArn);
  await door.request("ecs", "UpdateService", { cluster: CLUSTER, service, taskDefinition: arn });
  return arn;
};

/** Tags a service, as its owner does with `aws ecs tag-resource`. */
export const tagService = async (
  { door }: RunningCloud,
  arn: string,
  tags: Readonly<Record<string, string>>,
): Promise<void> => {
  const list = Object.entries(tags).map(([key, value]) => ({ key, value }));
  await door.request("ecs", "TagResource", { resourceArn: arn, tags: list });
};
