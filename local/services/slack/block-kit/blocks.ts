/** Block Kit's shapes and limits, as far as messages use them. Source: docs.slack.dev, "Block Kit reference". */
import type { Check } from "./checks.ts";
import { also, byType, flag, list, object, oneOf, text, url } from "./checks.ts";

const anything: Check = () => {};
const type = anything; // `byType` has looked at it

const plainText = (most: number): Check => object({ type: oneOf("plain_text"), text: text(most) }, { emoji: flag });

const anyText = (most: number): Check =>
  byType({
    plain_text: object({ type, text: text(most) }, { emoji: flag }),
    mrkdwn: object({ type, text: text(most) }, { verbatim: flag }),
  });

const confirm = object(
  { title: plainText(100), text: anyText(300), confirm: plainText(30), deny: plainText(30) },
  { style: oneOf("primary", "danger") },
);

const option = object({ text: anyText(75), value: text(150) }, { description: anyText(75), url });
const actionId = text(255);
const selectable = { action_id: actionId, confirm, focus_on_load: flag };

const button = object(
  { type, text: plainText(75) },
  {
    action_id: actionId,
    url,
    value: text(2000),
    style: oneOf("primary", "danger"),
    confirm,
    accessibility_label: text(75),
  },
);
const image = also(
  object({ type, alt_text: text(2000) }, { image_url: url, slack_file: anything }),
  (value, pointer, report) => {
    const given = value as { image_url?: unknown; slack_file?: unknown };
    if (given?.image_url === undefined && given?.slack_file === undefined)
      report(pointer, "missing required field: image_url");
  },
);

/** Interactive elements by type. */
const elements = {
  button,
  overflow: object({ type, options: list(5, option) }, selectable),
  static_select: also(
    object(
      { type },
      {
        ...selectable,
        placeholder: plainText(150),
        options: list(100, option),
        option_groups: list(100, object({ label: plainText(75), options: list(100, option) })),
        initial_option: option,
      },
    ),
    (value, pointer, report) => {
      const given = value as { options?: unknown; option_groups?: unknown };
      if (given?.options === undefined && given?.option_groups === undefined)
        report(pointer, "missing required field: options");
    },
  ),
  users_select: object({ type }, { ...selectable, placeholder: plainText(150), initial_user: text(255) }),
  datepicker: object({ type }, { ...selectable, placeholder: plainText(150), initial_date: text(10) }),
  checkboxes: object({ type, options: list(10, option) }, { ...selectable, initial_options: list(10, option) }),
  radio_buttons: object({ type, options: list(10, option) }, { ...selectable, initial_option: option }),
};

const style = object({}, { bold: flag, italic: flag, strike: flag, code: flag, underline: flag });
const run = byType({
  text: object({ type, text: text(3000) }, { style }),
  link: object({ type, url }, { text: text(3000), unsafe: flag, style }),
  emoji: object({ type, name: text(255) }, { unicode: text(255), style }),
  user: object({ type, user_id: text(255) }, { style }),
  channel: object({ type, channel_id: text(255) }, { style }),
  usergroup: object({ type, usergroup_id: text(255) }, { style }),
  broadcast: object({ type, range: oneOf("here", "channel", "everyone") }, { style }),
  date: object({ type, timestamp: anything, format: text(255) }, { url, fallback: text(255), style }),
  color: object({ type, value: text(255) }, { style }),
});
const runs = list(1000, run, 0);
const border = anything;
const richText = byType({
  rich_text_section: object({ type, elements: runs }),
  rich_text_preformatted: object({ type, elements: runs }, { border, language: text(255) }),
  rich_text_quote: object({ type, elements: runs }, { border }),
  rich_text_list: object(
    { type, style: oneOf("bullet", "ordered"), elements: list(1000, object({ type, elements: runs })) },
    { indent: anything, offset: anything, border },
  ),
});

const block_id = text(255);

/** What a section may hold beside its text. */
const section = also(
  object(
    { type },
    {
      block_id,
      text: anyText(3000),
      fields: list(10, anyText(2000)),
      accessory: byType({ ...elements, image }),
      expand: flag,
    },
  ),
  (value, pointer, report) => {
    const given = value as { text?: unknown; fields?: unknown };
    if (given?.text === undefined && given?.fields === undefined) report(pointer, "missing required field: text");
  },
);

/** Two elements of one block may not share an action id. */
const differentActions: Check = (value, pointer, report) => {
  const given = (value as { elements?: readonly { action_id?: string }[] })?.elements;
  const ids = (Array.isArray(given) ? given : []).flatMap((each) => each?.action_id ?? []);
  if (new Set(ids).size < ids.length) report(`${pointer}/elements`, "action_id must be unique within a block");
};

const block = byType({
  section,
  header: object({ type, text: plainText(150) }, { block_id, level: anything }),
  divider: object({ type }, { block_id }),
  context: object(
    { type, elements: list(10, byType({ image, plain_text: anyText(3000), mrkdwn: anyText(3000) })) },
    { block_id },
  ),
  actions: also(object({ type, elements: list(25, byType(elements)) }, { block_id }), differentActions),
  image: object(
    { type, alt_text: text(2000) },
    { block_id, image_url: url, slack_file: anything, title: plainText(2000) },
  ),
  markdown: object({ type, text: text(12_000) }, { block_id }),
  rich_text: object({ type, elements: list(1000, richText) }, { block_id }),
});

const differentIds: Check = (value, pointer, report) => {
  const ids = (Array.isArray(value) ? value : []).flatMap((each) => (each as { block_id?: string })?.block_id ?? []);
  if (new Set(ids).size < ids.length) report(pointer, "block_id must be unique within a message");
};

/** The blocks of one message. */
export const messageBlocks: Check = also(list(50, block, 0), differentIds);
