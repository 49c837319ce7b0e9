/** What the ledger remembers of an incident's message: where it is and what it says. */
import type { MessageContent, Posted } from "./messenger.ts";

/** What is to be said, and where. */
export interface Telling {
  readonly channel: string;
  readonly content: MessageContent;
}

export interface MessageItem {
  readonly incident: string;
  /** Rises with every write; 0 means that nothing is stored yet. */
  readonly version: number;
  readonly posted: Posted | undefined;
  /** Fingerprint of what the message says now. */
  readonly says: string | undefined;
  /** Who is posting or editing it at the moment. */
  readonly claim: { readonly owner: string; readonly until: string } | undefined;
  /** Since when somebody may have posted it without being able to say so; undefined when that cannot be. */
  readonly maybePostedSince: string | undefined;
  /** Since when Slack has not taken it; undefined when it is up to date. */
  readonly waitingSince: string | undefined;
  /** What it was to say when somebody last began to; undefined when it is up to date. */
  readonly unsaid?: Telling | undefined;
}

export type MessageSaved =
  | { readonly kind: "saved"; readonly item: MessageItem }
  | { readonly kind: "conflict"; readonly current: MessageItem };

export interface Messages {
  message(incident: string): Promise<MessageItem>;
  /** Conditional on `item.version`; `dueAt` asks the sweep to come back. */
  saveMessage(item: MessageItem, dueAt: Date | undefined): Promise<MessageSaved>;
}

/** What is known of an incident of which nothing was ever told. */
export const untoldMessage = (incident: string): MessageItem => ({
  incident,
  version: 0,
  posted: undefined,
  says: undefined,
  claim: undefined,
  maybePostedSince: undefined,
  waitingSince: undefined,
});
