/** Any value that survives JSON unchanged. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** A document that is passed on without being understood as a whole. */
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}
