/** What runs now, told by the tasks themselves: ECS keeps no service revisions of a service that it does not deploy. */
import type { ServiceRef } from "#shared/domain/service.ts";

export interface RunningImages {
  /** Digests of the images in the service's tasks; those of its first hundred tasks when it has more. */
  digests(service: Pick<ServiceRef, "cluster" | "name">): Promise<ReadonlySet<string>>;
}
