/** Every adapter of a port on AWS, and a call of each of its functions that reaches AWS. */
import { ApplicationAutoScalingClient } from "@aws-sdk/client-application-auto-scaling";
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CodeDeployClient } from "@aws-sdk/client-codedeploy";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ECRClient } from "@aws-sdk/client-ecr";
import { ECSClient } from "@aws-sdk/client-ecs";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { SQSClient } from "@aws-sdk/client-sqs";
import { cloudformationStacks } from "#shared/aws/cloudformation-stacks.ts";
import { cloudwatchMetrics } from "#shared/aws/cloudwatch-metrics.ts";
import { codedeployDeployments } from "#shared/aws/codedeploy-deployments.ts";
import { nobodyKnown } from "#shared/aws/dynamodb-account.ts";
import { dynamodbKnownImages } from "#shared/aws/dynamodb-known-images.ts";
import { dynamodbLedger } from "#shared/aws/dynamodb-ledger.ts";
import { dynamodbMessages } from "#shared/aws/dynamodb-messages.ts";
import { dynamodbOneUse } from "#shared/aws/dynamodb-one-use.ts";
import { dynamodbPauseSwitch } from "#shared/aws/dynamodb-pause-switch.ts";
import { ecrImages } from "#shared/aws/ecr-images.ts";
import { ecsDeployments } from "#shared/aws/ecs-deployments.ts";
import { ecsRunningImages } from "#shared/aws/ecs-running-images.ts";
import { ecsServices } from "#shared/aws/ecs-services.ts";
import { ecsStoppedTasks } from "#shared/aws/ecs-stopped-tasks.ts";
import { ecsTaskCounts } from "#shared/aws/ecs-task-counts.ts";
import { eventbridgePublisher } from "#shared/aws/eventbridge-publisher.ts";
import { applicationScalableTargets } from "#shared/aws/scalable-targets.ts";
import { sqsMailbox } from "#shared/aws/sqs-mailbox.ts";
import { sqsQueues } from "#shared/aws/sqs-queues.ts";
import { sqsTimers } from "#shared/aws/sqs-timers.ts";
import { unknownService } from "#shared/ports/ledger.ts";
import { untoldMessage } from "#shared/ports/messages.ts";
import { scan } from "../builders/gate.ts";
import { decisionRecord } from "../builders/records.ts";
import { fakeClock } from "../fakes/clock.ts";
import { digestOf, PREFIX, REF } from "../fakes/services.ts";
import type { ContractCloud } from "./cloud.ts";

type Calls<Port> = {
  readonly [Name in keyof Port]: Port[Name] extends (...asked: never) => Promise<unknown>
    ? (port: Port) => Promise<unknown>
    : never;
};

interface Adapter {
  readonly name: string;
  /** A call of each function of a port that was just made. */
  readonly calls: readonly (readonly [name: string, call: () => Promise<unknown>])[];
}

const adapter = <Port extends object>(name: string, make: () => Port, calls: Calls<Port>): Adapter => ({
  name,
  calls: Object.entries<(port: Port) => Promise<unknown>>(calls).map(([call, run]) => [call, () => run(make())]),
});

const AT = new Date("2026-11-23T03:00:00.000Z");
const DIGEST = digestOf("a");
const IMAGE = { registryId: "111122223333", repository: "order-service", digest: DIGEST, tag: "v1" };
const DEPLOYMENT = `${PREFIX}:service-deployment/production/order-service/1`;
const WORD = { saidAt: AT.toISOString(), epss: 0.5 };

/** The adapters over clients with these keys. */
export const adaptersOn = (
  { client, cloud, resource }: ContractCloud,
  credentials = client.credentials,
): readonly Adapter[] => {
  // Whoever signs with a secret signs at the cloud's time.
  const own = { ...client, credentials, systemClockOffset: cloud.local.clock.now() - Date.now() };
  const [dynamodb, ecs, sqs] = [new DynamoDBClient(own), new ECSClient(own), new SQSClient(own)];
  const table = resource("AWS::DynamoDB::GlobalTable", "Ledger");
  const queueUrl = `${client.endpoint}/111122223333/worker`;
  const known = { digest: DIGEST, registryId: IMAGE.registryId, repository: IMAGE.repository, scan: scan() };
  const verdict = { outcome: "allow", rules: [], since: AT.toISOString() } as const;
  return [
    adapter("Stacks", () => cloudformationStacks(new CloudFormationClient(own)), {
      isUpdating: (stacks) => stacks.isUpdating("ReflexPlatform"),
    }),
    adapter("Metrics", () => cloudwatchMetrics(new CloudWatchClient(own)), {
      queueMinutes: (metrics) =>
        metrics.queueMinutes("worker", { from: AT, to: new Date(AT.getTime() + 60_000), isReported: false }),
    }),
    adapter("CodeDeployments", () => codedeployDeployments(new CodeDeployClient(own)), {
      deployment: (deployments) => deployments.deployment("d-ABCDEF"),
      endHook: (deployments) => deployments.endHook("d-ABCDEF", "execution", "Failed"),
    }),
    adapter("KnownImages", () => dynamodbKnownImages(dynamodb, table, fakeClock()), {
      image: (images) => images.image(DIGEST),
      keep: (images) => images.keep({ ...known, readAt: AT.toISOString(), verdict }),
      wait: (images) => images.wait(DIGEST, "key", {}),
      waiting: (images) => images.waiting(DIGEST),
      threats: (images) => images.threats(),
      learn: (images) => images.learn("CVE-2026-1", WORD),
      waivers: (images) => images.waivers(),
      answerOnce: (images) => images.answerOnce("question", "answer"),
      answered: (images) => images.answered("question"),
    }),
    adapter("Ledger", () => dynamodbLedger(dynamodb, table), {
      service: (ledger) => ledger.service(REF),
      save: (ledger) => ledger.save(unknownService(REF), undefined),
      noteTrouble: (ledger) => ledger.noteTrouble(REF, AT, 10),
      account: (ledger) => ledger.account(),
      forgetTrouble: (ledger) => ledger.forgetTrouble(AT),
      admit: (ledger) =>
        ledger.admit({
          group: "group",
          intervalMs: 2000,
          maxActsPerHour: 10,
          maxUsdPerMonth: 10,
          seen: nobodyKnown,
          now: AT,
          usdPerMonth: 0,
          isFirst: true,
        }),
      append: (ledger) => ledger.append(decisionRecord()),
      records: (ledger) => ledger.records("incident"),
      due: (ledger) => ledger.due(AT, 10),
    }),
    adapter("Messages", () => dynamodbMessages(dynamodb, table), {
      message: (messages) => messages.message("incident"),
      saveMessage: (messages) => messages.saveMessage(untoldMessage("incident"), undefined),
    }),
    adapter("OneUse", () => dynamodbOneUse(dynamodb, table), { take: (oneUse) => oneUse.take("signature", AT) }),
    adapter("PauseSwitch", () => dynamodbPauseSwitch(dynamodb, table), {
      turn: (pause) => pause.turn({ isPaused: false, by: "slack:U1", at: AT }),
    }),
    adapter("Images", () => ecrImages(new ECRClient(own)), {
      find: (images) => images.find(IMAGE),
      scan: (images) => images.scan(IMAGE),
      isMovable: (images) => images.isMovable(IMAGE),
      tagged: (images) => images.tagged(IMAGE.repository),
    }),
    adapter("Deployments", () => ecsDeployments(ecs, ecs), {
      service: (deployments) => deployments.service(REF),
      services: (deployments) => deployments.services(REF.cluster),
      deployment: (deployments) => deployments.deployment(DEPLOYMENT),
      completedBefore: (deployments) => deployments.completedBefore(REF, AT),
      answerHook: (deployments) => deployments.answerHook(DEPLOYMENT, "1", "CONTINUE"),
      rollBack: (deployments) => deployments.rollBack(DEPLOYMENT),
    }),
    adapter("Services", () => ecsServices(ecs, ecs), {
      describe: (services) => services.describe(REF),
      taskDefinition: (services) => services.taskDefinition(`${PREFIX}:task-definition/order-service:1`),
      revisions: (services) => services.revisions([`${PREFIX}:service-revision/production/order-service/1`]),
      register: (services) => services.register({ family: "order-service", containerDefinitions: [] }),
      revisionTagged: (services) => services.revisionTagged("order-service", { key: "reflex:plan", value: "x" }),
      deploy: (services) => services.deploy(REF, `${PREFIX}:task-definition/order-service:1`),
      deployedSince: (services) => services.deployedSince(REF, AT),
    }),
    adapter("StoppedTasks", () => ecsStoppedTasks(ecs), {
      between: (tasks) => tasks.between(REF.cluster, new Date(0), AT),
    }),
    adapter("RunningImages", () => ecsRunningImages(ecs), { digests: (running) => running.digests(REF) }),
    adapter("TaskCounts", () => ecsTaskCounts(ecs), {
      read: (tasks) => tasks.read(REF),
      set: (tasks) => tasks.set(REF, 3),
    }),
    adapter(
      "Publisher",
      () => eventbridgePublisher(new EventBridgeClient(own), resource("AWS::Events::EventBus", "Records")),
      {
        publish: (publisher) => publisher.publish([decisionRecord()]),
      },
    ),
    adapter("ScalableTargets", () => applicationScalableTargets(new ApplicationAutoScalingClient(own)), {
      read: (targets) => targets.read(REF),
      setMinimum: (targets) => targets.setMinimum(REF, 3),
    }),
    adapter("Mailbox", () => sqsMailbox(sqs, queueUrl), { send: (mailbox) => mailbox.send({}) }),
    adapter("Queues", () => sqsQueues(sqs, queueUrl), { counts: (queues) => queues.counts("worker") }),
    adapter("Timers", () => sqsTimers(sqs, queueUrl), {
      set: (timers) => timers.set([{ message: {}, delaySeconds: 1 }]),
    }),
  ];
};
