import type { Controller, View } from "../controller.ts";

/** KEDA's aws-sqs-queue scaler under the Kubernetes HPA. Source: kedacore/keda and kubernetes/kubernetes, defaults as documented. */
export interface KedaSettings {
  readonly queueLength: number;
  readonly downWindowSeconds: number;
  readonly min: number;
  readonly max: number;
}

const syncSeconds = 15;
const tolerance = 0.1;
const cooldownSeconds = 300;

/** One HPA sync each 15 s, on a count KEDA reads live; a failed read holds. */
export const keda = (variant: string, { queueLength, downWindowSeconds, min, max }: KedaSettings): Controller => {
  let recommendations: { at: number; desired: number }[] = [];
  let added: { at: number; change: number }[] = [];
  let lastActive = 0;
  const decide = ({
    nowSeconds,
    desired: current,
    ...view
  }: Pick<View, "nowSeconds" | "desired" | "counts">): number => {
    const counts = view.counts();
    if (counts === undefined) return current;
    const backlog = counts.visible + counts.inFlight;
    if (backlog > 0) lastActive = nowSeconds;
    if (current === 0) return backlog > 0 ? Math.max(min, 1) : 0;
    const ratio = backlog / (queueLength * current);
    const wanted = Math.abs(1 - ratio) <= tolerance ? current : Math.ceil(backlog / queueLength);
    recommendations = recommendations.filter(({ at }) => at > nowSeconds - downWindowSeconds);
    const highest = recommendations.reduce((most, { desired }) => Math.max(most, desired), wanted);
    recommendations.push({ at: nowSeconds, desired: wanted });
    let next = Math.min(Math.max(current, wanted), Math.max(highest, wanted));
    added = added.filter(({ at }) => at > nowSeconds - syncSeconds);
    const start = current - added.reduce((sum, { change }) => sum + change, 0);
    if (next > current) next = Math.min(next, Math.max(start * 2, start + 4));
    if (next > current) added.push({ at: nowSeconds, change: next - current });
    if (min === 0 && backlog === 0 && lastActive + cooldownSeconds < nowSeconds) return 0;
    return Math.min(max, Math.max(min, 1, next));
  };
  return { name: "keda", variant, periodSeconds: syncSeconds, usdPerMonth: 73.1, decide };
};
