/** DynamoDB's numbers: decimal strings of up to 38 significant digits, compared and added exactly. */
import { validation } from "./errors.ts";

const plainInteger = /^(?:0|-?[1-9]\d{0,14})$/;
const decimal = /^(-?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;

/** value = (negative ? -1 : 1) * digits * 10^exponent, without trailing zeros in digits. */
interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  readonly exponent: number;
}

const zero: Decimal = { negative: false, digits: "0", exponent: 0 };

function parse(text: string): Decimal | undefined {
  const match = decimal.exec(text);
  const [, sign, whole = "", fraction = "", power = "0"] = match ?? [];
  if (!match || whole.length + fraction.length === 0) return undefined;
  const all = (whole + fraction).replace(/^0+/, "");
  const digits = all.replace(/0+$/, "");
  if (digits === "") return zero;
  return { negative: sign === "-", digits, exponent: Number(power) - fraction.length + (all.length - digits.length) };
}

function parsed(text: string): Decimal {
  const found = parse(text);
  if (!found)
    throw validation(
      text === ""
        ? "The parameter cannot be converted to a numeric value"
        : `The parameter cannot be converted to a numeric value: ${text}`,
    );
  return found;
}

function plain({ negative, digits, exponent }: Decimal): string {
  const sign = negative ? "-" : "";
  if (exponent >= 0) return sign + digits + "0".repeat(exponent);
  const point = digits.length + exponent;
  return point > 0
    ? `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
    : `${sign}0.${"0".repeat(-point)}${digits}`;
}

function checked(value: Decimal): Decimal {
  const magnitude = value.digits.length + value.exponent - 1;
  if (value === zero) return value;
  if (magnitude > 125)
    throw validation("Number overflow. Attempting to store a number with magnitude larger than supported range");
  if (magnitude < -130)
    throw validation("Number underflow. Attempting to store a number with magnitude smaller than supported range");
  if (value.digits.length > 38) throw validation("Attempting to store more than 38 significant digits in a Number");
  return value;
}

/** The one spelling under which DynamoDB stores and answers a number; refuses what it cannot hold. */
export const normaliseNumber = (text: string): string =>
  plainInteger.test(text) ? text : plain(checked(parsed(text)));

function scaled(value: Decimal, exponent: number): bigint {
  const magnitude = BigInt(value.digits) * 10n ** BigInt(value.exponent - exponent);
  return value.negative ? -magnitude : magnitude;
}

function fromScaled(amount: bigint, exponent: number): Decimal {
  return parsed(`${amount}e${exponent}`);
}

/** Negative, zero or positive as the normalised `a` is below, equal to or above `b`. */
export function compareNumbers(a: string, b: string): number {
  if (a === b) return 0;
  // Rounding to a double keeps the order, so only a tie needs exact digits.
  const [x, y] = [Number(a), Number(b)];
  if (x !== y) return x < y ? -1 : 1;
  const [left, right] = [parsed(a), parsed(b)];
  const exponent = Math.min(left.exponent, right.exponent);
  const [l, r] = [scaled(left, exponent), scaled(right, exponent)];
  return l < r ? -1 : l > r ? 1 : 0;
}

/** The exact sum `a + b`, or difference `a - b`, of two normalised numbers. */
export function addNumbers(a: string, operator: "+" | "-", b: string): string {
  const [x, y] = [Number(a), operator === "+" ? Number(b) : -Number(b)];
  const isExact = Number.isSafeInteger(x) && Number.isSafeInteger(y) && Number.isSafeInteger(x + y);
  if (isExact && !a.includes(".") && !b.includes(".")) return String(x + y);
  const [left, right] = [parsed(a), parsed(b)];
  const exponent = Math.min(left.exponent, right.exponent);
  const sum = scaled(left, exponent) + (operator === "+" ? 1n : -1n) * scaled(right, exponent);
  return sum === 0n ? "0" : plain(checked(fromScaled(sum, exponent)));
}

/** Bytes that a normalised number takes: one for every two significant digits, and one. */
export function numberBytes(text: string): number {
  const { digits, negative } = parsed(text);
  return Math.ceil(digits.length / 2) + 1 + (negative ? 1 : 0);
}
