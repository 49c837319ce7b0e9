/** `OneUse` over a set. */
import type { OneUse } from "#shared/ports/one-use.ts";

export const fakeOneUse = (): OneUse => {
  const used = new Set<string>();
  return {
    async take(key) {
      const isFirst = !used.has(key);
      used.add(key);
      return isFirst;
    },
  };
};
