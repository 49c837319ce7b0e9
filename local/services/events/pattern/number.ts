/** The significant digits of a decimal and the power of ten of the last one, so that equal quantities look equal. */
const canonical = (text: string): string => {
  const [mantissa = "", exponent = "0"] = text.toLowerCase().split("e");
  const negative = mantissa.startsWith("-");
  const [whole = "", fraction = ""] = mantissa.replace("-", "").split(".");
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  const significant = digits.replace(/0+$/, "");
  if (significant === "") return "0";
  const power = BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - significant.length);
  return `${negative ? "-" : ""}${significant}e${power}`;
};

/**
 * The quantity of a JSON number, or undefined when a double cannot carry it without changing its decimal.
 * Source: event-ruler compares numbers only if the shortest decimal of their double is the number itself.
 */
export const quantityOf = (text: string): number | undefined => {
  const value = Number(text);
  if (!Number.isFinite(value)) return undefined;
  return canonical(String(value)) === canonical(text) ? value + 0 : undefined;
};
