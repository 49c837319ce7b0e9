import type { EventPattern } from "aws-cdk-lib/aws-events";

/** A stream of events that wakes a reaction. */
export interface ReactionRule {
  readonly id: string;
  readonly description: string;
  /** Where the events are: AWS's own on the default bus, or our records on ours. */
  readonly bus: "default" | "records";
  readonly pattern: EventPattern;
}

/** All that `infra` must know of a reaction; a further one is one more entry below. */
export interface ReactionDeclaration {
  /** Folder in `functions/`; also the name in queues, logs, tags and metrics. */
  readonly name: string;
  readonly summary: string;
  readonly timeoutSeconds: number;
  readonly memoryMiB: number;
  /** Most batches at once; the floor of SQS event sources is 2. */
  readonly maximumConcurrency: number;
  readonly rules: readonly ReactionRule[];
  /** A clock that wakes it as well. */
  readonly schedule?: { readonly description: string; readonly everyMinutes: number };
}

/** ECS's own word for it; agent and documentation differ in case. Source: ECS developer guide, "OutOfMemory errors". */
const OUT_OF_MEMORY = [{ prefix: { "equals-ignore-case": "OutOfMemory" } }];

/** The reactions that are deployed, given the clusters they may touch. */
export const reactions = (clusters: readonly string[]): readonly ReactionDeclaration[] => [
  {
    name: "oom",
    summary: "Gives a service that was killed for memory the size that holds",
    timeoutSeconds: 30,
    memoryMiB: 512,
    maximumConcurrency: 5,
    rules: [
      {
        id: "Kills",
        description: "Containers that ECS says were killed for memory, in tasks that stopped or still run",
        bus: "default",
        pattern: {
          source: ["aws.ecs"],
          detailType: ["ECS Task State Change"],
          detail: {
            clusterArn: clusters.map((cluster) => ({ suffix: `:cluster/${cluster}` })),
            lastStatus: ["RUNNING", "STOPPED"],
            $or: [{ containers: { reason: OUT_OF_MEMORY } }, { stoppedReason: OUT_OF_MEMORY }],
          },
        },
      },
      {
        id: "Deployments",
        description: "Deployments that came to their end, ours among them",
        bus: "default",
        pattern: {
          source: ["aws.ecs"],
          detailType: ["ECS Deployment State Change"],
          resources: clusters.map((cluster) => ({ wildcard: `*:service/${cluster}/*` })) as unknown as string[],
          detail: { eventName: ["SERVICE_DEPLOYMENT_COMPLETED", "SERVICE_DEPLOYMENT_FAILED"] },
        },
      },
    ],
  },
  {
    name: "notify",
    summary: "Tells people what was decided and done",
    timeoutSeconds: 30,
    memoryMiB: 512,
    maximumConcurrency: 2,
    rules: [
      {
        id: "Records",
        description: "Every record of the ledger",
        bus: "records",
        pattern: { source: ["ecs-reflex"], detailType: ["Reflex Record"] },
      },
    ],
  },
  {
    name: "sweep",
    summary: "Hands due plans back to their owners and repairs what was lost",
    timeoutSeconds: 60,
    memoryMiB: 512,
    maximumConcurrency: 2,
    rules: [],
    schedule: { description: "The round that nothing escapes", everyMinutes: 2 },
  },
];
