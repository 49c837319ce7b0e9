/** What an Inspector finding changes: the verdicts that are kept, and how often the registry is asked for it. */
import { expect, test } from "vitest";
import { parseConfig } from "#shared/config/parse.ts";
import type { Deployments } from "#shared/ports/deployments.ts";
import { finding, scan } from "../../test/builders/gate.ts";
import { fakeClock } from "../../test/fakes/clock.ts";
import { fakeImages, fakeKnownImages } from "../../test/fakes/images.ts";
import { fakeLedger } from "../../test/fakes/ledger.ts";
import { fakeMailbox } from "../../test/fakes/mailbox.ts";
import { digestOf, fakeServices } from "../../test/fakes/services.ts";
import { createGate } from "./handler.ts";

const DIGEST = digestOf("a");
/** Without a fix it does not count, so that nothing but its danger decides. */
const QUIET = finding({ id: "CVE-2026-1", fix: "no" });

/** So long a reading stands for the findings that come after it. */
const STANDS_SECONDS = 60;

const world = (document: unknown = {}) => {
  const clock = fakeClock("2026-11-23T12:00:00.000Z");
  const [images, known, mailbox] = [fakeImages(), fakeKnownImages(), fakeMailbox()];
  const handle = createGate({
    config: parseConfig(document, "test"),
    services: fakeServices(clock),
    deployments: {} as Deployments,
    images,
    known,
    ledger: fakeLedger(),
    publisher: { publish: async () => {} },
    mailbox,
    clock,
    invocation: { owner: () => "run", secondsLeft: () => 60 },
  });
  images.scans.set(DIGEST, scan([QUIET]));
  const image = { imageHash: DIGEST, registry: "111122223333", repositoryName: "order-service" };
  const told = (detail: object, time = clock.now().toISOString()) =>
    handle({
      kind: "event",
      detailType: "Inspector2 Finding",
      event: {
        "detail-type": "Inspector2 Finding",
        time,
        detail: {
          packageVulnerabilityDetails: { vulnerabilityId: "CVE-2026-1" },
          resources: [{ details: { awsEcrContainerImage: image } }],
          ...detail,
        },
      },
    });
  /** A second passes, and what was delayed until now comes. */
  const comes = mailbox.sent.map(() => 0);
  const second = async () => {
    clock.advance(1);
    for (const [index, { message, delaySeconds }] of mailbox.sent.entries()) {
      comes[index] ??= clock.now().getTime() + (delaySeconds - 1) * 1000;
      if ((comes[index] ?? 0) > clock.now().getTime() || comes[index] === 0) continue;
      comes[index] = 0;
      await handle({ kind: "event", detailType: "Inspector2 Finding", event: message as Record<string, unknown> });
    }
  };
  const kept = () => known.kept.get(DIGEST)?.verdict;
  const readings = () => images.calls.filter((call) => call === "scan").length;
  return { clock, images, known, told, kept, readings, second, mailbox };
};

test("a probability that only the event tells is judged with, and outlives every later reading of the pages", async () => {
  const { told, kept, clock, known } = world();
  await told({ epss: { score: 0.1 } });
  expect(kept()).toMatchObject({ outcome: "allow" });
  await told({ epss: { score: 0.93 } });
  expect(kept()).toMatchObject({ outcome: "ask", rules: ["likely-exploited"] });
  const since = kept()?.since;
  clock.advance(13 * 3600);
  await told({ packageVulnerabilityDetails: { vulnerabilityId: "CVE-2026-2" }, exploitAvailable: "NO" });
  expect(known.kept.get(DIGEST)?.readAt).toBe(clock.now().toISOString());
  expect(kept()).toEqual({ outcome: "ask", rules: ["likely-exploited"], since });
});

test("a probability that sinks is believed as well", async () => {
  const { told, kept, clock } = world();
  await told({ epss: { score: 0.93 } });
  clock.advance(60);
  await told({ epss: { score: 0.2 } });
  expect(kept()).toMatchObject({ outcome: "allow" });
});

test("an event that comes late says nothing against a later one", async () => {
  const { told, kept, clock } = world();
  clock.advance(60);
  await told({ epss: { score: 0.2 } });
  await told({ epss: { score: 0.93 } }, "2026-11-23T12:00:30Z");
  expect(kept()).toMatchObject({ outcome: "allow" });
});

test("a burst of findings is one reading, but for those by which a rule applies", async () => {
  const { told, readings, clock, kept } = world();
  const burst = clock.now().toISOString();
  clock.advance(5);
  await told({ epss: { score: 0.1 } }, burst);
  for (const number of [2, 3, 4])
    await told({ epss: { score: 0.2 }, packageVulnerabilityDetails: { vulnerabilityId: `CVE-2026-${number}` } }, burst);
  expect(readings()).toBe(1);
  clock.advance(5);
  await told({ epss: { score: 0.9 } }, burst);
  await told({ epss: { score: 0.9 } }, burst);
  expect(readings()).toBe(2);
  expect(kept()).toMatchObject({ outcome: "ask" });
});

test("findings that stream in are one reading a minute, and the last of them is read as well", async () => {
  const { told, readings, second, known, clock, mailbox } = world();
  for (let number = 0; number < 600; number += 1) {
    await told({ packageVulnerabilityDetails: { vulnerabilityId: `CVE-2026-${number}` } });
    await second();
  }
  const last = clock.now();
  for (let seconds = 0; seconds <= STANDS_SECONDS; seconds += 1) await second();
  expect(readings()).toBe(11);
  expect(Date.parse(known.kept.get(DIGEST)?.readAt ?? "")).toBeGreaterThanOrEqual(last.getTime());
  // None goes round and round: each was put off once at most.
  expect(mailbox.sent.length).toBeLessThan(600);
});

test("an exploit that the event tells counts where the policy asks for it", async () => {
  const { told, kept } = world({ gate: { exploitAvailable: "block" } });
  await told({ exploitAvailable: "YES" });
  expect(kept()).toMatchObject({ outcome: "block", rules: ["exploit-available"] });
});

test("a finding whose danger cannot be read is a reading of the pages all the same", async () => {
  const { told, kept, readings } = world();
  await told({ epss: "high", packageVulnerabilityDetails: 7 });
  expect([readings(), kept()?.outcome]).toEqual([1, "allow"]);
});
