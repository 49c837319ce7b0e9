/** An order of versions good enough to name the later of two fixes of one package. */

/** Epoch, then the runs of digits and letters. */
const partsOf = (version: string): readonly string[] => {
  const colon = version.indexOf(":");
  const epoch = colon < 0 ? "0" : version.slice(0, colon);
  return [epoch, ...(version.slice(colon + 1).match(/\d+|[a-z]+|~/gi) ?? [])];
};

const isNumber = (part: string): boolean => part >= "0" && part < ":";

const withoutZeros = (number: string): string => (number.startsWith("0") ? number.replace(/^0+/, "") : number);

const compareTexts = (one: string, other: string): number => (one < other ? -1 : Number(one > other));

/** A tilde sorts before everything, also the end, as in Debian; letters before numbers. */
const rank = (part: string | undefined): number => {
  if (part === undefined) return 1;
  if (part === "~") return 0;
  return isNumber(part) ? 3 : 2;
};

const compareParts = (one: string | undefined, other: string | undefined): number => {
  const byKind = rank(one) - rank(other);
  if (byKind !== 0 || one === undefined || other === undefined) return byKind;
  if (!isNumber(one)) return compareTexts(one, other);
  const [a, b] = [withoutZeros(one), withoutZeros(other)];
  return a.length - b.length || compareTexts(a, b);
};

/** Negative when the first version is the earlier. */
export function compareVersions(one: string, other: string): number {
  const [a, b] = [partsOf(one), partsOf(other)];
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const difference = compareParts(a[at], b[at]);
    if (difference !== 0) return difference;
  }
  return 0;
}
