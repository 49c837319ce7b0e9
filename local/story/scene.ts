/** One service on the stage: how it stands, and what Slack says and offers about it. */
import type { JsonObject } from "../contract.ts";
import type { EcsDoor, EcsServiceView, SlackDoor, SlackMessage } from "../neighbours.ts";
import type { RunningCloud } from "../start.ts";
import { expected } from "./chapter.ts";
import { CLUSTER } from "./pipeline.ts";

export interface Scene {
  /** The service as it stands. */
  now(): EcsServiceView;
  /** The messages posted since the scene began that hold these words, anywhere in them. */
  told(words: string): readonly SlackMessage[];
  /** Whether such a message has a button of this action. */
  offers(words: string, actionId: string): boolean;
  /** Presses that button of the one such message. */
  press(words: string, actionId: string, user: string): Promise<void>;
}

const actionsOf = ({ blocks }: SlackMessage): readonly string[] =>
  blocks
    .filter(({ type }) => type === "actions")
    .flatMap(({ elements }) => (elements as readonly JsonObject[]).map(({ action_id }) => String(action_id)));

export const sceneOf = (cloud: RunningCloud, name: string): Scene => {
  const ecs = cloud.local.cloud.neighbour<EcsDoor>("ecs");
  const slack = cloud.local.cloud.neighbour<SlackDoor>("slack");
  const earlier = new Set(slack.messages().map(({ ts }) => ts));
  const told = (words: string) =>
    slack
      .messages()
      .filter(({ ts, text, blocks }) => !earlier.has(ts) && (text + JSON.stringify(blocks)).includes(words));
  return {
    now() {
      const service = ecs.service(CLUSTER, name);
      if (!service) throw new Error(`there is no service ${CLUSTER}/${name}`);
      return service;
    },
    told,
    offers: (words, actionId) => told(words).some((message) => actionsOf(message).includes(actionId)),
    async press(words, actionId, user) {
      const [message] = told(words);
      const status = await cloud.door.click({ ts: message?.ts ?? "", actionId, user });
      expected(status === 200, `the click on ${actionId} was answered with ${status}`);
    },
  };
};
