/** An order of versions good enough to name the later of two fixes of one package. */

/** Stands for the part that the shorter of two versions does not have: before all letters and numbers. */
const END = "";

/** Epoch, then the runs of digits and letters. */
const partsOf = (version: string): readonly string[] =>
  (version.includes(":") ? version : `0:${version}`).match(/\d+|[a-z]+|~/gi) ?? [];

const isNumber = (part: string): boolean => /\d/.test(part);

/** A tilde sorts before everything, also the end, as in Debian; letters before numbers. */
const rank = (part: string): number => {
  if (part === "~") return 0;
  return isNumber(part) ? 2 : 1;
};

const compareTexts = (one: string, other: string): number => (one < other ? -1 : Number(one > other));

/** Of whole numbers of any length. */
const compareNumbers = (one: string, other: string): number => {
  const [a, b] = [one.replace(/^0+/, ""), other.replace(/^0+/, "")];
  return a.length - b.length || compareTexts(a, b);
};

const compareParts = (one: string, other: string): number =>
  rank(one) - rank(other) || (isNumber(one) ? compareNumbers(one, other) : compareTexts(one, other));

/** Negative when the first version is the earlier, zero when neither is. */
export function compareVersions(one: string, other: string): number {
  const [a, b] = [partsOf(one), partsOf(other)];
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const difference = compareParts(a[at] ?? END, b[at] ?? END);
    if (difference !== 0) return difference;
  }
  return 0;
}
