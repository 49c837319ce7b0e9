/** Foreign text made safe for Slack, and cut to what a block holds. */

/** Slack reads only these three; everything else is itself. Source: docs.slack.dev, "Formatting message text". */
const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** Marks that turn the reading direction and could make text say something else than it holds. */
const BIDI_MARKS = /[\u202a-\u202e\u2066-\u2069\u200e\u200f]/gu;

/** Text that no mention, link or formatting of Slack can hide in. */
export const escaped = (text: string): string =>
  text.replace(BIDI_MARKS, "").replace(/[&<>]/g, (character) => ESCAPES[character] ?? character);

/** Escaped text in code quotes; a back-tick inside would end them. */
export const code = (text: string): string => `\`${escaped(text).replaceAll("`", "'")}\``;

/** The text, or as much of it as fits, with an ellipsis. */
export const cut = (text: string, characters: number): string =>
  text.length <= characters ? text : `${text.slice(0, characters - 1)}…`;

/** A link; the address is ours, the words may be foreign. */
export const link = (address: string, words: string): string => `<${address}|${escaped(words).replaceAll("|", "/")}>`;

/** A person by Slack's id, which Slack shows as their name; anything that is no such id is shown as it is. */
export const mention = (user: string): string => (/^[UW][A-Z0-9]{2,20}$/.test(user) ? `<@${user}>` : code(user));
