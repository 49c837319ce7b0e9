import fc from "fast-check";
import { expect, test } from "vitest";
import { code, cut, escaped, link } from "./text.ts";

test.each([
  ["<!channel>", "&lt;!channel&gt;"],
  ["a & b", "a &amp; b"],
  ["&lt;", "&amp;lt;"],
  ["\u202eabc\u200f", "abc"],
  ["plain *text*", "plain *text*"],
])("%j is written as %j", (text, written) => {
  expect(escaped(text)).toBe(written);
});

test("no text brings a mention, a link or the end of its own quotes with it", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."<>!@#|`&*_~ab/:;") }), (text) => {
      expect(escaped(text)).not.toMatch(/[<>]/);
      expect(code(text).slice(1, -1)).not.toMatch(/[<>`]/);
      expect(link("https://console.aws.amazon.com/x", text)).toMatch(
        /^<https:\/\/console\.aws\.amazon\.com\/x\|[^<>|]*>$/,
      );
    }),
  );
});

test("text is cut to what fits, and says so", () => {
  expect(cut("abcdef", 6)).toBe("abcdef");
  expect(cut("abcdefg", 6)).toBe("abcde…");
});
