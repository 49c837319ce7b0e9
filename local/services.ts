/** All emulated services, in the order in which they are created and started. */
import type { Cloud, Service } from "./contract.ts";
import { createIamService } from "./services/iam/service.ts";

const ALL: readonly ((cloud: Cloud) => Service)[] = [createIamService];

/** Creates the services; IAM is always among them, for nothing is decided without it. */
export function createServices(cloud: Cloud, chosen: readonly ((cloud: Cloud) => Service)[] = ALL): readonly Service[] {
  const factories = chosen.includes(createIamService) ? chosen : [createIamService, ...chosen];
  return factories.map((create) => create(cloud));
}
