/** `npm start`: the stacks that would be deployed, on this machine, through the whole story. Usage: [--json OUT]. */
import { writeFileSync } from "node:fs";
import { parseArgs, styleText } from "node:util";
import type { SlackDoor, SqsDoor } from "../neighbours.ts";
import { type RunningCloud, startLocalCloud } from "../start.ts";
import { synthesized } from "../synthesized.ts";
import { type Chapter, type Ending, type Stage, Unexpected } from "./chapter.ts";
import { approvedAndUndone } from "./chapters/approved-and-undone.ts";
import { floodDrained } from "./chapters/flood-drained.ts";
import { imageBlockedByHook } from "./chapters/image-blocked-by-hook.ts";
import { imageBlockedWhileRolling } from "./chapters/image-blocked-while-rolling.ts";
import { imagePromoted } from "./chapters/image-promoted.ts";
import { oomRaised } from "./chapters/oom-raised.ts";
import { closingTable, drawMessage, heading, note, ticked } from "./terminal.ts";

const CHAPTERS: readonly Chapter[] = [
  oomRaised,
  imageBlockedByHook,
  imageBlockedWhileRolling,
  imagePromoted,
  floodDrained,
  approvedAndUndone,
];

/** Virtual time at which the story begins: three in the morning. */
const BEGINS_AT_MS = Date.parse("2026-11-23T03:00:00Z");
const STEP_SECONDS = 10;
/** Until the platform's services stand. */
const SETTLE_SECONDS = 300;

const stageOf = (cloud: RunningCloud): Stage => {
  const drawn = new Map<string, number>();
  const slack = cloud.local.cloud.neighbour<SlackDoor>("slack");
  const drawNew = () => {
    for (const message of slack.messages()) {
      if (drawn.get(message.ts) === message.edits) continue;
      drawn.set(message.ts, message.edits);
      drawMessage(message);
    }
  };
  return {
    cloud,
    tick(line) {
      ticked(cloud.door.now().slice(11, 19), line);
      drawNew();
    },
    async until(condition, atMostSeconds) {
      for (let passed = 0; passed < atMostSeconds; passed += STEP_SECONDS) {
        if (condition()) return true;
        await cloud.advance(STEP_SECONDS);
        drawNew();
      }
      return condition();
    },
  };
};

const play = async (chapter: Chapter, stage: Stage): Promise<Ending> => {
  try {
    return await chapter.play(stage);
  } catch (error) {
    if (error instanceof Unexpected) return { ok: false, detail: error.message };
    throw error;
  }
};

/** Messages in dead-letter queues: what was lost to the reactions, though not to a person. */
const lostEvents = (cloud: RunningCloud): readonly string[] => {
  const sqs = cloud.local.cloud.neighbour<SqsDoor>("sqs");
  const letters = sqs.queues().filter(({ name }) => /dead-?letters?/i.test(name));
  return letters.flatMap(({ arn, name }) => {
    const { visible, inFlight } = sqs.counts(arn);
    return visible + inFlight > 0 ? [`${visible + inFlight} in ${name}`] : [];
  });
};

const tell = async (): Promise<boolean> => {
  const { values } = parseArgs({ options: { json: { type: "string" } } });
  const startedAt = performance.now();
  heading("ecs-reflex, on this machine: the stacks you would deploy, and no AWS account");
  const assemblyFolder = synthesized(note);
  const cloud = await startLocalCloud({ assemblyFolder, startAtMs: BEGINS_AT_MS });
  try {
    await cloud.advance(SETTLE_SECONDS);
    const resources = cloud.stacks.map(({ name }) => name).join(" and ");
    note(`${resources} stand on ${cloud.endpoint}; every call is checked against the caller's own role`);
    const stage = stageOf(cloud);
    const chapters: (Ending & { readonly name: string })[] = [];
    for (const chapter of CHAPTERS) {
      heading(`${chapter.name}: ${chapter.title}`);
      chapters.push({ name: chapter.name, ...(await play(chapter, stage)) });
    }
    const deniedCalls = cloud.local.calls.denied();
    const lost = lostEvents(cloud);
    const seconds = Number(((performance.now() - startedAt) / 1000).toFixed(1));
    closingTable(chapters);
    const isGood = chapters.every(({ ok }) => ok) && deniedCalls.length === 0 && lost.length === 0;
    note(`${seconds} s, ${cloud.local.calls.total()} calls, ${deniedCalls.length} denied, ${lost.length} events lost`);
    if (values.json) {
      writeFileSync(values.json, `${JSON.stringify({ seconds, chapters, deniedCalls, lostEvents: lost }, null, 2)}\n`);
    }
    if (!isGood) note(styleText("red", "the story did not end as it should"));
    return isGood;
  } finally {
    await cloud.stop();
  }
};

process.exitCode = (await tell()) ? 0 : 1;
