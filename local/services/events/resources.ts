import type { Cloud, JsonObject, ResourceDeclaration, Service } from "../../contract.ts";
import { addStatement, busNamed, newBus, ruleArn } from "./buses.ts";
import { Input } from "./input.ts";
import { putTargets, ruleFrom, targetFrom } from "./rules.ts";
import type { Buses } from "./state.ts";

/** A member that CloudFormation takes as an object, but the API as text. */
const asText = (value: JsonObject[string]): JsonObject[string] =>
  typeof value === "object" && value !== null ? JSON.stringify(value) : value;

const propertiesOf = ({ properties, stackName, logicalId }: ResourceDeclaration): Input => {
  const where = `${stackName}/${logicalId}`;
  return new Input(properties, `ValidationException of ${where}`);
};

/** `AWS::Events::*`. */
export const eventResources = (buses: Buses): Service["resources"] => ({
  "AWS::Events::EventBus": (declaration, cloud) => {
    const properties = propertiesOf(declaration);
    const bus = newBus(cloud, properties.text("Name"));
    const statements = properties.object("Policy")?.objects("Statement") ?? [];
    for (const { members } of statements) addStatement(bus, members);
    buses.set(bus.name, bus);
    return { ref: bus.name, attributes: { Arn: bus.arn, Name: bus.name, Policy: JSON.stringify(bus.policy ?? {}) } };
  },

  "AWS::Events::EventBusPolicy": (declaration) => {
    const properties = propertiesOf(declaration);
    const bus = busNamed(buses, properties.optionalText("EventBusName"));
    const sid = properties.text("StatementId");
    const statement = properties.object("Statement")?.members ?? {
      Effect: "Allow",
      Principal: properties.text("Principal"),
      Action: properties.text("Action"),
      Resource: bus.arn,
    };
    addStatement(bus, { ...statement, Sid: sid });
    return { ref: `${bus.name}|${sid}`, attributes: {} };
  },

  "AWS::Events::Rule": (declaration, cloud: Cloud) => {
    const { properties, generatedName } = declaration;
    const bus = busNamed(buses, propertiesOf(declaration).optionalText("EventBusName"));
    const input = new Input(
      {
        ...properties,
        Name: properties.Name ?? generatedName.slice(0, 64),
        EventPattern: asText(properties.EventPattern),
      },
      `ValidationException of ${declaration.stackName}/${declaration.logicalId}`,
    );
    const rule = ruleFrom(input, bus, ruleArn(cloud, bus.name, input.text("Name")));
    putTargets(rule, input.objects("Targets").map(targetFrom));
    bus.rules.set(rule.name, rule);
    const ref = bus.name === "default" ? rule.name : `${bus.name}|${rule.name}`;
    return { ref, attributes: { Arn: rule.arn } };
  },
});
