/** The MD5 digests by which SDKs check that SQS received what they sent. */
import { createHash } from "node:crypto";
import type { MessageAttribute } from "./message-attributes.ts";

const withLength = (bytes: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

/** MD5 of a message body, in hex. */
export const digestOfBody = (body: string): string => createHash("md5").update(body, "utf8").digest("hex");

/** MD5 over names, types and values in order of names; undefined without attributes.
 *  Source: SQS developer guide, "Calculating the MD5 message digest for message attributes". */
export function digestOfAttributes(attributes: Readonly<Record<string, MessageAttribute>>): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const hash = createHash("md5");
  for (const name of names) {
    const { DataType, StringValue, BinaryValue } = attributes[name] ?? { DataType: "String" };
    const isBinary = BinaryValue !== undefined;
    hash.update(withLength(Buffer.from(name)));
    hash.update(withLength(Buffer.from(DataType)));
    hash.update(Buffer.from([isBinary ? 2 : 1]));
    hash.update(withLength(isBinary ? Buffer.from(BinaryValue, "base64") : Buffer.from(StringValue ?? "")));
  }
  return hash.digest("hex");
}
