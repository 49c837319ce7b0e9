/** What came of asking a service of AWS for something that may be gone, closed to us, or out of reach for a moment. */
export type Reading<Value> =
  | { readonly kind: "read"; readonly value: Value }
  | { readonly kind: "gone" }
  /** Our role, or a policy of the other side, does not let us look. */
  | { readonly kind: "denied" }
  /** Throttled, timed out, broken: the next look may succeed. */
  | { readonly kind: "unreadable" };
