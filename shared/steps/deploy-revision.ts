/** Makes the service run the revision that the step before registered, and looks whom that replaced. */
import type { ServiceRevision, ServiceState } from "#shared/domain/service.ts";
import type { StepOf } from "#shared/domain/step.ts";
import type { Services } from "#shared/ports/services.ts";
import { defineStep, type StepOutcome } from "#shared/runtime/step-definition.ts";

/** How long to wait before looking again whether a foreign deployment has ended. */
const LOOK_AGAIN_SECONDS = 60;

/** After this a foreign deployment that does not end is a person's matter. */
const FOREIGN_DEPLOYMENT_SECONDS = 3600;

/** ECS dates deployments by its clock, and the step began by the function's. Ours to choose: clocks in AWS differ by far less. */
const CLOCKS_DIFFER_SECONDS = 60;

const isDeploying = ({ deployments }: ServiceState): boolean =>
  deployments.some(({ rolloutState }) => rolloutState === "IN_PROGRESS");

/** Whether the service is still as it was when the plan was made. */
const changedMeanwhile = (service: ServiceState, step: StepOf<"deploy-revision">): boolean => {
  if (step.ours?.includes(service.taskDefinitionArn)) return false;
  if (service.taskDefinitionArn !== step.replaces) return true;
  return step.serviceRevision !== undefined && !service.serviceRevisionArns.includes(step.serviceRevision);
};

/** What was deployed shows in lists a little later, and within this by far. Ours to choose.
 *  Source: ECS API reference, RunTask: the API follows an eventual consistency model. */
const LISTED_WITHIN_SECONDS = 120;
const LOOK_FOR_OURS_AGAIN_SECONDS = 10;

/** What was deployed after that which the step replaces, newest first: where it is listed, ECS's own order says so. */
const sinceReplaced = (
  listed: readonly ServiceRevision[],
  { replaces, serviceRevision }: StepOf<"deploy-revision">,
): readonly ServiceRevision[] => {
  const replaced = listed.findLastIndex(({ arn, taskDefinitionArn }) =>
    serviceRevision === undefined ? taskDefinitionArn === replaces : arn === serviceRevision,
  );
  return replaced < 0 ? listed : listed.slice(0, replaced);
};

export const deployRevision = defineStep<"deploy-revision", { readonly services: Services }>({
  name: "deploy-revision",
  risk: "disruptive",
  writes: true,
  permissions: [
    {
      actions: ["ecs:DescribeServices"],
      on: "service",
      because: "the service is read again just before it is changed",
    },
    { actions: ["ecs:UpdateService"], on: "service", because: "the new revision is deployed" },
    {
      actions: ["ecs:ListServiceDeployments"],
      on: "service",
      because: "UpdateService has no compare-and-set, so a deployment that came between is looked for afterwards",
    },
    {
      actions: ["ecs:DescribeServiceRevisions"],
      on: "service-revision",
      because: "a deployment names a service revision, and that the task definition it runs",
    },
  ],

  async run(step, { ports: { services }, plan, now, startedAt, results }): Promise<StepOutcome> {
    const target = String(results.at(-1)?.revision);
    const done = { kind: "done", result: { revision: target, replaced: step.replaces } } as const;
    const before = await services.describe(plan.service);
    if (before?.status !== "ACTIVE") return { kind: "superseded", because: "service-gone" };

    if (before.taskDefinitionArn !== target) {
      const running = before.taskDefinitionArn;
      if (changedMeanwhile(before, step)) {
        return { kind: "superseded", because: "already-replaced", evidence: { running } };
      }
      // A deployment of our own earlier revision is no reason to wait: it carries what was overwritten.
      if (isDeploying(before) && !step.ours?.includes(running)) {
        const waitedSeconds = (now.getTime() - startedAt.getTime()) / 1000;
        if (waitedSeconds > FOREIGN_DEPLOYMENT_SECONDS) return { kind: "failed", because: "deployment-never-ends" };
        const until = new Date(now.getTime() + LOOK_AGAIN_SECONDS * 1000);
        return { kind: "wait", until, because: "deployment-in-progress" };
      }
      await services.deploy(plan.service, target);
    }

    const since = new Date(startedAt.getTime() - CLOCKS_DIFFER_SECONDS * 1000);
    const deployed = sinceReplaced(await services.deployedSince(plan.service, since), step);
    const isOurs = ({ taskDefinitionArn }: ServiceRevision) =>
      taskDefinitionArn === target || (step.ours?.includes(taskDefinitionArn) ?? false);
    // A list that does not show ours yet cannot tell what it replaced, nor what came after it.
    const isListed = target === step.replaces || deployed.some(({ taskDefinitionArn }) => taskDefinitionArn === target);
    if (!isListed && now.getTime() - startedAt.getTime() < LISTED_WITHIN_SECONDS * 1000) {
      const until = new Date(now.getTime() + LOOK_FOR_OURS_AGAIN_SECONDS * 1000);
      return { kind: "wait", until, because: "not-listed-yet" };
    }
    const foreign = deployed.find((revision) => !isOurs(revision));
    if (foreign === undefined) return done;
    const { taskDefinitionArn: theirs } = foreign;
    // Theirs came last: it is what runs, and nothing of theirs was lost.
    if (deployed[0] === foreign) {
      return { kind: "superseded", because: "already-replaced", evidence: { running: theirs } };
    }
    return { kind: "overwrote", revision: theirs, by: target };
  },

  undo: ({ replaces, backTo }, { revision }) => [
    backTo
      ? { do: "deploy-image", basedOn: replaces, images: backTo, goesBack: true }
      : { do: "copy-revision", of: replaces, imagesOf: String(revision) },
    // Our own deployment may never become steady: it is replaced, not waited for.
    { do: "deploy-revision", replaces: String(revision), ours: [String(revision)] },
  ],

  rebase: ({ ours = [] }, revision, by) => ({ do: "deploy-revision", replaces: revision, ours: [...ours, by] }),
});
