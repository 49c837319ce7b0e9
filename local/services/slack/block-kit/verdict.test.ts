import { expect, test } from "vitest";
import type { Json } from "../../../contract.ts";
import { areTooLong, blockErrors, inWords } from "./verdict.ts";

const of = (characters: number): string => "x".repeat(characters);
const plain = (text: string): Json => ({ type: "plain_text", text });
const section = (over: Record<string, Json> = {}): Json => ({ type: "section", text: plain("a"), ...over });
const button = (over: Record<string, Json> = {}): Json => ({
  type: "button",
  text: plain("Go"),
  action_id: "go",
  ...over,
});
const actions = (...elements: Json[]): Json => ({ type: "actions", elements });
const times = (count: number, each: (index: number) => Json): Json[] =>
  Array.from({ length: count }, (_, i) => each(i));
const confirm = (over: Record<string, Json> = {}): Json => ({
  title: plain("Sure?"),
  text: plain("It changes a service"),
  confirm: plain("Yes"),
  deny: plain("No"),
  ...over,
});

// Every limit from both sides: what just fits, what does not, and what is said of it.
// biome-ignore format: a table reads as a table
test.each<[string, Json[], Json[], string]>([
  ["50 blocks",            times(50, () => ({ type: "divider" })),               times(51, () => ({ type: "divider" })),               "[ERROR] no more than 50 items allowed [json-pointer:/blocks]"],
  ["section text",         [section({ text: plain(of(3000)) })],                 [section({ text: plain(of(3001)) })],                 "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"],
  ["no empty text",        [section()],                                          [section({ text: plain("") })],                       "[ERROR] must be more than 0 characters [json-pointer:/blocks/0/text/text]"],
  ["10 fields",            [section({ fields: times(10, () => plain("a")) })],   [section({ fields: times(11, () => plain("a")) })],   "[ERROR] no more than 10 items allowed [json-pointer:/blocks/0/fields]"],
  ["field text",           [section({ fields: [plain(of(2000))] })],             [section({ fields: [plain(of(2001))] })],             "[ERROR] must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]"],
  ["text or fields",       [section()],                                          [{ type: "section" }],                                "[ERROR] missing required field: text [json-pointer:/blocks/0]"],
  ["header",               [{ type: "header", text: plain(of(150)) }],           [{ type: "header", text: plain(of(151)) }],           "[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]"],
  ["header is plain",      [{ type: "header", text: plain("a") }],               [{ type: "header", text: { type: "mrkdwn", text: "a" } }], "[ERROR] must be a valid enum value: plain_text [json-pointer:/blocks/0/text/type]"],
  ["25 actions",           [actions(...times(25, (i) => button({ action_id: `${i}` })))], [actions(...times(26, (i) => button({ action_id: `${i}` })))], "[ERROR] no more than 25 items allowed [json-pointer:/blocks/0/elements]"],
  ["some action",          [actions(button())],                                  [actions()],                                          "[ERROR] no less than 1 items allowed [json-pointer:/blocks/0/elements]"],
  ["button text",          [actions(button({ text: plain(of(75)) }))],           [actions(button({ text: plain(of(76)) }))],           "[ERROR] must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]"],
  ["action id",            [actions(button({ action_id: of(255) }))],            [actions(button({ action_id: of(256) }))],            "[ERROR] must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]"],
  ["one action id each",   [actions(button(), button({ action_id: "b" }))],      [actions(button(), button())],                        "[ERROR] action_id must be unique within a block [json-pointer:/blocks/0/elements]"],
  ["button value",         [actions(button({ value: of(2000) }))],               [actions(button({ value: of(2001) }))],               "[ERROR] must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]"],
  ["button style",         [actions(button({ style: "danger" }))],               [actions(button({ style: "default" }))],              "[ERROR] must be a valid enum value: primary, danger [json-pointer:/blocks/0/elements/0/style]"],
  ["button url",           [actions(button({ url: "https://x.example/" }))],     [actions(button({ url: "x.example" }))],              "[ERROR] must be a valid URL [json-pointer:/blocks/0/elements/0/url]"],
  ["confirm title",        [actions(button({ confirm: confirm({ title: plain(of(100)) }) }))], [actions(button({ confirm: confirm({ title: plain(of(101)) }) }))], "[ERROR] must be less than 101 characters [json-pointer:/blocks/0/elements/0/confirm/title/text]"],
  ["confirm text",         [actions(button({ confirm: confirm({ text: plain(of(300)) }) }))],  [actions(button({ confirm: confirm({ text: plain(of(301)) }) }))],  "[ERROR] must be less than 301 characters [json-pointer:/blocks/0/elements/0/confirm/text/text]"],
  ["confirm button",       [actions(button({ confirm: confirm({ deny: plain(of(30)) }) }))],   [actions(button({ confirm: confirm({ deny: plain(of(31)) }) }))],   "[ERROR] must be less than 31 characters [json-pointer:/blocks/0/elements/0/confirm/deny/text]"],
  ["context",              [{ type: "context", elements: times(10, () => plain("a")) }], [{ type: "context", elements: times(11, () => plain("a")) }], "[ERROR] no more than 10 items allowed [json-pointer:/blocks/0/elements]"],
  ["markdown",             [{ type: "markdown", text: of(12_000) }],             [{ type: "markdown", text: of(12_001) }],             "[ERROR] must be less than 12001 characters [json-pointer:/blocks/0/text]"],
  ["block id",             [section({ block_id: of(255) })],                     [section({ block_id: of(256) })],                     "[ERROR] must be less than 256 characters [json-pointer:/blocks/0/block_id]"],
  ["one block id each",    [section({ block_id: "a" }), section()],              [section({ block_id: "a" }), section({ block_id: "a" })], "[ERROR] block_id must be unique within a message [json-pointer:/blocks]"],
  ["known members",        [section()],                                          [section({ colour: "red" })],                         "[ERROR] invalid additional property: colour [json-pointer:/blocks/0]"],
  ["known types",          [{ type: "divider" }],                                [{ type: "banner" }],                                 "[ERROR] unsupported type: banner [json-pointer:/blocks/0/type]"],
  ["an image's source",    [{ type: "image", alt_text: "a", image_url: "https://x.example/a.png" }], [{ type: "image", image_url: "https://x.example/a.png" }], "[ERROR] missing required field: alt_text [json-pointer:/blocks/0]"],
  ["rich text",            [{ type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text: "a" }] }] }], [{ type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text: "" }] }] }], "[ERROR] must be more than 0 characters [json-pointer:/blocks/0/elements/0/elements/0/text]"],
])("%s", (_, fits, doesNot, words) => {
  expect(blockErrors(fits)).toEqual([]);
  expect(blockErrors(doesNot).map(inWords)).toEqual([words]);
});

test("every fault of a message is named at once", () => {
  expect(blockErrors([{ type: "banner" }, section({ text: plain("") })])).toHaveLength(2);
});

test("blocks that are legal each may be too long together", () => {
  const many = times(8, () => section({ text: plain(of(2000)) }));
  expect(blockErrors(many)).toEqual([]);
  expect(areTooLong(many)).toBe(true);
  expect(areTooLong(many.slice(0, 5))).toBe(false);
});
