/** Answers of Slack that are none: a plan never waits for them, so they must read as an outage. */
import { expect, test } from "vitest";
import { slackMessenger } from "./web-api.ts";

const breaksOff = (): Response =>
  new Response(
    new ReadableStream({
      start: (controller) => controller.error(new DOMException("the operation timed out", "TimeoutError")),
    }),
  );

test.each<[string, () => Response]>([
  ["a page of a proxy", () => new Response("<html>maintenance</html>")],
  ["nothing", () => new Response("")],
  ["a body that breaks off", breaksOff],
  ["JSON of another kind", () => new Response("null")],
])("%s in place of an answer is an outage", async (_, answer) => {
  const messenger = slackMessenger({
    apiUrl: "https://slack.com/api",
    token: async () => "xoxb-1",
    fetch: async () => answer(),
  });
  await expect(messenger.post("#ecs-reflex", { text: "said", blocks: [] }, "oom/1")).rejects.toMatchObject({
    name: "ReflexError",
    kind: "unavailable",
    message: expect.stringContaining("chat.postMessage"),
  });
});
