/** Slack's refusals: a status of 200, `ok: false`, and a word. */
import type { JsonObject } from "../../contract.ts";

/** One refusal; `more` are further members of the answer. */
export class SlackRefusal extends Error {
  override readonly name = "SlackRefusal";
  readonly more: JsonObject;

  constructor(error: string, more: JsonObject = {}) {
    super(error);
    this.more = more;
  }
}
