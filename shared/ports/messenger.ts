/** What a chat must be able to do: post a message, edit it in place, find one that was posted without our knowing. */

/** A message as Slack takes it; `blocks` are Block Kit. */
export interface MessageContent {
  readonly text: string;
  readonly blocks: readonly unknown[];
}

export interface Posted {
  readonly channel: string;
  readonly ts: string;
}

export interface Messenger {
  /** `incident` is kept in the message's metadata, so that it can be found again. */
  post(channel: string, content: MessageContent, incident: string): Promise<Posted>;
  /** False when the message is gone or cannot be edited any more: what it had to say needs another. */
  update(posted: Posted, content: MessageContent): Promise<boolean>;
  /** The message of that incident among the channel's newest since then; undefined if there is none. */
  find(channel: string, incident: string, since: Date): Promise<Posted | undefined>;
}
