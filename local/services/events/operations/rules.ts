import { AwsError, type Cloud, type JsonObject, type Operation } from "../../../contract.ts";
import { busNamed, busNameOf, busView, newBus, ruleArn, ruleNamed } from "../buses.ts";
import type { Delivery } from "../delivery.ts";
import { Input } from "../input.ts";
import { flatten, matchesFlat } from "../pattern/match.ts";
import { followSchedule, patternOf, putTargets, ruleFrom, ruleView, targetFrom } from "../rules.ts";
import type { Buses, Rule } from "../state.ts";

const read = (input: JsonObject): Input => new Input(input, "ValidationException");

/** Operations on buses, rules and targets. */
export const ruleOperations = (buses: Buses, delivery: Delivery): Readonly<Record<string, Operation>> => {
  /** An operation on a rule: the permission names the rule's ARN, whether it exists or not. */
  const onRule = (
    action: string,
    nameMember: string,
    run: (request: Input, rule: Rule, cloud: Cloud) => JsonObject,
  ): Operation => ({
    needs: (input, { cloud }) => {
      const request = read(input);
      const bus = busNameOf(request.optionalText("EventBusName"));
      return [{ action: `events:${action}`, resource: ruleArn(cloud, bus, request.text(nameMember)) }];
    },
    run: (input, { cloud }) => {
      const request = read(input);
      const bus = busNamed(buses, request.optionalText("EventBusName"));
      return run(request, ruleNamed(bus, request.text(nameMember)), cloud);
    },
  });

  const onAll = (action: string, run: (request: Input) => JsonObject): Operation => ({
    needs: () => [{ action: `events:${action}`, resource: "*" }],
    run: (input) => run(read(input)),
  });

  const startingWith = <T extends { readonly name: string }>(all: Iterable<T>, prefix = ""): T[] =>
    [...all].filter(({ name }) => name.startsWith(prefix)).sort((left, right) => (left.name < right.name ? -1 : 1));

  const putRule: Operation = {
    needs: (input, { cloud }) => {
      const request = read(input);
      const bus = busNameOf(request.optionalText("EventBusName"));
      return [{ action: "events:PutRule", resource: ruleArn(cloud, bus, request.text("Name")) }];
    },
    run: (input, { cloud }) => {
      const request = read(input);
      const bus = busNamed(buses, request.optionalText("EventBusName"));
      const rule = ruleFrom(request, bus, ruleArn(cloud, bus.name, request.text("Name")));
      bus.rules.set(rule.name, rule);
      followSchedule(cloud, rule, delivery);
      return { RuleArn: rule.arn };
    },
  };

  const deleteRule = onRule("DeleteRule", "Name", (_request, rule) => {
    if (rule.targets.size > 0) throw new AwsError("ValidationException", "Rule can't be deleted since it has targets.");
    rule.timer?.cancel();
    buses.get(rule.busName)?.rules.delete(rule.name);
    return {};
  });

  const switchTo = (action: string, state: Rule["state"]): Operation =>
    onRule(action, "Name", (_request, rule) => {
      rule.state = state;
      return {};
    });

  const onTargets = onRule("PutTargets", "Rule", (request, rule) => {
    putTargets(rule, request.objects("Targets").map(targetFrom));
    return { FailedEntryCount: 0, FailedEntries: [] };
  });
  const putTargetsOperation: Operation = {
    needs: (input, context) => [
      ...onTargets.needs(input, context),
      ...read(input)
        .objects("Targets")
        .flatMap((target) => target.optionalText("RoleArn") ?? [])
        .map((resource) => ({
          action: "iam:PassRole",
          resource,
          context: { "iam:PassedToService": "events.amazonaws.com" },
        })),
    ],
    run: onTargets.run,
  };

  return {
    PutRule: putRule,
    DeleteRule: deleteRule,
    EnableRule: switchTo("EnableRule", "ENABLED"),
    DisableRule: switchTo("DisableRule", "DISABLED"),
    DescribeRule: onRule("DescribeRule", "Name", (_request, rule) => ruleView(rule)),
    ListRules: onAll("ListRules", (request) => {
      const bus = busNamed(buses, request.optionalText("EventBusName"));
      return { Rules: startingWith(bus.rules.values(), request.optionalText("NamePrefix")).map(ruleView) };
    }),
    PutTargets: putTargetsOperation,
    RemoveTargets: onRule("RemoveTargets", "Rule", (request, rule) => {
      for (const id of request.texts("Ids")) rule.targets.delete(id);
      return { FailedEntryCount: 0, FailedEntries: [] };
    }),
    ListTargetsByRule: onRule("ListTargetsByRule", "Rule", (_request, rule) => ({
      Targets: [...rule.targets.values()].map(({ given }) => given),
    })),
    DescribeEventBus: {
      needs: (input, { cloud }) => {
        const name = busNameOf(read(input).optionalText("Name"));
        return [{ action: "events:DescribeEventBus", resource: newBus(cloud, name).arn }];
      },
      run: (input) => busView(busNamed(buses, read(input).optionalText("Name"))),
    },
    ListEventBuses: onAll("ListEventBuses", (request) => ({
      EventBuses: startingWith(buses.values(), request.optionalText("NamePrefix")).map(busView),
    })),
    TestEventPattern: onAll("TestEventPattern", (request) => ({
      Result: matchesFlat(patternOf(request.text("EventPattern")), flatten(testEvent(request))),
    })),
  };
};

/** Source: API reference of TestEventPattern, the members an event must have. */
const ENVELOPE = ["id", "account", "source", "time", "region", "resources", "detail-type"];

const testEvent = (request: Input): string => {
  const text = request.text("Event");
  const malformed = (reason: string): AwsError => request.refusal(`Parameter Event is not valid. Reason: ${reason}`);
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch {
    throw malformed("it is not JSON");
  }
  if (typeof event !== "object" || event === null) throw malformed("it is not an object");
  const absent = ENVELOPE.find((name) => !Object.hasOwn(event, name));
  if (absent !== undefined) throw malformed(`${absent} is missing`);
  return text;
};
