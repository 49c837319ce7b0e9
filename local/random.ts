/** Seeded randomness of the local cloud: the same seed gives the same ids, jitters and orders. */
import type { Cloud } from "./contract.ts";

/** A generator of its own state: sfc32, seeded from text. `next()` is in [0, 1). */
export function seededRandom(seed: string): Cloud["random"] {
  let [a, b, c] = hashes(seed);
  let counter = 1;
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let warming = 0; warming < 12; warming += 1) next();
  const hex = (characters: number): string => {
    let text = "";
    while (text.length < characters)
      text += Math.floor(next() * 2 ** 32)
        .toString(16)
        .padStart(8, "0");
    return text.slice(0, characters);
  };
  const uuid = (): string => {
    const variant = "89ab"[Math.floor(next() * 4)];
    return `${hex(8)}-${hex(4)}-4${hex(3)}-${variant}${hex(3)}-${hex(12)}`;
  };
  return { next, hex, uuid };
}

/** A name's own randomness: does not depend on what else was drawn, so that one more resource renames no other. */
export const randomOf = (...names: readonly (string | number)[]): Cloud["random"] => seededRandom(names.join("\u0000"));

/** Three words from FNV-1a with different offsets. */
function hashes(text: string): [number, number, number] {
  const word = (offset: number): number => {
    let hash = (2166136261 ^ offset) >>> 0;
    for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 16777619);
    return hash | 0;
  };
  return [word(0), word(0x9e3779b9), word(0x7f4a7c15)];
}
