import { join } from "node:path";
import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import type { Permission } from "#shared/domain/permission.ts";
import { DepthAlarm } from "./constructs/depth-alarm.ts";
import { BEFORE_INSTALL_HOOK, ECS_HOOK, GateHook } from "./constructs/gate-hook.ts";
import { Ledger } from "./constructs/ledger.ts";
import { OperatorTopic } from "./constructs/operator-topic.ts";
import { statementsFor, type TaskCaps } from "./constructs/permissions.ts";
import { Reaction } from "./constructs/reaction.ts";
import { ReactionDashboard } from "./constructs/reaction-dashboard.ts";
import { RecordBus } from "./constructs/record-bus.ts";
import { CONVERSE, RequestUrl } from "./constructs/request-url.ts";
import { SLACK_SECRET_NAME, SlackSecret } from "./constructs/slack-secret.ts";
import type { FollowedQueue } from "./followed-queue.ts";
import { reactions } from "./reactions.ts";

export interface AutomationStackProps extends StackProps {
  /** Names of the clusters that reactions may read and change; they need not be ours. */
  readonly clusters: readonly string[];
  /** IAM path of the roles that may be passed to ECS tasks. */
  readonly rolePath: string;
  readonly caps: TaskCaps;
  /** The queues that services follow. */
  readonly queues: readonly FollowedQueue[];
  /** Folder with one bundle per reaction. */
  readonly bundlesFolder: string;
  /** What each reaction's code declares that it needs. */
  readonly permissions: Readonly<Record<string, readonly Permission[]>>;
}

/** The reflexes: for each reaction one construct, and what they share. */
export class AutomationStack extends Stack {
  constructor(scope: Construct, id: string, props: AutomationStackProps) {
    super(scope, id, props);
    const { table } = new Ledger(this, "Ledger");
    const { bus } = new RecordBus(this, "Records");
    const { topic } = new OperatorTopic(this, "Operators");
    const { secret } = new SlackSecret(this, "Slack");

    const built = new Map<string, Reaction>();
    for (const declaration of reactions(props.clusters))
      built.set(
        declaration.name,
        new Reaction(this, pascal(declaration.name), {
          declaration,
          bundleFolder: join(props.bundlesFolder, declaration.name),
          recordBus: bus,
          operators: topic as ITopic,
        }),
      );

    for (const [name, reaction] of built) {
      const needs = props.permissions[name] ?? [];
      const uses = (...kinds: readonly Permission["on"][]) => needs.some(({ on }) => kinds.includes(on));
      const others = [...built].filter(([other]) => other !== name);
      reaction.allow(
        ...statementsFor(
          this,
          name,
          needs,
          {
            clusters: props.clusters,
            queueNames: props.queues.map(({ queueName }) => queueName),
            rolePath: props.rolePath,
            ledgerArn: table.tableArn,
            busArn: bus.eventBusArn,
            slackSecretArn: secret.secretArn,
            ownQueueArn: reaction.queue.queue.queueArn,
            ownDeadLettersArn: reaction.queue.deadLetters.queueArn,
            reactionQueueArns: others.map(([, { queue }]) => queue.queue.queueArn),
          },
          props.caps,
        ),
      );
      // a function is told the names of those things alone that it may use
      const tell = (key: string, value: string) => reaction.function.addEnvironment(key, value);
      if (needs.some(({ on }) => on.startsWith("ledger-"))) tell("REFLEX_LEDGER_TABLE", table.tableName);
      if (uses("bus")) tell("REFLEX_BUS_NAME", bus.eventBusName);
      if (uses("workload-queue"))
        tell("REFLEX_SERVICES_ARN", this.formatArn({ service: "ecs", resource: "service", resourceName: "" }));
      if (uses("slack-secret")) tell("REFLEX_SLACK_SECRET_ID", SLACK_SECRET_NAME);
      if (uses("reaction-queues"))
        tell(
          "REFLEX_REACTION_QUEUES",
          this.toJsonString(Object.fromEntries(others.map(([other, { queue }]) => [other, queue.queue.queueUrl]))),
        );
    }
    for (const [id, hook] of [
      ["LambdaHook", ECS_HOOK],
      ["CodeDeployHook", BEFORE_INSTALL_HOOK],
    ] as const)
      new GateHook(this, id, {
        hook,
        bundlesFolder: props.bundlesFolder,
        statements: statementsFor(
          this,
          hook.folder,
          props.permissions[hook.folder] ?? [],
          {
            clusters: props.clusters,
            rolePath: props.rolePath,
            ledgerArn: table.tableArn,
            busArn: bus.eventBusArn,
            queueNames: [],
          },
          props.caps,
        ),
        environment: { REFLEX_LEDGER_TABLE: table.tableName, REFLEX_BUS_NAME: bus.eventBusName },
        operators: topic as ITopic,
      });
    const reactionQueues = [...built].map(([name, { queue }]) => [name, queue.queue] as const);
    new RequestUrl(this, "Converse", {
      bundlesFolder: props.bundlesFolder,
      statements: statementsFor(
        this,
        CONVERSE,
        props.permissions[CONVERSE] ?? [],
        {
          clusters: props.clusters,
          rolePath: props.rolePath,
          ledgerArn: table.tableArn,
          busArn: bus.eventBusArn,
          queueNames: [],
          slackSecretArn: secret.secretArn,
          reactionQueueArns: reactionQueues.map(([, { queueArn }]) => queueArn),
        },
        props.caps,
      ),
      environment: {
        REFLEX_LEDGER_TABLE: table.tableName,
        REFLEX_BUS_NAME: bus.eventBusName,
        REFLEX_SLACK_SECRET_ID: SLACK_SECRET_NAME,
        REFLEX_REACTION_QUEUES: this.toJsonString(
          Object.fromEntries(reactionQueues.map(([name, { queueUrl }]) => [name, queueUrl])),
        ),
      },
      operators: topic as ITopic,
    });
    for (const queue of props.queues) new DepthAlarm(this, `Depth${pascal(queue.queueName)}`, queue);
    new ReactionDashboard(this, "Dashboard", built);
    new CfnOutput(this, "LedgerTable", { value: table.tableName });
    new CfnOutput(this, "OperatorTopic", { value: topic.topicArn });
  }
}

const pascal = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);
