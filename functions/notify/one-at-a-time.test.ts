import { expect, test } from "vitest";
import { oneAtATime } from "./one-at-a-time.ts";

const scripted = () => {
  const started: string[] = [];
  const ends: (() => void)[] = [];
  const ask = oneAtATime((key) => {
    started.push(key);
    return new Promise<string>((resolve) => ends.push(() => resolve(`${key}${started.length}`)));
  });
  return { started, ends, ask };
};

const turns = async () => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
};

test("of four asked at once, the first runs alone and the other three share one run after it", async () => {
  const { started, ends, ask } = scripted();
  const all = [ask("a"), ask("a"), ask("a"), ask("a")];
  await turns();
  expect(started).toEqual(["a"]);
  ends[0]?.();
  await turns();
  expect(started).toEqual(["a", "a"]);
  ends[1]?.();
  expect(await Promise.all(all)).toEqual(["a1", "a2", "a2", "a2"]);
});

test("different keys do not wait for each other", async () => {
  const { started, ask } = scripted();
  void ask("a");
  void ask("b");
  await turns();
  expect(started).toEqual(["a", "b"]);
});

test("a failed run does not stop the one that waits", async () => {
  let runs = 0;
  const ask = oneAtATime(async () => {
    runs += 1;
    if (runs === 1) throw new Error("first");
    return runs;
  });
  const [first, second] = [ask("a"), ask("a")];
  await expect(first).rejects.toThrow("first");
  expect(await second).toBe(2);
});
