/** Settings of the oom reaction: when a service killed for memory gets a larger size. */
import { block } from "./block.ts";
import { decimal, wholeNumber } from "./field.ts";
import { mode } from "./mode.ts";

export const oom = block({
  description: "When and how a service that is killed for memory gets a larger size.",
  perService: true,
  fields: {
    mode: mode("with a service that is killed for memory"),
    killsInWindow: wholeNumber(
      { from: 1, to: 1000 },
      { default: 2, tag: "higher", description: "So many killed tasks of one revision inside the window make it act." },
    ),
    windowHours: wholeNumber(
      { from: 1, to: 168 },
      {
        default: 24,
        tag: "lower",
        description: "Hours that a kill counts.",
        source: "Kubernetes VPA, memory aggregation interval of 24 h",
      },
    ),
    killedTasksPercent: decimal(
      { from: 1, to: 100 },
      {
        default: 20,
        tag: "higher",
        description: "This share of the desired tasks, killed inside the window, makes it act.",
      },
    ),
    earlySeconds: wholeNumber(
      { from: 0, to: 86_400 },
      {
        default: 600,
        tag: "lower",
        description: "A task killed within so many seconds of its start makes it act at the first kill.",
        source: "Kubernetes VPA, quick OOM within 10 minutes",
      },
    ),
    raiseRatio: decimal(
      { from: 1.1, to: 4 },
      { default: 1.5, tag: "lower", description: "The new memory is at least the old times this." },
    ),
    earlyRaiseRatio: decimal(
      { from: 1.1, to: 4 },
      { default: 2, tag: "lower", description: "The same after an early death, never less than raiseRatio." },
    ),
    cooldownSeconds: wholeNumber(
      { from: 0, to: 604_800 },
      { default: 3600, tag: "higher", description: "After a raise ended, so long nothing is raised again." },
    ),
    maxRaisesPerDay: wholeNumber(
      { from: 0, to: 50 },
      { default: 3, tag: "lower", description: "Raises of one service on one day (UTC)." },
    ),
    watchSeconds: wholeNumber(
      { from: 60, to: 86_400 },
      { default: 3600, tag: "higher", description: "So long without a kill proves a raise." },
    ),
    steadyWithinSeconds: wholeNumber(
      { from: 120, to: 14_400 },
      { default: 1800, description: "A deployment of ours must be steady within this." },
    ),
    failuresUntilOpen: wholeNumber(
      { from: 1, to: 10 },
      { default: 2, description: "Raises of a service that may fail in a row before its breaker opens." },
    ),
    breakerOpenSeconds: wholeNumber(
      { from: 60, to: 2_592_000 },
      { default: 86_400, description: "How long an open breaker leaves the service to people." },
    ),
    staleAfterSeconds: wholeNumber(
      { from: 60, to: 86_400 },
      { default: 1800, tag: "lower", description: "An older kill is recorded and changes nothing." },
    ),
    foreignDeploymentLimitSeconds: wholeNumber(
      { from: 60, to: 10_800 },
      { default: 3600, description: "So long someone else's deployment is waited for; then a person is called." },
    ),
  },
});
