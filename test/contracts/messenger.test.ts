/** What every messenger promises: the one in memory and Slack's Web API. */
import { beforeEach, describe, expect, test } from "vitest";
import type { Messenger } from "#shared/ports/messenger.ts";
import { slackMessenger } from "#shared/slack/web-api.ts";
import type { SlackWorkspaceDoor } from "../../local/services/slack/door.ts";
import { fakeClock } from "../fakes/clock.ts";
import { fakeMessenger } from "../fakes/messenger.ts";
import { contractCloud } from "./cloud.ts";

const cloud = contractCloud();

interface Subject {
  readonly messenger: Messenger;
  readonly now: () => Date;
  /** Lets time pass, so that the chat takes further messages. */
  pass(seconds: number): Promise<void>;
  /** What the channel shows, oldest first. */
  shown(): readonly { readonly text: string; readonly ts: string; readonly edits: number }[];
}

const inMemory = (): Subject => {
  const clock = fakeClock();
  const messenger = fakeMessenger(clock);
  return {
    messenger,
    now: () => clock.now(),
    pass: async (seconds) => clock.advance(seconds),
    shown: () => messenger.messages.map(({ content, ts, edits }) => ({ text: content.text, ts, edits })),
  };
};

const inSlack = (): Subject => {
  const { cloud: running } = cloud.now();
  const slack = running.local.cloud.neighbour<SlackWorkspaceDoor>("slack");
  const { botToken } = slack.credentials();
  const before = slack.messages().length;
  return {
    messenger: slackMessenger({ apiUrl: `${running.endpoint}/slack/api`, token: async () => botToken, fetch }),
    now: () => new Date(running.local.clock.now()),
    pass: (seconds) => running.advance(seconds),
    shown: () =>
      slack
        .messages()
        .slice(before)
        .map(({ text, ts, edits }) => ({ text, ts, edits })),
  };
};

const content = (text: string) => ({ text, blocks: [{ type: "section", text: { type: "mrkdwn", text } }] });

let count = 0;
const fresh = (): string => {
  count += 1;
  return `oom/production/cart/cart:${count}`;
};

describe.each<[string, () => Subject]>([
  ["in memory", inMemory],
  ["on Slack", inSlack],
])("a messenger %s", (_, make) => {
  let subject: Subject;
  beforeEach(async () => {
    subject = make();
    await subject.pass(60);
  });

  test("posts to a channel's name and edits in place by what it was answered", async () => {
    const posted = await subject.messenger.post("#ecs-reflex", content("before"), fresh());
    expect(subject.shown()).toEqual([{ text: "before", ts: posted.ts, edits: 0 }]);
    await subject.messenger.update(posted, content("after"));
    expect(subject.shown()).toEqual([{ text: "after", ts: posted.ts, edits: 1 }]);
  });

  test("finds a message by its incident, by the name of the channel, and can edit what it found", async () => {
    const [since, incident] = [subject.now(), fresh()];
    const posted = await subject.messenger.post("#ecs-reflex", content("lost"), incident);
    await subject.messenger.post("#ecs-reflex", content("another"), fresh());
    const found = await subject.messenger.find("#ecs-reflex", incident, since);
    expect(found).toEqual(posted);
    if (found) await subject.messenger.update(found, content("found"));
    expect(subject.shown().map(({ text }) => text)).toEqual(["found", "another"]);
  });

  test("finds nothing of another incident, of another channel, or of long before", async () => {
    const incident = fresh();
    await subject.messenger.post("#ecs-reflex", content("old"), incident);
    await subject.pass(3600);
    expect(await subject.messenger.find("#ecs-reflex", fresh(), new Date(0))).toBeUndefined();
    expect(await subject.messenger.find("#elsewhere", incident, new Date(0))).toBeUndefined();
    expect(await subject.messenger.find("#ecs-reflex", incident, subject.now())).toBeUndefined();
  });

  test("says that a message which is not there cannot be edited", async () => {
    const { channel } = await subject.messenger.post("#ecs-reflex", content("there"), fresh());
    expect(await subject.messenger.update({ channel, ts: "1.000001" }, content("x"))).toBe(false);
  });
});
