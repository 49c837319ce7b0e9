/** What a verified request says: a button pressed, or a command typed. Foreign until it is parsed here. */
import * as v from "valibot";
import { parseServiceArn } from "#shared/domain/arn.ts";
import type { ServiceRef } from "#shared/domain/service.ts";

export interface Person {
  readonly user: string;
  readonly team: string;
}

/** The plan that a button is about: this very plan of this service, or none. */
export interface About {
  readonly service: ServiceRef;
  readonly planId: string;
  readonly print: string;
}

export type PlanAction = "approve" | "decline" | "undo";

export type Said = { readonly person: Person; readonly responseUrl: string | undefined } & (
  | { readonly kind: "plan"; readonly action: PlanAction; readonly about: About }
  | { readonly kind: "switch"; readonly isPaused: boolean; readonly isTyped: boolean }
  /** Something of ours that calls for no answer, such as a link, or a command that is not known. */
  | { readonly kind: "other"; readonly isTyped: boolean }
);

const Press = v.object({
  type: v.literal("block_actions"),
  user: v.object({ id: v.string(), team_id: v.nullish(v.string()) }),
  team: v.nullish(v.object({ id: v.string() })),
  response_url: v.optional(v.string()),
  actions: v.pipe(v.array(v.object({ action_id: v.string(), value: v.optional(v.string()) })), v.minLength(1)),
});

const Value = v.pipe(v.string(), v.parseJson(), v.object({ service: v.string(), plan: v.string(), print: v.string() }));

const Payload = v.pipe(v.string(), v.parseJson(), Press);

const Command = v.object({
  command: v.string(),
  text: v.optional(v.string(), ""),
  user_id: v.string(),
  team_id: v.optional(v.string(), ""),
  response_url: v.optional(v.string()),
});

const PLAN_ACTIONS: ReadonlySet<string> = new Set(["approve", "decline", "undo"] satisfies PlanAction[]);
const SWITCH: ReadonlyMap<string, boolean> = new Map([
  ["pause", true],
  ["unpause", false],
]);

const isPlanAction = (action: string): action is PlanAction => PLAN_ACTIONS.has(action);

const aboutOf = (value: string | undefined): About | undefined => {
  const read = v.safeParse(Value, value);
  if (!read.success) return undefined;
  const { service: key, plan: planId, print } = read.output;
  // The ledger keeps what is about one deployment or image of a service under the service's ARN and a # behind it.
  const service = parseServiceArn(key.split("#", 1).join());
  return service && { service: { ...service, arn: key }, planId, print };
};

const pressed = ({ user, team, response_url: responseUrl, actions }: v.InferOutput<typeof Press>): Said | undefined => {
  const [{ action_id: action, value } = { action_id: "", value: undefined }] = actions;
  const from = { person: { user: user.id, team: user.team_id ?? team?.id ?? "" }, responseUrl };
  if (isPlanAction(action)) {
    const about = aboutOf(value);
    return about && { ...from, kind: "plan", action, about };
  }
  const isPaused = SWITCH.get(action);
  return isPaused === undefined
    ? { ...from, kind: "other", isTyped: false }
    : { ...from, kind: "switch", isPaused, isTyped: false };
};

const typed = ({ text, user_id, team_id, response_url }: v.InferOutput<typeof Command>): Said => {
  const from = { person: { user: user_id, team: team_id }, responseUrl: response_url, isTyped: true };
  const isPaused = SWITCH.get(text.trim().toLowerCase());
  return isPaused === undefined ? { ...from, kind: "other" } : { ...from, kind: "switch", isPaused };
};

/** What the form in the body says; undefined when it is none of Slack's that we know. */
export const saidIn = (body: Uint8Array): Said | undefined => {
  const form = new URLSearchParams(Buffer.from(body).toString("utf8"));
  const payload = form.get("payload");
  if (payload !== null) {
    const read = v.safeParse(Payload, payload);
    return read.success ? pressed(read.output) : undefined;
  }
  const command = v.safeParse(Command, Object.fromEntries(form));
  return command.success ? typed(command.output) : undefined;
};
