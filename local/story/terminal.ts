/** The story on a terminal of 80 columns: ticks, Slack messages as cards, the table at the end. */
import { stripVTControlCharacters, styleText } from "node:util";
import type { JsonObject } from "../contract.ts";
import type { SlackMessage } from "../neighbours.ts";

const COLUMNS = 80;
const CARD_COLUMNS = 74;

const write = (line: string): void => void process.stdout.write(`${line}\n`);

const segmenter = new Intl.Segmenter();
/** Terminal columns of a text: pictographs take two. */
const columnsOf = (text: string): number =>
  [...segmenter.segment(stripVTControlCharacters(text))].reduce(
    (sum, { segment }) => sum + (/\p{Emoji_Presentation}/u.test(segment) ? 2 : 1),
    0,
  );

const padded = (text: string, columns: number): string => text + " ".repeat(Math.max(0, columns - columnsOf(text)));

/** The text in lines of at most so many columns, broken between words, or within one that is too long. */
const wrapped = (text: string, columns: number): readonly string[] => {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (columnsOf(longer) <= columns) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line);
    line = word;
    while (columnsOf(line) > columns) {
      lines.push(line.slice(0, columns));
      line = line.slice(columns);
    }
  }
  return line === "" ? lines : [...lines, line];
};

/** Slack's markup as a reader sees it: links are their words, quotes and stars are gone. */
const plain = (markup: string): string =>
  markup
    .replace(/<[^|>]*\|([^>]*)>/g, "$1")
    .replace(/<@([^>]*)>/g, "@$1")
    .replace(/[`*]/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");

const textOf = (part: unknown): string => String((part as { text?: unknown } | undefined)?.text ?? "");

const fieldLines = (fields: readonly unknown[]): readonly string[] => {
  const cells = fields.map((field) => plain(textOf(field)).split("\n"));
  const labels = Math.max(...cells.map(([label = ""]) => columnsOf(label)));
  return cells.flatMap(([label = "", value = ""]) =>
    wrapped(value, CARD_COLUMNS - labels - 6).map(
      (line, index) => `${styleText("dim", padded(index === 0 ? label : "", labels))}  ${line}`,
    ),
  );
};

const blockLines = (block: JsonObject): readonly string[] => {
  const columns = CARD_COLUMNS - 4;
  if (block.type === "header") return wrapped(textOf(block.text), columns).map((line) => styleText("bold", line));
  if (Array.isArray(block.fields)) return fieldLines(block.fields);
  if (Array.isArray(block.elements) && block.type === "context") {
    return block.elements
      .flatMap((element) => wrapped(plain(textOf(element)), columns))
      .map((line) => styleText("dim", line));
  }
  if (Array.isArray(block.elements))
    return [block.elements.map((element) => `[ ${textOf((element as JsonObject).text)} ]`).join("  ")];
  return plain(textOf(block.text))
    .split("\n")
    .flatMap((line) => wrapped(line, columns));
};

/** A Slack message drawn as a card. */
export const drawMessage = ({ channel, blocks, text, edits }: SlackMessage): void => {
  const title = ` Slack ${channel}${edits > 0 ? `, edited ${edits === 1 ? "once" : `${edits} times`}` : ""} `;
  const lines = blocks.length > 0 ? blocks.flatMap(blockLines) : wrapped(text, CARD_COLUMNS - 4);
  const edge = (part: string) => styleText("magenta", part);
  write(edge(`   ╭─${title}${"─".repeat(Math.max(0, CARD_COLUMNS - 3 - columnsOf(title)))}╮`));
  for (const line of lines) write(`${edge("   │")} ${padded(line, CARD_COLUMNS - 4)} ${edge("│")}`);
  write(edge(`   ╰${"─".repeat(CARD_COLUMNS - 2)}╯`));
};

export const heading = (text: string): void => write(`\n${styleText("bold", text)}`);

export const note = (text: string): void => {
  for (const line of wrapped(text, COLUMNS - 3)) write(`   ${styleText("dim", line)}`);
};

/** A line with a tick and the virtual time beside it. */
export const ticked = (at: string, line: string): void => {
  const [first = "", ...rest] = wrapped(line, COLUMNS - 14);
  write(` ${styleText("green", "✓")} ${styleText("dim", at)} ${first}`);
  for (const more of rest) write(`            ${more}`);
};

/** The closing table: a row per chapter. */
export const closingTable = (
  chapters: readonly { readonly name: string; readonly ok: boolean; readonly detail: string }[],
): void => {
  write("");
  const names = Math.max(...chapters.map(({ name }) => name.length));
  for (const { name, ok, detail } of chapters) {
    const sign = ok ? styleText("green", "✓") : styleText("red", "✗");
    const [first = "", ...rest] = wrapped(detail, COLUMNS - names - 6);
    write(` ${sign} ${padded(name, names)}  ${first}`);
    for (const more of rest) write(`   ${" ".repeat(names)}  ${more}`);
  }
};
