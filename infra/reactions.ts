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
  /** A metric that its function writes and operators hear of when it lasts. */
  readonly metricAlarm?: { readonly name: string; readonly metricName: string; readonly says: string };
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
    name: "gate",
    summary: "Judges images by their scans, and lets no deployment on whose images may not run",
    timeoutSeconds: 60,
    memoryMiB: 512,
    maximumConcurrency: 5,
    rules: [
      {
        id: "Scans",
        description: "Scans that ended, of basic and of enhanced scanning",
        bus: "default",
        pattern: {
          source: ["aws.ecr", "aws.inspector2"],
          detailType: ["ECR Image Scan", "Inspector2 Scan"],
          detail: { "image-digest": [{ exists: true }] },
        },
      },
      {
        id: "Findings",
        description: "Findings about images that came, changed or went after the first scan",
        bus: "default",
        pattern: {
          source: ["aws.inspector2"],
          detailType: ["Inspector2 Finding"],
          detail: { resources: { type: ["AWS_ECR_CONTAINER_IMAGE"] } },
        },
      },
      {
        id: "Hooks",
        description: "Deployments that wait before their first task",
        bus: "default",
        pattern: {
          source: ["aws.ecs"],
          detailType: ["ECS Hook State Change"],
          detail: {
            clusterArn: clusters.map((cluster) => ({ suffix: `:cluster/${cluster}` })),
            eventName: ["HOOK_AWAITING_ACTION"],
            hookType: ["PAUSE"],
            lifecycleStage: ["PRE_SCALE_UP"],
          },
        },
      },
      {
        id: "Deployments",
        description: "Deployments that began or came to their end, ours among them",
        bus: "default",
        pattern: {
          source: ["aws.ecs"],
          detailType: ["ECS Deployment State Change"],
          resources: clusters.map((cluster) => ({ wildcard: `*:service/${cluster}/*` })) as unknown as string[],
          detail: {
            eventName: ["SERVICE_DEPLOYMENT_IN_PROGRESS", "SERVICE_DEPLOYMENT_COMPLETED", "SERVICE_DEPLOYMENT_FAILED"],
          },
        },
      },
    ],
    metricAlarm: {
      name: "RoundsFail",
      metricName: "RoundFailed",
      says: "For half an hour gate could not judge every service: its log names the first that failed",
    },
  },
  {
    name: "scale",
    summary: "Gives a queue's worker as many tasks as its messages need to start in time",
    timeoutSeconds: 30,
    memoryMiB: 512,
    maximumConcurrency: 5,
    rules: [
      {
        id: "Depth",
        description: "Queues in which messages began to wait",
        bus: "default",
        pattern: {
          source: ["aws.cloudwatch"],
          detailType: ["CloudWatch Alarm State Change"],
          detail: { alarmName: [{ prefix: "ecs-reflex depth of " }], state: { value: ["ALARM"] } },
        },
      },
    ],
    schedule: { description: "The minutes that are divided into looks at the queues", everyMinutes: 1 },
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
    metricAlarm: {
      name: "SlackRefuses",
      metricName: "MessageRefused",
      says: "Slack has refused messages for half an hour, or has no token: people are not told, and proposals lapse",
    },
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
