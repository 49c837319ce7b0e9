/** How many tasks a service has, and the one way to change that. */
import type { ServiceRef, ServiceState } from "#shared/domain/service.ts";
import type { Reading } from "./reading.ts";

export interface TaskCounts {
  read(ref: ServiceRef): Promise<Reading<ServiceState>>;
  /** Sets the desired count and nothing else; no deployment is started. */
  set(ref: ServiceRef, desiredCount: number): Promise<Reading<true>>;
}
