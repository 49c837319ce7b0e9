/** Protection as it is asked of the ECS agent's endpoint. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

const asked: boolean[] = [];
const agent = createServer(async (request, response) => {
  const body = JSON.parse((await request.toArray()).join("")) as { ProtectionEnabled: boolean };
  asked.push(body.ProtectionEnabled);
  response.end(JSON.stringify({ protection: body }));
});

beforeAll(async () => {
  await new Promise<void>((listening) => agent.listen(0, "127.0.0.1", listening));
  vi.stubEnv("ECS_AGENT_URI", `http://127.0.0.1:${(agent.address() as AddressInfo).port}`);
  vi.useFakeTimers({ toFake: ["Date"], now: 0 });
});
afterAll(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  agent.close();
});

test("a worker that stays busy is protected anew before its protection ends, and asks no more often than it must", async () => {
  const { protect } = await import("./protect.ts");
  for (let minute = 0; minute < 30; minute += 1) {
    vi.setSystemTime(minute * 60_000);
    await protect(true);
  }
  expect(asked).toEqual(Array(6).fill(true));
  await protect(false);
  await protect(false);
  expect(asked.slice(6)).toEqual([false]);
});
