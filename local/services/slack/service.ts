/** A Slack workspace on this machine: takes what an app posts, and presses its buttons. */
import type { Cloud, Json, Service } from "../../contract.ts";
import type { PlainAnswer, PlainRequest, SecretsDoor, SlackMessage, WireDoor } from "../../neighbours.ts";
import type { LambdaProcessesDoor } from "../lambda/door.ts";
import { objectOf } from "../lambda/reading.ts";
import type { Press, SlackWorkspaceDoor } from "./door.ts";
import { Interactions } from "./interaction.ts";
import { WebApi } from "./web-api.ts";
import { type KeptMessage, Workspace } from "./workspace.ts";

const prefix = "/slack/";
const interactionAnsweredWithinMs = 3000;
const notFound: PlainAnswer = { status: 404, body: "not found" };

/** The service, with its door exposed as `slack`. It has no AWS operations; functions reach it as slack.com. */
export function createSlackService(cloud: Cloud): Service {
  const workspace = new Workspace(cloud.clock);
  const credentials = { botToken: `xoxb-local-${cloud.random.hex(24)}`, signingSecret: cloud.random.hex(32) };
  const tokens = new Set([credentials.botToken]);
  const listeners: ((message: SlackMessage) => void)[] = [];
  let isDown = false;
  let requestUrl: string | undefined;

  const changed = (message: KeptMessage): void => {
    for (const listener of listeners) listener(workspace.view(message));
  };
  const isToken = (token: string): boolean => tokens.has(token);
  const api = new WebApi({ cloud, workspace, isToken, isDown: () => isDown, changed });
  const interactions = new Interactions(cloud, workspace, changed);
  const lambda = (): LambdaProcessesDoor => cloud.neighbour<LambdaProcessesDoor>("lambda");

  const urlOfApp = (): string => {
    if (requestUrl) return requestUrl;
    const [only, ...others] = lambda().urls();
    if (only && others.length === 0) return only.url;
    throw new Error(
      `sending an interaction: ${only ? "several functions have" : "no function has"} a URL; name one as request URL`,
    );
  };

  const interaction = ({ ts, actionId, user, value }: Press): Omit<PlainRequest, "path"> => {
    const message = workspace.messageByTs(ts);
    if (!message) throw new Error(`pressing ${actionId}: there is no message ${ts}`);
    const { signingSecret } = credentials;
    const request = interactions.request(message, actionId, workspace.person(user), { signingSecret, value });
    if (!request) throw new Error(`pressing ${actionId}: message ${ts} has no element of that action id`);
    return request;
  };

  const door: SlackWorkspaceDoor = {
    messages: () => workspace.all(),
    interaction,
    click: async (press) => {
      const { clock } = cloud;
      const url = urlOfApp();
      const { pathname, search } = new URL(url);
      const sentMs = clock.now();
      const answer = await lambda().callUrl(url, { ...interaction(press), path: `${pathname}${search}` });
      return { status: clock.now() - sentMs > interactionAnsweredWithinMs ? 504 : answer.status };
    },
    credentials: () => credentials,
    install: (secretId) => {
      const secrets = cloud.neighbour<SecretsDoor>("secretsmanager");
      const kept = objectOf(JSON.parse(secrets.value(secretId) ?? "{}") as Json);
      secrets.put(secretId, JSON.stringify({ ...kept, ...credentials }));
    },
    setRequestUrl: (url) => {
      requestUrl = url;
    },
    acceptToken: (token) => {
      tokens.add(token);
    },
    removeChannel: (name) => workspace.removeChannel(name),
    setDown: (down) => {
      isDown = down;
    },
    whenMessage: (listener) => {
      listeners.push(listener);
    },
  };
  cloud.expose("slack", door);

  const serve = async (request: PlainRequest): Promise<PlainAnswer> => {
    const path = request.path.slice(prefix.length).replace(/\?.*$/, "");
    const [, method] = /^api\/([A-Za-z.]+)$/.exec(path) ?? [];
    if (method) return api.answer(method, request);
    const [, key] = /^hooks\/actions\/[^/]+\/([0-9a-f]+)$/.exec(path) ?? [];
    return key && !isDown ? interactions.respond(key, request) : notFound;
  };

  return {
    name: "slack",
    operations: {},
    resources: {},
    start: () => cloud.neighbour<WireDoor>("wire").mount(prefix, serve),
  };
}
