/** What a chapter of the story is, and what it may do to the world and to the screen. */
import type { RunningCloud } from "../start.ts";

/** How a chapter ended; `detail` is the sentence beside its tick. */
export interface Ending {
  readonly ok: boolean;
  readonly detail: string;
}

export interface Chapter {
  /** Fixed: other programs look for it in the JSON. */
  readonly name: string;
  readonly title: string;
  play(stage: Stage): Promise<Ending>;
}

/** Where a chapter plays. */
export interface Stage {
  readonly cloud: RunningCloud;
  /** Something the chapter does or sees, as a line with a tick. */
  tick(line: string): void;
  /** Lets time pass until it holds, ten seconds a step; answers whether it came to hold. */
  until(condition: () => boolean, atMostSeconds: number): Promise<boolean>;
}

/** A chapter whose expectation failed ends with that sentence. */
export class Unexpected extends Error {
  override readonly name = "Unexpected";
}

/** Refuses to go on when something is not as the story has it. */
export const expected = (holds: boolean, otherwise: string): void => {
  if (!holds) throw new Unexpected(otherwise);
};
