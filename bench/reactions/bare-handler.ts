/** The handler that a function is compared with: the same clients, the same calls in the same order, and nothing else. */
import { bundleText, type Client, constructing } from "./clients.ts";
import type { Asked } from "./stub.ts";

/** Packages of the clients by the stub's name of the service. */
const PACKAGES: Readonly<Record<string, string>> = {
  dynamodb: "@aws-sdk/client-dynamodb",
  ecs: "@aws-sdk/client-ecs",
  ecr: "@aws-sdk/client-ecr",
  events: "@aws-sdk/client-eventbridge",
  sqs: "@aws-sdk/client-sqs",
  secretsmanager: "@aws-sdk/client-secrets-manager",
  autoscaling: "@aws-sdk/client-application-auto-scaling",
  cloudwatch: "@aws-sdk/client-cloudwatch",
  codedeploy: "@aws-sdk/client-codedeploy",
};

const partsOf = (operation: string): readonly [service: string, name: string] => {
  const at = operation.indexOf(".");
  return [operation.slice(0, at), operation.slice(at + 1)];
};

const clientFor = (clients: readonly Client[], operation: string): Client => {
  const [service] = partsOf(operation);
  const client = clients.find((one) => one.package === PACKAGES[service]);
  if (!client) throw new Error(`writing the bare handler: ${operation} was asked by none of the function's clients`);
  return client;
};

const callOf = (clients: readonly Client[], { operation, input }: Asked): string => {
  const [service, name] = partsOf(operation);
  const body = JSON.stringify(input);
  if (service === "slack")
    return `await (await fetch("https://slack.com/api/${name}", { method: "POST", body: ${JSON.stringify(body)} })).json();`;
  return `await a${clientFor(clients, operation).className}.send(new ${name}Command(${body}));`;
};

/** The code of `index.mjs`. */
export const bareHandler = (clients: readonly Client[], asked: readonly Asked[]): Promise<Uint8Array> => {
  const commands = new Map<string, Set<string>>();
  for (const { operation } of asked.filter((one) => !one.operation.startsWith("slack."))) {
    const { package: from } = clientFor(clients, operation);
    commands.set(from, (commands.get(from) ?? new Set()).add(`${partsOf(operation)[1]}Command`));
  }
  const also = Object.fromEntries([...commands].map(([from, names]) => [from, [...names].join(", ")]));
  const calls = asked.map((one) => callOf(clients, one)).join("\n  ");
  return bundleText(
    `${constructing(clients, also)}\nexport const handler = async () => {\n  ${calls}\n  return { batchItemFailures: [] };\n};`,
  );
};
