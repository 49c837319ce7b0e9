/** `npm run bench -- gate [--findings DIR] [--count N] [--json OUT]`: what judging costs beside parsing, by shape and policy. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { costOf, MOST_RATIO, questions } from "./cost.ts";
import { pagesOf, recorded, type Shape, shapes } from "./pages.ts";

const FINDINGS_FOLDER = "../shared/data/findings";
const DEFAULT_COUNT = 10_000;
const ROUNDS = { rounds: 5, cpuMsPerRound: 150 };

const options = { findings: { type: "string" }, count: { type: "string" }, json: { type: "string" } } as const;

const countOf = (text: string | undefined): number => {
  const count = text === undefined ? DEFAULT_COUNT : Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new Error(`reading --count ${text}: fine would be a whole number above 0`);
};

/** Recorded answers of a folder that have findings. */
const recordedIn = (folder: string): readonly Shape[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .sort()
    .flatMap((file) => recorded(file, JSON.parse(readFileSync(join(folder, file), "utf8"))) ?? []);

export const main = async (args: readonly string[]): Promise<number> => {
  const { values } = parseArgs({ args: [...args], options });
  const count = countOf(values.count);
  const folder = values.findings ?? (existsSync(FINDINGS_FOLDER) ? FINDINGS_FOLDER : undefined);
  console.log(`${count} findings; CPU ms of one run, warm: JSON.parse of the pages, reading and judging what it gave`);
  const costs = [...shapes, ...(folder === undefined ? [] : recordedIn(folder))].flatMap((shape) => {
    const pages = pagesOf(shape, count);
    const pagesMiB = Buffer.byteLength(pages.join("")) / 2 ** 20;
    console.log(`\n${shape.name} (${pagesMiB.toFixed(1)} MiB)`);
    return questions.map((question) => {
      const { parseMs, judgeMs, ratio } = costOf(pages, question, ROUNDS);
      const told = `${parseMs.toFixed(1).padStart(6)} ${judgeMs.toFixed(1).padStart(6)} ${ratio.toFixed(2).padStart(6)} x`;
      console.log(`  ${question.name.padEnd(40)} ${told}`);
      return { shape: shape.name, policy: question.name, pagesMiB, parseMs, judgeMs, ratio };
    });
  });
  const worst = Math.max(...costs.map(({ ratio }) => ratio));
  console.log(`\nworst ${worst.toFixed(2)} x, asked <= ${MOST_RATIO} x`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ count, costs }, undefined, 2)}\n`);
  return worst <= MOST_RATIO ? 0 : 1;
};
