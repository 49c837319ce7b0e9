import { AwsError, arnOf, type Cloud, type JsonObject } from "../../contract.ts";
import type { Bus, Buses, Rule } from "./state.ts";

type Place = Pick<Cloud, "partition" | "region" | "account">;

/** A new bus without rules. */
export const newBus = (place: Place, name: string): Bus => ({
  name,
  arn: arnOf(place, "events", `event-bus/${name}`),
  policy: undefined,
  rules: new Map(),
});

/** The name within a bus name or ARN; `default` when none is given. */
export const busNameOf = (nameOrArn: string | undefined): string => nameOrArn?.split("event-bus/").at(-1) ?? "default";

/** The bus a request names, or ResourceNotFoundException. */
export const busNamed = (buses: Buses, nameOrArn: string | undefined): Bus => {
  const name = busNameOf(nameOrArn);
  const bus = buses.get(name);
  if (bus) return bus;
  throw new AwsError("ResourceNotFoundException", `Event bus ${name} does not exist.`);
};

/** The rule a request names, or ResourceNotFoundException. */
export const ruleNamed = (bus: Bus, name: string): Rule => {
  const rule = bus.rules.get(name);
  if (rule) return rule;
  throw new AwsError("ResourceNotFoundException", `Rule ${name} does not exist on EventBus ${bus.name}.`);
};

/** `rule/NAME` on the default bus, `rule/BUS/NAME` on others. */
export const ruleArn = (place: Place, busName: string, name: string): string =>
  arnOf(place, "events", busName === "default" ? `rule/${name}` : `rule/${busName}/${name}`);

/** Adds a statement to a bus's policy; one of the same Sid is replaced. */
export const addStatement = (bus: Bus, statement: JsonObject): void => {
  const others = bus.policy?.Statement.filter(({ Sid }) => Sid !== statement.Sid) ?? [];
  bus.policy = { Version: "2012-10-17", Statement: [...others, statement] };
};

/** A bus as DescribeEventBus tells it. */
export const busView = (bus: Bus): JsonObject => ({
  Name: bus.name,
  Arn: bus.arn,
  ...(bus.policy && { Policy: JSON.stringify(bus.policy) }),
});
