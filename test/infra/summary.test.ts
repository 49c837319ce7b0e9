import { expect, test } from "vitest";
import { summaryOf } from "./summary.ts";
import { synthesized } from "./synthesized.ts";

test("the stacks are what summary.txt says; `npx vitest run test/infra -u` writes it anew after a decision", async () => {
  const { platform, automation } = synthesized();
  const summary = `${summaryOf("ReflexPlatform", platform)}\n\n${summaryOf("ReflexAutomation", automation)}\n`;
  await expect(summary).toMatchFileSnapshot("./summary.txt");
});
