import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addNumbers, compareNumbers, normaliseNumber } from "./number.ts";

const nines = "9".repeat(38);

describe("a number is stored in one spelling", () => {
  test.each([
    ["0", "0"],
    ["-0", "0"],
    ["007", "7"],
    ["1.500", "1.5"],
    [".5", "0.5"],
    ["1e3", "1000"],
    ["-12.5E-3", "-0.0125"],
    [nines, nines],
    ["1e125", `1${"0".repeat(125)}`],
    ["1e-130", `0.${"0".repeat(129)}1`],
  ])("%s becomes %s", (text, stored) => {
    expect(normaliseNumber(text)).toBe(stored);
  });
});

describe("a number out of range is refused", () => {
  test.each([
    ["", "cannot be converted to a numeric value"],
    ["one", "cannot be converted to a numeric value: one"],
    ["1e126", "Number overflow"],
    ["-1e-131", "Number underflow"],
    [`${nines}9`, "more than 38 significant digits"],
  ])("%s: %s", (text, message) => {
    expect(() => normaliseNumber(text)).toThrow(message);
  });
});

describe("sums are exact", () => {
  test.each([
    ["1", "+", "2", "3"],
    ["0.1", "+", "0.2", "0.3"],
    ["1", "-", "1", "0"],
    ["9007199254740991", "+", "2", "9007199254740993"],
    ["100", "-", "0.001", "99.999"],
    ["-5", "-", "-7.5", "2.5"],
  ] as const)("%s %s %s = %s", (a, operator, b, sum) => {
    expect(addNumbers(a, operator, b)).toBe(sum);
  });

  test("a sum that needs more than 38 digits is refused", () => {
    expect(() => addNumbers("1e125", "+", "1")).toThrow("more than 38 significant digits");
  });

  test("taking away what was added gives the number back", () => {
    const number = fc
      .tuple(fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }), fc.integer({ min: -15, max: 15 }))
      .map(([digits, power]) => normaliseNumber(`${digits}e${power}`));
    fc.assert(
      fc.property(number, number, (a, b) => {
        fc.pre(Math.max(a.length, b.length) < 20);
        expect(addNumbers(addNumbers(a, "+", b), "-", b)).toBe(a);
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});

describe("numbers are compared by value", () => {
  test.each([
    ["2", "10", -1],
    ["-2", "-10", 1],
    ["0.1", "0.1", 0],
    ["90071992547409930", "90071992547409931", -1],
    [nines, `${"9".repeat(37)}8`, 1],
  ])("%s against %s is %s", (a, b, order) => {
    expect(Math.sign(compareNumbers(a, b))).toBe(order);
  });
});
