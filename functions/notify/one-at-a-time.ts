/** Work on one key at a time; whoever asks while one is waiting to start shares it, for it will see what they saw. */
export const oneAtATime = <Result>(work: (key: string) => Promise<Result>): ((key: string) => Promise<Result>) => {
  const running = new Map<string, Promise<unknown>>();
  const waiting = new Map<string, Promise<Result>>();

  const start = async (key: string, before: Promise<unknown> | undefined): Promise<Result> => {
    if (before) await before.catch(() => undefined);
    waiting.delete(key);
    const current = work(key);
    running.set(key, current);
    try {
      return await current;
    } finally {
      if (running.get(key) === current) running.delete(key);
    }
  };

  return (key) => {
    const shared = waiting.get(key);
    if (shared) return shared;
    const before = running.get(key);
    const own = start(key, before);
    if (before) waiting.set(key, own);
    return own;
  };
};
