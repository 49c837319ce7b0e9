/** The bounds that no reaction and no tag goes beyond. */
import { block } from "./block.ts";
import { decimal, flag, oneOf, wholeNumber } from "./field.ts";
import { MODES } from "./mode.ts";

export const limits = block({
  description: "Bounds that no reaction goes beyond. Tags may lower them; memory and CPU are denied by IAM as well.",
  perService: true,
  fields: {
    maxMemoryMiB: wholeNumber(
      { from: 512, to: 249_856 },
      { default: 30_720, tag: "lower", description: "The most memory of a task, in MiB." },
    ),
    maxCpuUnits: wholeNumber(
      { from: 256, to: 32_768 },
      { default: 4096, tag: "lower", description: "The most CPU of a task, in units; 1,024 are one vCPU." },
    ),
    maxAddedUsdPerMonth: decimal(
      { from: 0, to: 1_000_000 },
      { default: 200, tag: "lower", description: "What raises may add to one service's monthly bill, in US dollars." },
    ),
    maxDesiredCount: wholeNumber(
      { from: 1, to: 5000 },
      {
        default: 100,
        tag: "lower",
        description: "The most tasks of one service.",
        source: "ECS quota: 5,000 tasks per service",
      },
    ),
    allow32Vcpu: flag({
      default: false,
      description: "Whether the 32 vCPU sizes may be used, which not every region and quota has.",
    }),
    modeByTag: oneOf(MODES, { default: "act", description: "The furthest mode that a service's tag may ask for." }),
  },
});
