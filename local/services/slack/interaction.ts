/** A person presses a button: the signed request that Slack sends, and the response URL that it carries. */
import { createHmac } from "node:crypto";
import type { Cloud, Json, JsonObject } from "../../contract.ts";
import type { PlainAnswer, PlainRequest } from "../../neighbours.ts";
import { listOf, objectOf, textOf } from "../lambda/reading.ts";
import { areTooLong, blockErrors } from "./block-kit/verdict.ts";
import { messageView } from "./methods.ts";
import type { KeptMessage, Person, Workspace } from "./workspace.ts";

const responseUrlLivesMs = 30 * 60 * 1000;
const responseUrlTakes = 5;

/** `v0` of the signing secret over time and raw body. Source: docs.slack.dev, "Verifying requests from Slack". */
export const signatureOf = (signingSecret: string, timestampSeconds: number, body: string): string =>
  `v0=${createHmac("sha256", signingSecret).update(`v0:${timestampSeconds}:${body}`).digest("hex")}`;

/** An element of a message that can be used, with the block it is in. */
function elementOf(
  message: KeptMessage,
  actionId: string,
): { readonly element: JsonObject; readonly blockId: string } | undefined {
  for (const [index, block] of message.blocks.entries()) {
    const elements = [...listOf(block.elements), block.accessory ?? null].map(objectOf);
    const element = elements.find((each) => each.action_id === actionId);
    if (element) return { element, blockId: textOf(block.block_id) ?? `block-${index}` };
  }
  return undefined;
}

interface Issued {
  readonly message: KeptMessage;
  readonly expiresMs: number;
  uses: number;
}

/** Makes interactions, and answers the URLs it has given out. */
export class Interactions {
  readonly #cloud: Cloud;
  readonly #workspace: Workspace;
  readonly #changed: (message: KeptMessage) => void;
  readonly #issued = new Map<string, Issued>();

  constructor(cloud: Cloud, workspace: Workspace, changed: (message: KeptMessage) => void) {
    this.#cloud = cloud;
    this.#workspace = workspace;
    this.#changed = changed;
  }

  /** The request for one press; undefined when the message has no such element. */
  request(
    message: KeptMessage,
    actionId: string,
    person: Person,
    { signingSecret, value }: { signingSecret: string; value?: string | undefined },
  ): Omit<PlainRequest, "path"> | undefined {
    const found = elementOf(message, actionId);
    if (!found) return undefined;
    const { clock, random } = this.#cloud;
    const key = random.hex(24);
    this.#issued.set(key, { message, expiresMs: clock.now() + responseUrlLivesMs, uses: 0 });
    const payload = this.#payload(message, person, key, this.#action(found, value));
    const body = `payload=${encodeURIComponent(JSON.stringify(payload))}`;
    const timestamp = Math.floor(clock.now() / 1000);
    return {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "x-slack-request-timestamp": String(timestamp),
        "x-slack-signature": signatureOf(signingSecret, timestamp, body),
      },
      body,
    };
  }

  /** What an app posts to a response URL. */
  respond(key: string, { body }: PlainRequest): PlainAnswer {
    const issued = this.#issued.get(key);
    if (!issued) return { status: 404, body: "no_such_url" };
    if (this.#cloud.clock.now() > issued.expiresMs) return { status: 404, body: "expired_url" };
    issued.uses += 1;
    if (issued.uses > responseUrlTakes) return { status: 404, body: "used_url" };
    const input = objectOf(JSON.parse(body) as Json);
    const blocks = listOf(input.blocks) as readonly JsonObject[];
    if (blockErrors(blocks as readonly Json[]).length > 0 || areTooLong(blocks as readonly Json[]))
      return { status: 400, body: "invalid_blocks" };
    this.#apply(issued.message, input, blocks);
    return { status: 200, headers: { "content-type": "text/html" }, body: "ok" };
  }

  #apply(message: KeptMessage, input: JsonObject, blocks: readonly JsonObject[]): void {
    const text = textOf(input.text) ?? "";
    if (input.delete_original === true) message.deletedAt = new Date(this.#cloud.clock.now()).toISOString();
    else if (input.replace_original === true) {
      message.text = text;
      message.blocks = blocks;
      message.edits += 1;
    } else {
      const onlyFor = input.response_type === "in_channel" ? undefined : "whoever pressed";
      const { channelId } = message;
      const about = { channelId, threadTs: textOf(input.thread_ts), onlyFor, metadata: undefined };
      this.#changed(this.#workspace.add({ ...about, text, blocks }));
      return;
    }
    this.#changed(message);
  }

  #action({ element, blockId }: { element: JsonObject; blockId: string }, value: string | undefined): JsonObject {
    const type = textOf(element.type) ?? "button";
    const chosen = [...listOf(element.options)].map(objectOf).find((each) => each.value === value);
    return {
      type,
      action_id: element.action_id,
      block_id: blockId,
      ...(type === "button" && { text: element.text, value: element.value, style: element.style }),
      ...(chosen && { selected_option: chosen as Json }),
      action_ts: (this.#cloud.clock.now() / 1000).toFixed(6),
    };
  }

  #payload(message: KeptMessage, person: Person, key: string, action: JsonObject): JsonObject {
    const { teamId, appId } = this.#workspace;
    const { channel } = this.#workspace.view(message);
    return {
      type: "block_actions",
      user: { id: person.id, username: person.name, name: person.name, team_id: teamId },
      api_app_id: appId,
      token: "verification-token-is-deprecated",
      container: { type: "message", message_ts: message.ts, channel_id: message.channelId, is_ephemeral: false },
      trigger_id: `${Math.floor(this.#cloud.clock.now() / 1000)}.${key.slice(0, 12)}`,
      team: { id: teamId, domain: "local" },
      enterprise: null,
      is_enterprise_install: false,
      channel: { id: message.channelId, name: channel.replace(/^#/, "") },
      message: messageView(this.#workspace, message, true) as Json,
      state: { values: {} },
      response_url: `https://hooks.slack.com/actions/${teamId}/${key}`,
      actions: [action as Json],
    };
  }
}
