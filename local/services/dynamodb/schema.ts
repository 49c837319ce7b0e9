/** What a table is: its keys, its indexes, its time to live. */

/** The types a key attribute may have. */
export type KeyType = "S" | "N" | "B";

/** An attribute that is part of a key. */
export interface KeyAttribute {
  readonly name: string;
  readonly type: KeyType;
}

/** The key of a table or an index. */
export interface KeySchema {
  readonly partition: KeyAttribute;
  readonly sort: KeyAttribute | undefined;
}

/** A global secondary index. */
export interface IndexSchema {
  readonly name: string;
  readonly key: KeySchema;
  /** Attributes it keeps beside the keys; `all` for every one. */
  readonly projection: "all" | readonly string[];
}

/** A table as its template declares it. */
export interface TableSchema {
  readonly name: string;
  readonly arn: string;
  readonly id: string;
  readonly createdAtMs: number;
  readonly key: KeySchema;
  readonly indexes: readonly IndexSchema[];
  /** Attribute with the second of 1970 after which an item may be removed. */
  readonly expiryAttribute: string | undefined;
  readonly isDeletionProtected: boolean;
}

/** The attributes of a key, partition first. */
export const keyAttributes = ({ partition, sort }: KeySchema): readonly KeyAttribute[] =>
  sort ? [partition, sort] : [partition];
