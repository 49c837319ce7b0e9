/** The local workspace: channels, messages and people. */
import type { Clock, JsonObject } from "../../contract.ts";
import type { SlackMessage } from "../../neighbours.ts";

/** A message with all that Slack keeps of it. */
export interface KeptMessage {
  readonly ts: string;
  readonly channelId: string;
  readonly threadTs: string | undefined;
  /** Only this person sees it. */
  readonly onlyFor: string | undefined;
  text: string;
  blocks: readonly JsonObject[];
  metadata: JsonObject | undefined;
  edits: number;
  deletedAt: string | undefined;
}

/** A channel. */
export interface Channel {
  readonly id: string;
  readonly name: string;
}

/** A person. */
export interface Person {
  readonly id: string;
  readonly name: string;
}

const idOf = (prefix: string, name: string): string => {
  let hash = 0x811c9dc5;
  for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return `${prefix}0${(hash >>> 0).toString(36).toUpperCase().padStart(8, "0")}`;
};

/** Every channel with a proper name is there and the app is in it, unless it was taken away. */
export class Workspace {
  readonly teamId = "T0LOCAL";
  readonly appId = "A0LOCAL";
  readonly botId = "B0LOCAL";
  readonly botUserId = "U0LOCALBOT";
  readonly #clock: Clock;
  readonly #channels = new Map<string, Channel>();
  readonly #gone = new Set<string>();
  readonly #messages: KeptMessage[] = [];
  readonly #byTs = new Map<string, KeptMessage>();
  readonly #people = new Map<string, Person>();
  #lastTsMicroseconds = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** By id, or where Slack takes names by `#name` or `name`. */
  channel(given: string, { byName = false } = {}): Channel | undefined {
    const byId = [...this.#channels.values()].find(({ id }) => id === given);
    if (byId) return byId;
    const name = given.replace(/^#/, "");
    if (!byName || !/^[a-z0-9_-]{1,80}$/.test(name) || this.#gone.has(name)) return undefined;
    const channel = { id: idOf("C", name), name };
    this.#channels.set(name, this.#channels.get(name) ?? channel);
    return this.#channels.get(name);
  }

  /** Those that somebody has named so far: a workspace on this machine has no others. */
  channels(): readonly Channel[] {
    return [...this.#channels.values()];
  }

  removeChannel(name: string): void {
    this.#gone.add(name);
    this.#channels.delete(name);
  }

  /** By id, or by any name, which makes an id of its own. */
  person(given: string): Person {
    const known = this.#people.get(given) ?? [...this.#people.values()].find(({ name }) => name === given);
    if (known) return known;
    const isId = /^[UW][A-Z0-9]{2,}$/.test(given);
    const person = { id: isId ? given : idOf("U", given), name: isId ? given.toLowerCase() : given };
    this.#people.set(person.id, person);
    return person;
  }

  hasPerson(id: string): boolean {
    return this.#people.has(id);
  }

  add(message: Omit<KeptMessage, "ts" | "edits" | "deletedAt">): KeptMessage {
    const kept: KeptMessage = { ...message, ts: this.#nextTs(), edits: 0, deletedAt: undefined };
    this.#messages.push(kept);
    this.#byTs.set(`${kept.channelId} ${kept.ts}`, kept);
    return kept;
  }

  /** A message that is still there. */
  message(channelId: string, ts: string): KeptMessage | undefined {
    const kept = this.#byTs.get(`${channelId} ${ts}`);
    return kept && kept.deletedAt === undefined ? kept : undefined;
  }

  /** In any channel: a click names a message by its ts alone. */
  messageByTs(ts: string): KeptMessage | undefined {
    return this.#messages.find((each) => each.ts === ts && each.deletedAt === undefined);
  }

  /** What is to be seen in a channel, the newest first. */
  inChannel(channelId: string): readonly KeptMessage[] {
    return this.#messages
      .filter((each) => each.channelId === channelId && each.deletedAt === undefined && each.onlyFor === undefined)
      .reverse();
  }

  /** The answers to a message, the oldest first. */
  replies({ channelId, ts }: KeptMessage): readonly KeptMessage[] {
    return this.inChannel(channelId)
      .filter(({ threadTs }) => threadTs === ts)
      .reverse();
  }

  /** All messages ever posted, the deleted ones included, the oldest first. */
  all(): readonly SlackMessage[] {
    return this.#messages.filter(({ onlyFor }) => onlyFor === undefined).map((each) => this.view(each));
  }

  view({ ts, threadTs, channelId, text, blocks, edits, deletedAt }: KeptMessage): SlackMessage {
    const name = [...this.#channels.values()].find(({ id }) => id === channelId)?.name;
    return { ts, threadTs, channel: name ? `#${name}` : channelId, text, blocks, edits, deletedAt };
  }

  #nextTs(): string {
    this.#lastTsMicroseconds = Math.max(this.#lastTsMicroseconds + 1, this.#clock.now() * 1000);
    const microseconds = this.#lastTsMicroseconds;
    return `${Math.floor(microseconds / 1_000_000)}.${String(microseconds % 1_000_000).padStart(6, "0")}`;
  }
}
