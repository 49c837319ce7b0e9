/** Receipt handles: opaque to callers, and each good for one receipt of one message of one queue. */

interface Parts {
  readonly queue: string;
  readonly messageId: string;
  readonly receives: number;
}

/** Makes the handle of the latest receipt of a message. */
export const receiptHandle = ({ queue, messageId, receives }: Parts): string =>
  `AQEB${Buffer.from(`${queue}|${messageId}|${receives}`).toString("base64")}`;

/** What a handle speaks for; undefined when no queue made it. */
export function partsOfHandle(handle: string): Parts | undefined {
  if (!handle.startsWith("AQEB")) return undefined;
  const [queue, messageId, receives] = Buffer.from(handle.slice(4), "base64").toString().split("|");
  if (queue === undefined || messageId === undefined || receives === undefined) return undefined;
  return { queue, messageId, receives: Number(receives) };
}
