/** Ends well when no task of the new revision is killed for memory while it is watched. */
import { defineStep } from "#shared/runtime/step-definition.ts";

export const watchForKills = defineStep<"watch-for-kills", unknown>({
  name: "watch-for-kills",
  risk: "read-only",
  writes: false,
  permissions: [],

  async run({ forSeconds }, { kills, now, startedAt, results }) {
    const revision = results.at(-1)?.revision;
    const again = kills.filter((kill) => kill.revision === revision);
    if (again.length > 0)
      return { kind: "failed", because: "killed-again", keep: true, evidence: { kills: again.length } };
    const until = new Date(startedAt.getTime() + forSeconds * 1000);
    if (now < until) return { kind: "wait", until, because: "watching" };
    return { kind: "done", result: { watchedSeconds: forSeconds } };
  },
});
