/** A leaf of an event: a string, or the text of a number, `true`, `false` or `null`. */
export interface Leaf {
  readonly isString: boolean;
  readonly text: string;
}

/** What a leaf must satisfy; `absent` asks that there be none. */
export type Test = ((leaf: Leaf) => boolean) | "absent";
