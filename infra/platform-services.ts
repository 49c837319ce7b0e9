import { Duration } from "aws-cdk-lib";
import { DeploymentStrategy, type HealthCheck } from "aws-cdk-lib/aws-ecs";

/** A row of the platform's table of services. */
export interface PlatformService {
  readonly id: string;
  readonly name: string;
  readonly cpuUnits: number;
  readonly memoryMiB: number;
  readonly tasks: { readonly min: number; readonly max: number };
  readonly healthCheck: HealthCheck;
  readonly deploymentStrategy?: DeploymentStrategy;
  readonly gate?: "pause" | "lambda";
  /** @default - internal, no path of the load balancer */
  readonly route?: { readonly path: string; readonly priority: number };
  readonly consumesJobs?: boolean;
}

const answersOnHealth: HealthCheck = {
  command: ["CMD-SHELL", "curl -f http://localhost:8080/health || exit 1"],
  interval: Duration.seconds(30),
  timeout: Duration.seconds(5),
  retries: 3,
};

/** A worker has no port: it touches this file in every round of its loop. */
const heartBeats: HealthCheck = {
  command: ["CMD-SHELL", "find /tmp/heartbeat -mmin -2 | grep -q . || exit 1"],
  interval: Duration.seconds(30),
  timeout: Duration.seconds(5),
  retries: 3,
  startPeriod: Duration.seconds(60),
};

export const PLATFORM_SERVICES: readonly PlatformService[] = [
  {
    id: "ApiGateway",
    name: "api-gateway",
    cpuUnits: 512,
    memoryMiB: 1024,
    tasks: { min: 2, max: 20 },
    healthCheck: answersOnHealth,
    route: { path: "/api/*", priority: 30 },
  },
  {
    id: "UserService",
    name: "user-service",
    cpuUnits: 256,
    memoryMiB: 512,
    tasks: { min: 2, max: 20 },
    healthCheck: answersOnHealth,
    deploymentStrategy: DeploymentStrategy.BLUE_GREEN,
    gate: "pause",
    route: { path: "/api/users/*", priority: 10 },
  },
  {
    id: "OrderService",
    name: "order-service",
    cpuUnits: 512,
    memoryMiB: 1024,
    tasks: { min: 3, max: 20 },
    healthCheck: answersOnHealth,
    route: { path: "/api/orders/*", priority: 20 },
  },
  {
    id: "Worker",
    name: "worker",
    cpuUnits: 256,
    memoryMiB: 512,
    tasks: { min: 1, max: 5 },
    healthCheck: heartBeats,
    consumesJobs: true,
  },
];
