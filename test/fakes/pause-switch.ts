/** `PauseSwitch` over the account that a fake ledger holds. */
import type { PauseSwitch } from "#shared/ports/pause-switch.ts";
import type { FakeLedger } from "./ledger.ts";

export const fakePauseSwitch = (ledger: FakeLedger): PauseSwitch => {
  let pausedAt: string | undefined;
  return {
    async turn({ isPaused, by, at }) {
      const isNews = ledger.accountNow.isPaused !== isPaused;
      if (isNews) {
        if (isPaused) pausedAt = at.toISOString();
        const pausedBy = isPaused ? by : ledger.accountNow.pausedBy;
        ledger.accountNow = { ...ledger.accountNow, isPaused, pausedBy };
      }
      return { isNews, pausedAt, pausedBy: ledger.accountNow.pausedBy };
    },
  };
};
