import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type SignedRequest, verify } from "./signature.ts";

const SECRET = "8f742231b10e8888abcd99yyyzzz85a5";
const NOW = new Date("2026-11-23T03:00:00Z");
const nowSeconds = NOW.getTime() / 1000;
const BODY = "payload=%7B%22type%22%3A%22block_actions%22%7D";

const signed = (body: string | Uint8Array = BODY, atSeconds = nowSeconds, secret = SECRET): SignedRequest => {
  const hmac = createHmac("sha256", secret).update(`v0:${atSeconds}:`).update(body);
  return { timestamp: String(atSeconds), signature: `v0=${hmac.digest("hex")}`, body: Buffer.from(body) };
};
const flipped = (bytes: Uint8Array, at: number): Uint8Array => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
const request = signed();
const { signature = "" } = request;

test("Slack's own worked example is genuine", () => {
  const body =
    "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
  const example = {
    timestamp: "1531420618",
    signature: "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    body: Buffer.from(body),
  };
  expect(verify(example, [SECRET], new Date(1531420618_000))).toBe("genuine");
});

// biome-ignore format: a table reads as a table
test.each<[string, SignedRequest, readonly string[], string]>([
  ["a fresh request",                      request,                                                 [SECRET],        "genuine"],
  ["bytes that are no UTF-8",              signed(Uint8Array.of(0xff, 0xfe, 0x00)),                 [SECRET],        "genuine"],
  ["the last second of five minutes",      signed(BODY, nowSeconds - 300),                          [SECRET],        "genuine"],
  ["one second more",                      signed(BODY, nowSeconds - 301),                          [SECRET],        "stale"],
  ["a timestamp five minutes ahead",       signed(BODY, nowSeconds + 300),                          [SECRET],        "genuine"],
  ["one further ahead",                    signed(BODY, nowSeconds + 301),                          [SECRET],        "stale"],
  ["an old request with a new timestamp",  { ...signed(BODY, nowSeconds - 301), timestamp: String(nowSeconds) }, [SECRET], "forged"],
  ["another body",                         { ...request, body: Buffer.from(`${BODY}&a=b`) },        [SECRET],        "forged"],
  ["no body",                              { ...request, body: new Uint8Array() },                  [SECRET],        "forged"],
  ["another secret",                       signed(BODY, nowSeconds, "another"),                     [SECRET],        "forged"],
  ["the previous secret",                  signed(BODY, nowSeconds, "before"),                      [SECRET, "before"], "genuine"],
  ["no secret known",                      request,                                                 [],              "no-secret"],
  ["an empty secret, signed with nothing", signed(BODY, nowSeconds, ""),                            ["", ""],        "no-secret"],
  ["an empty previous secret",             signed(BODY, nowSeconds, ""),                            [SECRET, ""],    "forged"],
  ["no signature",                         { ...request, signature: undefined },                    [SECRET],        "unsigned"],
  ["half a signature",                     { ...request, signature: signature.slice(0, 30) },       [SECRET],        "unsigned"],
  ["a longer signature",                   { ...request, signature: `${signature}00` },             [SECRET],        "unsigned"],
  ["a signature in capitals",              { ...request, signature: signature.toUpperCase() },      [SECRET],        "unsigned"],
  ["a signature of another version",       { ...request, signature: signature.replace("v0", "v1") }, [SECRET],       "unsigned"],
  ["no timestamp",                         { ...request, timestamp: undefined },                    [SECRET],        "unsigned"],
  ["a timestamp that is no number",        { ...request, timestamp: "NaN" },                        [SECRET],        "unsigned"],
  ["a timestamp with a fraction",          { ...request, timestamp: `${nowSeconds}.0` },            [SECRET],        "unsigned"],
  ["a negative timestamp",                 { ...request, timestamp: `-${nowSeconds}` },             [SECRET],        "unsigned"],
  ["an endless timestamp",                 { ...request, timestamp: "9".repeat(400) },              [SECRET],        "unsigned"],
])("%s is %s", (_, given, secrets, expected) => {
  expect(verify(given, secrets, NOW)).toBe(expected);
});

describe("an altered byte", () => {
  test("anywhere in the body is seen", () => {
    for (let at = 0; at < BODY.length; at += 1)
      expect(verify({ ...request, body: flipped(request.body, at) }, [SECRET], NOW)).toBe("forged");
  });

  test("anywhere in the signature is seen", () => {
    for (let at = 3; at < signature.length; at += 1) {
      const other = signature[at] === "0" ? "1" : "0";
      const altered = `${signature.slice(0, at)}${other}${signature.slice(at + 1)}`;
      expect(verify({ ...request, signature: altered }, [SECRET], NOW)).toBe("forged");
    }
  });
});

test("nothing that was not signed is genuine, and nothing makes it throw", () => {
  const text = fc.option(fc.oneof(fc.string(), fc.constant(`v0=${"0".repeat(64)}`), fc.constant(String(nowSeconds))), {
    nil: undefined,
  });
  fc.assert(
    fc.property(text, text, fc.uint8Array(), (timestamp, signature, body) => {
      expect(verify({ timestamp, signature, body }, [SECRET], NOW)).not.toBe("genuine");
    }),
  );
});
