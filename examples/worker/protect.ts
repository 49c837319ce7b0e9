// Task scale-in protection from inside the task. Source: ECS developer guide, "Amazon ECS task scale-in protection endpoint".
const { ECS_AGENT_URI } = process.env;
/** Longer than any message takes; the protection of a task that crashes ends by itself. */
const EXPIRES_IN_MINUTES = 10;
let isProtected = false;

/** Asks ECS to stop other tasks than this one, or no longer. What ECS refuses or does not answer in time is asked again. */
export const protect = async (isBusy: boolean): Promise<void> => {
  if (ECS_AGENT_URI === undefined || isProtected === isBusy) return;
  const answer = await fetch(`${ECS_AGENT_URI}/task-protection/v1/state`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ProtectionEnabled: isBusy, ...(isBusy && { ExpiresInMinutes: EXPIRES_IN_MINUTES }) }),
    signal: AbortSignal.timeout(2000),
  }).catch(() => undefined);
  if (answer?.ok) isProtected = isBusy;
};
