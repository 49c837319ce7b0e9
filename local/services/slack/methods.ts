/** The methods of Slack's Web API that an app which posts and edits messages needs. */
import type { Json, JsonObject } from "../../contract.ts";
import { listOf, objectOf, textOf } from "../lambda/reading.ts";
import { areTooLong, blockErrors, inWords } from "./block-kit/verdict.ts";
import { SlackRefusal } from "./refusal.ts";
import type { Channel, KeptMessage, Workspace } from "./workspace.ts";

/** Slack posts longer text cut off, and says so in its documents alone; here it is refused. */
const longestPostedText = 40_000;
const longestUpdatedText = 4000;
const largestMetadataBytes = 8 * 1024;

/** What a method works on. */
export interface MethodContext {
  readonly workspace: Workspace;
  readonly deletedAt: string;
  /** Tells whoever watches that a message is new or different. */
  changed(message: KeptMessage): void;
}

type Method = (input: JsonObject, context: MethodContext) => JsonObject;

const channelOf = (input: JsonObject, { workspace }: MethodContext, byName = false): Channel => {
  const channel = workspace.channel(textOf(input.channel) ?? "", { byName });
  if (!channel) throw new SlackRefusal("channel_not_found");
  return channel;
};

const messageOf = (input: JsonObject, context: MethodContext): KeptMessage => {
  const message = context.workspace.message(channelOf(input, context).id, textOf(input.ts) ?? "");
  if (!message) throw new SlackRefusal("message_not_found");
  return message;
};

const blocksOf = (input: JsonObject): readonly JsonObject[] | undefined => {
  const { blocks } = input;
  if (blocks === undefined || blocks === null) return undefined;
  if (!Array.isArray(blocks)) throw new SlackRefusal("invalid_blocks_format");
  const errors = blockErrors(blocks);
  if (errors.length > 0)
    throw new SlackRefusal("invalid_blocks", { response_metadata: { messages: errors.map(inWords) } });
  if (areTooLong(blocks)) throw new SlackRefusal("msg_blocks_too_long");
  return listOf(blocks) as readonly JsonObject[];
};

const textIn = (input: JsonObject, mostCharacters: number): string | undefined => {
  const text = textOf(input.text);
  if (text !== undefined && text.length > mostCharacters) throw new SlackRefusal("msg_too_long");
  return text;
};

const metadataOf = (input: JsonObject): JsonObject | undefined => {
  if (input.metadata === undefined || input.metadata === null) return undefined;
  const metadata = objectOf(input.metadata);
  if (Object.keys(metadata).length === 0) return {};
  if (!textOf(metadata.event_type) || typeof metadata.event_payload !== "object" || metadata.event_payload === null)
    throw new SlackRefusal("invalid_metadata_format");
  if (Buffer.byteLength(JSON.stringify(metadata)) > largestMetadataBytes) throw new SlackRefusal("metadata_too_large");
  return metadata;
};

/** A message as the API gives it back. */
export const messageView = (workspace: Workspace, message: KeptMessage, withMetadata = false): JsonObject => ({
  type: "message",
  user: workspace.botUserId,
  bot_id: workspace.botId,
  app_id: workspace.appId,
  team: workspace.teamId,
  ts: message.ts,
  text: message.text,
  ...(message.blocks.length > 0 && { blocks: message.blocks as readonly Json[] }),
  ...(message.threadTs && { thread_ts: message.threadTs }),
  ...(message.edits > 0 && { edited: { user: workspace.botUserId, ts: message.ts } }),
  ...(withMetadata && message.metadata && { metadata: message.metadata as Json }),
});

const withReplies = (workspace: Workspace, message: KeptMessage, withMetadata: boolean): JsonObject => {
  const count = workspace.replies(message).length;
  return {
    ...messageView(workspace, message, withMetadata),
    ...(count > 0 && { thread_ts: message.ts, reply_count: count }),
  };
};

const isYes = (value: Json | undefined): boolean => value === true || value === "true" || value === "1" || value === 1;

/** One page of messages between `oldest` and `latest`, both left out unless `inclusive`. */
const page = (
  messages: readonly KeptMessage[],
  input: JsonObject,
): { shown: readonly KeptMessage[]; rest: JsonObject } => {
  const [oldest, latest] = [Number(input.oldest ?? 0), Number(input.latest ?? Number.MAX_VALUE)];
  const isIn = ({ ts }: KeptMessage): boolean =>
    isYes(input.inclusive) ? Number(ts) >= oldest && Number(ts) <= latest : Number(ts) > oldest && Number(ts) < latest;
  const limit = Number(input.limit ?? 100);
  if (!(limit >= 1 && limit <= 999)) throw new SlackRefusal("invalid_limit");
  const from = textOf(input.cursor) ? Number(Buffer.from(textOf(input.cursor) ?? "", "base64").toString()) : 0;
  if (!Number.isInteger(from)) throw new SlackRefusal("invalid_cursor");
  const found = messages.filter(isIn);
  const hasMore = found.length > from + limit;
  return {
    shown: found.slice(from, from + limit),
    rest: {
      has_more: hasMore,
      ...(hasMore && { response_metadata: { next_cursor: Buffer.from(String(from + limit)).toString("base64") } }),
    },
  };
};

/** By name, without authentication and limits, which the caller has seen to. */
export const methods: Readonly<Record<string, Method>> = {
  "auth.test": (_, { workspace }) => ({
    url: "https://local.slack.com/",
    team: "local",
    user: "app",
    team_id: workspace.teamId,
    user_id: workspace.botUserId,
    bot_id: workspace.botId,
    is_enterprise_install: false,
  }),

  "chat.postMessage": (input, context) => {
    const { workspace } = context;
    const channel = channelOf(input, context, true);
    const [blocks, text, metadata] = [blocksOf(input), textIn(input, longestPostedText), metadataOf(input)];
    if (!text && !blocks?.length) throw new SlackRefusal("no_text");
    const threadTs = textOf(input.thread_ts);
    if (threadTs && !workspace.message(channel.id, threadTs)) throw new SlackRefusal("thread_not_found");
    const parent = threadTs && workspace.message(channel.id, threadTs)?.threadTs;
    const message = workspace.add({
      channelId: channel.id,
      threadTs: parent || threadTs,
      onlyFor: undefined,
      text: text ?? "",
      blocks: blocks ?? [],
      metadata,
    });
    context.changed(message);
    return { channel: channel.id, ts: message.ts, message: messageView(workspace, message, true) };
  },

  "chat.postEphemeral": (input, context) => {
    const channel = channelOf(input, context, true);
    const user = textOf(input.user);
    if (!user) throw new SlackRefusal("user_not_in_channel");
    const [blocks, text] = [blocksOf(input), textIn(input, longestPostedText)];
    if (!text && !blocks?.length) throw new SlackRefusal("no_text");
    const about = { threadTs: textOf(input.thread_ts), onlyFor: user, metadata: undefined };
    const message = context.workspace.add({ ...about, channelId: channel.id, text: text ?? "", blocks: blocks ?? [] });
    return { message_ts: message.ts };
  },

  "chat.update": (input, context) => {
    const message = messageOf(input, context);
    const [blocks, text, metadata] = [blocksOf(input), textIn(input, longestUpdatedText), metadataOf(input)];
    if (text === undefined && blocks === undefined) throw new SlackRefusal("no_text");
    if (!text && blocks?.length === 0) throw new SlackRefusal("no_text");
    // Text alone takes earlier blocks away; blocks alone keep the earlier text.
    message.blocks = blocks ?? [];
    message.text = text ?? message.text;
    if (metadata) message.metadata = Object.keys(metadata).length > 0 ? metadata : undefined;
    message.edits += 1;
    context.changed(message);
    const { channelId, ts } = message;
    return { channel: channelId, ts, text: message.text, message: messageView(context.workspace, message) };
  },

  "chat.delete": (input, context) => {
    const message = messageOf(input, context);
    message.deletedAt = context.deletedAt;
    context.changed(message);
    return { channel: message.channelId, ts: message.ts };
  },

  "conversations.list": (input, { workspace }) => {
    const limit = Number(input.limit ?? 100);
    if (!(limit >= 1 && limit <= 999)) throw new SlackRefusal("invalid_limit");
    const from = textOf(input.cursor) ? Number(Buffer.from(textOf(input.cursor) ?? "", "base64").toString()) : 0;
    if (!Number.isInteger(from)) throw new SlackRefusal("invalid_cursor");
    const all = workspace.channels();
    const next = from + limit < all.length ? Buffer.from(String(from + limit)).toString("base64") : "";
    const channels = all.slice(from, from + limit).map(({ id, name }) => ({
      id,
      name,
      is_channel: true,
      is_private: false,
      is_archived: false,
      is_member: true,
    }));
    return { channels, response_metadata: { next_cursor: next } };
  },

  "conversations.history": (input, context) => {
    const { workspace } = context;
    const roots = workspace.inChannel(channelOf(input, context).id).filter(({ threadTs }) => threadTs === undefined);
    const { shown, rest } = page(roots, input);
    const withMetadata = isYes(input.include_all_metadata);
    return { messages: shown.map((each) => withReplies(workspace, each, withMetadata)) as readonly Json[], ...rest };
  },

  "conversations.replies": (input, context) => {
    const { workspace } = context;
    const channel = channelOf(input, context);
    const root = workspace.message(channel.id, textOf(input.ts) ?? "");
    if (!root) throw new SlackRefusal("thread_not_found");
    const { shown, rest } = page(workspace.replies(root), input);
    const withMetadata = isYes(input.include_all_metadata);
    const messages = [root, ...shown].map((each) => withReplies(workspace, each, withMetadata));
    return { messages: messages as readonly Json[], ...rest };
  },

  "users.info": (input, { workspace }) => {
    const id = textOf(input.user) ?? "";
    if (!workspace.hasPerson(id)) throw new SlackRefusal("user_not_found");
    const { name } = workspace.person(id);
    const profile = { real_name: name, display_name: name, email: `${name}@local.example` };
    return { user: { id, team_id: workspace.teamId, name, real_name: name, deleted: false, is_bot: false, profile } };
  },

  "blocks.validate": (input) => {
    const errors = blockErrors(input.blocks ?? []);
    if (errors.length === 0) return {};
    throw new SlackRefusal("invalid_blocks", {
      errors: errors.map((each) => ({ ...each, code: "invalid_block" })),
      response_metadata: { messages: errors.map(inWords) },
    });
  },
};
