const asItself = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");

/** Each character may stand in its lower or its upper form; the pattern's character alone decides which those are. */
const eitherCase = (text: string): string =>
  Array.from({ length: text.length }, (_, index) => {
    const character = text.charAt(index);
    const forms = new Set([character.toLowerCase(), character.toUpperCase()]);
    return `(?:${[...forms].map(asItself).join("|")})`;
  }).join("");

/** Whether a value equals, begins or ends with a text in either case, beyond ASCII too. */
export const ignoringCase = (text: string, where: "whole" | "prefix" | "suffix"): ((value: string) => boolean) => {
  const source = eitherCase(text);
  const expression = new RegExp(`${where === "suffix" ? "" : "^"}${source}${where === "prefix" ? "" : "$"}`);
  return (value) => expression.test(value);
};
