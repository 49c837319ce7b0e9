/** Slack's door, with what the control door and tests ask of it beside the common part. */
import type { PlainRequest, SlackDoor } from "../../neighbours.ts";

/** A button pressed, or an option chosen by its `value`. */
export interface Press {
  readonly ts: string;
  readonly actionId: string;
  readonly user: string;
  readonly value?: string;
}

/** `cloud.neighbour<SlackWorkspaceDoor>("slack")` */
export interface SlackWorkspaceDoor extends SlackDoor {
  /** Status of the app's answer; 504 when it came later than the three seconds that Slack waits. */
  click(press: Press): Promise<{ readonly status: number }>;
  /** The signed request that `click` would send, for those who want to send it late, twice or altered. */
  interaction(press: Press): Omit<PlainRequest, "path">;
  /** What an operator copies from Slack's pages into the app's secret. */
  credentials(): { readonly botToken: string; readonly signingSecret: string };
  /** Puts the credentials into a secret that has members of these names. Until somebody does, the app is not installed. */
  install(secretId: string): void;
  /** Where interactions go; without it, to the only function URL there is. */
  setRequestUrl(url: string): void;
  /** One more token that the workspace takes. */
  acceptToken(token: string): void;
  removeChannel(name: string): void;
}
