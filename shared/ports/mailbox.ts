/** A queue of ours that can be written to. */
export interface Mailbox {
  send(
    message: unknown,
    options?: { readonly delaySeconds?: number; readonly attributes?: Readonly<Record<string, string>> },
  ): Promise<void>;
}
