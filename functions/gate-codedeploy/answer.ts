/** CodeDeploy's hook at BeforeInstall: the verdict as CodeDeploy wants to hear it, the same for the same question. */
import * as v from "valibot";
import { resolveSettings } from "#shared/config/resolve.ts";
import type { Config } from "#shared/config/schema.ts";
import type { LedgerRecord } from "#shared/domain/record.ts";
import { secondsBetween } from "#shared/domain/time.ts";
import { ReflexError } from "#shared/errors.ts";
import { verdictEvidence } from "#shared/gate/evidence.ts";
import { onlyLooksOn } from "#shared/gate/hook-answer.ts";
import { createJudging, type JudgingDeps } from "#shared/gate/judge-target.ts";
import type { CodeDeployments, HookResult } from "#shared/ports/code-deployments.ts";
import type { Ledger } from "#shared/ports/ledger.ts";
import type { Publisher } from "#shared/ports/publisher.ts";
import type { RunningImages } from "#shared/ports/running-images.ts";
import type { LastingQuestion } from "#shared/runtime/lasting-lambda.ts";
import { lookingOn } from "#shared/runtime/looking-on.ts";
import { taskDefinitionOf } from "./app-spec.ts";
import { decideResult } from "./policy.ts";

export interface CodeDeployHookDeps extends JudgingDeps {
  readonly config: Config;
  readonly codeDeployments: CodeDeployments;
  readonly runningImages: RunningImages;
  readonly ledger: Ledger;
  readonly publisher: Publisher;
}

const text = v.pipe(v.string(), v.minLength(1));

/** The question as CodeDeploy puts it. Source: CodeDeploy user guide, "AppSpec 'hooks' section". */
const Question = v.object({ DeploymentId: text, LifecycleEventHookExecutionId: text });
type Question = v.InferOutput<typeof Question>;

/** The longest that a scan is waited for, whatever the policy: a function may last 15 minutes on AWS. */
const LONGEST_WAIT_MINUTES = 13;

/** Each answer's reason in the ledger; those of the gate's other doors where they mean the same. */
const REASONS: Readonly<Record<HookResult, string>> = { Succeeded: "passed", Failed: "sent-back-by-hook" };

const questionOf = (input: unknown): Question => {
  const read = v.safeParse(Question, input);
  if (read.success) return read.output;
  throw new ReflexError(
    "invalid-event",
    "reading a CodeDeploy hook's question: it must have DeploymentId and LifecycleEventHookExecutionId as text",
  );
};

export const createCodeDeployAnswer = (deps: CodeDeployHookDeps): LastingQuestion<HookResult> => {
  const { config, codeDeployments, deployments, runningImages, known, ledger, publisher, clock } = deps;
  const judging = createJudging(deps);

  /** The service, and the task definition that it would run or why that cannot be told. */
  const subjectOf = async (deploymentId: string) => {
    const doing = `reading CodeDeploy's deployment ${deploymentId}`;
    const deployment = await codeDeployments.deployment(deploymentId);
    if (!deployment) throw new ReflexError("invalid-event", `${doing}: there is no such deployment`);
    if (deployment.service === undefined)
      throw new ReflexError("invalid-event", `${doing}: its deployment group must have one ECS service`);
    const { cluster, name } = deployment.service;
    // The account and the region are those of this function; ECS tells the whole ARN.
    const service = await deployments.service({ arn: "", cluster, name });
    if (!service) throw new ReflexError("unavailable", `${doing}: the service ${cluster}/${name} is not there`);
    const { appSpec, isRollback } = deployment;
    const taskDefinitionArn = appSpec === undefined ? undefined : taskDefinitionOf(appSpec);
    const wanted =
      appSpec === undefined
        ? "its AppSpec must be given with it, not in a bucket"
        : "its AppSpec must name one TaskDefinition by ARN and revision";
    const unread = taskDefinitionArn === undefined ? `${doing}: ${wanted}` : undefined;
    return { taskDefinitionArn, unread, service, isRollback };
  };

  /** Told once: the record's id is the question's and the answer's. */
  const record = async (
    { DeploymentId, LifecycleEventHookExecutionId }: Question,
    told: Pick<LedgerRecord, "service" | "mode" | "evidence"> & { readonly incident: string },
    result: HookResult,
  ): Promise<void> => {
    const one: LedgerRecord = {
      ...told,
      id: `${told.incident}/${LifecycleEventHookExecutionId}/${result}`,
      at: clock.now().toISOString(),
      sequence: 0,
      reaction: "gate",
      kind: "decision",
      decision: result === "Failed" ? "escalate" : "hold",
      reason: REASONS[result],
      evidence: { ...told.evidence, door: "codedeploy-hook", hookStatus: result, deployment: DeploymentId },
      plan: undefined,
      step: undefined,
      settings: {},
    };
    await ledger.append(one);
    await publisher.publish([one]);
  };

  return {
    async answer(input, since) {
      const question = questionOf(input);
      const { DeploymentId, LifecycleEventHookExecutionId } = question;
      const key = `codedeploy/${DeploymentId}/${LifecycleEventHookExecutionId}`;
      const before = await known.answered(key);
      if (before === "Succeeded" || before === "Failed") {
        await codeDeployments.endHook(DeploymentId, LifecycleEventHookExecutionId, before);
        return before;
      }
      const { service, taskDefinitionArn, unread: noAppSpec, isRollback } = await subjectOf(DeploymentId);
      const { gate } = resolveSettings(config, { ...service.ref, tags: service.tags }).settings;
      const { seen: judged, unread = noAppSpec } = await lookingOn(isRollback || onlyLooksOn(gate.mode), async () =>
        taskDefinitionArn === undefined
          ? undefined
          : judging.brought({
              service,
              taskDefinitionArn,
              replaced: await runningImages.digests(service.ref),
              waitingSince: since.toISOString(),
              settings: { ...gate, waitForScanMinutes: Math.min(gate.waitForScanMinutes, LONGEST_WAIT_MINUTES) },
            }),
      );
      const decided = decideResult({ mode: gate.mode, isRollback, verdict: judged?.verdict });
      // What is let on in any case needs no AppSpec; of anything else, whoever runs it must hear why it is refused.
      if (decided === "Failed" && unread !== undefined) throw new ReflexError("invalid-event", unread);
      if (decided === undefined) return undefined;
      // Two calls at once may judge differently; the first that is written is the answer of both.
      const result = (await known.answerOnce(key, decided)) as HookResult;
      await codeDeployments.endHook(DeploymentId, LifecycleEventHookExecutionId, result);
      const { cluster, name } = service.ref;
      const evidence = {
        ...(judged ? verdictEvidence(judged.verdict) : { verdict: "unknown" }),
        ...(isRollback && { passes: "rollback" }),
        ...(taskDefinitionArn !== undefined && { revision: taskDefinitionArn }),
        ...(unread !== undefined && { unread }),
        waitedSeconds: secondsBetween(since.toISOString(), clock.now().toISOString()),
      };
      const incident = `gate/${cluster}/${name}/${DeploymentId}`;
      await record(question, { incident, service: service.ref, mode: gate.mode, evidence }, result);
      return result;
    },

    // Not remembered, for the memory may be what is out of reach; what CodeDeploy hears first is what holds.
    async refuse(input) {
      const { DeploymentId, LifecycleEventHookExecutionId } = questionOf(input);
      await codeDeployments.endHook(DeploymentId, LifecycleEventHookExecutionId, "Failed");
    },
  };
};
