const V4 = /^\d+\.\d+\.\d+\.\d+$/;
const V6 = /^[0-9a-fA-F:]*:[0-9a-fA-F:]*$/;

/** An IP address as a number, with the bits of its family. */
export interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

const v4 = (text: string): bigint | undefined => {
  let value = 0n;
  for (const part of text.split(".")) {
    if (part.length > 3 || Number(part) > 255) return undefined;
    value = value * 256n + BigInt(part);
  }
  return value;
};

const groupsOf = (text: string): string[] => (text === "" ? [] : text.split(":"));

const v6 = (text: string): bigint | undefined => {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const head = groupsOf(halves[0] ?? "");
  const tail = groupsOf(halves[1] ?? "");
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  let value = 0n;
  for (const group of [...head, ...Array<string>(missing).fill("0"), ...tail]) {
    if (group === "" || group.length > 4) return undefined;
    value = value * 65_536n + BigInt(`0x${group}`);
  }
  return value;
};

/** The address a text spells, or undefined when it spells none. */
export const addressOf = (text: string): Address | undefined => {
  if (V4.test(text)) {
    const value = v4(text);
    return value === undefined ? undefined : { bits: 32, value };
  }
  if (!V6.test(text)) return undefined;
  const value = v6(text);
  return value === undefined ? undefined : { bits: 128, value };
};

/** Whether two spellings mean the same address. */
export const sameAddress = (left: Address, right: Address): boolean =>
  left.bits === right.bits && left.value === right.value;

/** The block a CIDR names, or undefined; a block of a single address is refused, as EventBridge does. */
export const blockOf = (cidr: string): ((address: Address) => boolean) | undefined => {
  const [base, mask, ...rest] = cidr.split("/");
  if (base === undefined || mask === undefined || rest.length > 0 || !/^\+?\d+$/.test(mask)) return undefined;
  const address = addressOf(base);
  if (!address || Number(mask) >= address.bits) return undefined;
  const freeBits = BigInt(address.bits - Number(mask));
  return ({ bits, value }) => bits === address.bits && value >> freeBits === address.value >> freeBits;
};
