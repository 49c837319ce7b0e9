// Task scale-in protection from inside the task. Source: ECS developer guide, "Amazon ECS task scale-in protection endpoint".
const { ECS_AGENT_URI } = process.env;
/** Twice as long as any message takes; the protection of a task that crashes ends by itself. */
const EXPIRES_IN_MINUTES = 10;
/** A worker that is never idle is protected anew when half of that is over. */
const RENEWED_AFTER_MS = (EXPIRES_IN_MINUTES / 2) * 60_000;
let isProtected = false;
let protectedAtMs = 0;

/** Asks ECS to stop other tasks than this one, or no longer. What ECS refuses or does not answer in time is asked again. */
export const protect = async (isBusy: boolean): Promise<void> => {
  const isFresh = !isBusy || Date.now() - protectedAtMs < RENEWED_AFTER_MS;
  if (ECS_AGENT_URI === undefined || (isProtected === isBusy && isFresh)) return;
  const askedAtMs = Date.now();
  const answer = await fetch(`${ECS_AGENT_URI}/task-protection/v1/state`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ProtectionEnabled: isBusy, ...(isBusy && { ExpiresInMinutes: EXPIRES_IN_MINUTES }) }),
    signal: AbortSignal.timeout(2000),
  }).catch(() => undefined);
  if (!answer?.ok) return;
  isProtected = isBusy;
  protectedAtMs = askedAtMs;
};
