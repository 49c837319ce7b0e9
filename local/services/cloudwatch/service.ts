import type { Cloud, ResourceDeclaration, Service } from "../../contract.ts";
import type { AlarmsDoor, CloudWatchDoor } from "../../neighbours.ts";
import { Input } from "../events/input.ts";
import { alarmOperations } from "./alarm-operations.ts";
import { compositeAlarmFrom, metricAlarmFrom } from "./alarms/alarm.ts";
import { Alarms } from "./alarms/alarms.ts";
import { parseRule } from "./alarms/composite.ts";
import { dataOperations } from "./data-operations.ts";
import { Metrics } from "./metrics.ts";

const propertiesOf = ({ properties, generatedName, stackName, logicalId }: ResourceDeclaration): Input =>
  new Input(
    { ...properties, AlarmName: properties.AlarmName ?? generatedName },
    `ValidationError of ${stackName}/${logicalId}`,
  );

/** Amazon CloudWatch: metrics by the minute, metric math, alarms; dashboards are only checked to be JSON. */
export const createCloudWatchService = (cloud: Cloud): Service => {
  const metrics = new Metrics();
  const alarms = new Alarms(cloud, metrics);
  const door: CloudWatchDoor = {
    put: (namespace, name, dimensions, value, unit) =>
      metrics.put({ namespace, name, dimensions }, cloud.clock.now(), value, unit),
  };
  const alarmsDoor: AlarmsDoor = {
    putAlarm: (members) => {
      const input = new Input(members, "ValidationError");
      const alarm = metricAlarmFrom(input, cloud, alarms.all.get(input.text("AlarmName")));
      alarms.put(alarm);
      return alarm.arn;
    },
    deleteAlarm: (name) => void alarms.all.delete(name),
    look: (name) => alarms.look(name),
  };
  cloud.expose("cloudwatch", door);
  cloud.expose("alarms", alarmsDoor);

  return {
    name: "cloudwatch",
    operations: { ...dataOperations(cloud, metrics), ...alarmOperations(cloud, alarms) },
    resources: {
      "AWS::CloudWatch::Alarm": (declaration) => {
        const alarm = metricAlarmFrom(propertiesOf(declaration), cloud);
        alarms.put(alarm);
        return { ref: alarm.name, attributes: { Arn: alarm.arn } };
      },
      "AWS::CloudWatch::CompositeAlarm": (declaration) => {
        const alarm = compositeAlarmFrom(propertiesOf(declaration), cloud, parseRule);
        alarms.put(alarm);
        return { ref: alarm.name, attributes: { Arn: alarm.arn } };
      },
      "AWS::CloudWatch::Dashboard": ({ properties, generatedName, stackName, logicalId }) => {
        const input = new Input(properties, `InvalidParameterInput of ${stackName}/${logicalId}`);
        const body = input.text("DashboardBody");
        try {
          JSON.parse(body);
        } catch {
          throw input.refusal("The field DashboardBody must be a valid JSON object");
        }
        return { ref: input.optionalText("DashboardName") ?? generatedName, attributes: {} };
      },
    },
    start: () => alarms.start(),
  };
};
