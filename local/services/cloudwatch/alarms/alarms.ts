import { AwsError, type Cloud, type JsonObject } from "../../../contract.ts";
import type { AlarmsDoor, AutoScalingDoor, LambdaDoor, SnsDoor } from "../../../neighbours.ts";
import type { Metrics } from "../metrics.ts";
import { type Alarm, configurationOf, type MetricAlarm } from "./alarm.ts";
import { judge, watchedValues } from "./evaluate.ts";
import { reasonFor, stateView } from "./reason.ts";
import type { AlarmState } from "./state.ts";

const MINUTE_MS = 60_000;

/** All alarms: looked at once a minute, their changes told to the bus and to their actions. */
export class Alarms {
  readonly all = new Map<string, Alarm>();
  readonly #cloud: Cloud;
  readonly #metrics: Metrics;
  #isTicking = false;

  constructor(cloud: Cloud, metrics: Metrics) {
    this.#cloud = cloud;
    this.#metrics = metrics;
  }

  /** Adds or replaces an alarm; one whose expression cannot be evaluated is refused. */
  put(alarm: Alarm): void {
    try {
      if (alarm.kind === "metric") watchedValues(alarm, this.#metrics, this.#cloud.clock.now());
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new AwsError("ValidationError", `Error in an expression of alarm ${alarm.name}: ${error.message}`);
    }
    this.all.set(alarm.name, alarm);
    if (alarm.kind === "composite" && this.#isTicking) this.#lookAtComposites();
  }

  named(name: string): Alarm {
    const alarm = this.all.get(name);
    if (alarm) return alarm;
    throw new AwsError("ResourceNotFound", `Unknown alarm ${name}`, { status: 404 });
  }

  /** Looks at every alarm each minute, five seconds past. */
  start(): void {
    if (this.#isTicking) return;
    this.#isTicking = true;
    this.#lookAtComposites();
    const { clock } = this.#cloud;
    const wait = (): void => {
      const nextMs = Math.floor(clock.now() / MINUTE_MS + 1) * MINUTE_MS + 5_000;
      clock.at(nextMs, "evaluate alarms", () => {
        wait();
        this.#evaluate();
        if (Math.floor(nextMs / MINUTE_MS) % 60 === 0) this.#metrics.prune(nextMs);
      });
    };
    wait();
  }

  /** Moves an alarm to a state, as its data, its children or SetAlarmState ask. */
  move(alarm: Alarm, state: AlarmState): void {
    const previous = alarm.state;
    alarm.state = state;
    if (previous.value === state.value) return;
    const { name, arn } = alarm;
    this.#cloud.emit({
      source: "aws.cloudwatch",
      detailType: "CloudWatch Alarm State Change",
      resources: [arn],
      detail: {
        alarmName: name,
        configuration: configurationOf(alarm),
        previousState: stateView(previous),
        state: stateView(state),
      },
    });
    if (alarm.actionsEnabled) for (const action of alarm.actions[state.value]) this.#act(alarm, action, previous);
    this.#lookAtComposites(alarm);
  }

  /** A metric alarm as it stands, with the newest value it knows. */
  look(name: string): ReturnType<AlarmsDoor["look"]> {
    const alarm = this.all.get(name);
    if (alarm?.kind !== "metric") return undefined;
    const known = watchedValues(alarm, this.#metrics, this.#cloud.clock.now());
    const value = known.findLast((each) => each.value !== undefined)?.value;
    return { state: alarm.state.value, threshold: alarm.threshold, value };
  }

  #evaluate(): void {
    for (const alarm of this.all.values()) if (alarm.kind === "metric") this.#reconsider(alarm);
  }

  #reconsider(alarm: MetricAlarm): void {
    const nowMs = this.#cloud.clock.now();
    const verdict = judge(alarm, watchedValues(alarm, this.#metrics, nowMs));
    if (verdict.value !== undefined && verdict.value !== alarm.state.value)
      this.move(alarm, reasonFor(alarm, verdict, verdict.value, nowMs));
    else if (alarm.actionsEnabled)
      // Auto Scaling is told again every minute for as long as the state lasts, others only when it changes.
      for (const action of alarm.actions[alarm.state.value]) if (isPolicy(action)) this.#scale(action, alarm);
  }

  #lookAtComposites(cause?: Alarm): void {
    const stateOf = (name: string) => this.all.get(name)?.state.value;
    for (const alarm of this.all.values()) {
      if (alarm.kind !== "composite" || (cause && !alarm.rule.names.includes(cause.name))) continue;
      const value = alarm.rule.holds(stateOf) ? "ALARM" : "OK";
      if (value === alarm.state.value) continue;
      const because = cause
        ? `${cause.arn} transitioned to ${cause.state.value} at ${longTime(cause.state.atMs)}`
        : `${alarm.arn} was created`;
      this.move(alarm, { value, reason: because, reasonData: undefined, atMs: this.#cloud.clock.now() });
    }
  }

  #scale(policyArn: string, alarm: Alarm): void {
    this.#cloud.neighbour<AutoScalingDoor>("application-autoscaling").act(policyArn, alarm.name);
  }

  #act(alarm: Alarm, action: string, previous: AlarmState): void {
    const from = { kind: "service", service: "cloudwatch.amazonaws.com", sourceArn: alarm.arn } as const;
    if (isPolicy(action)) this.#scale(action, alarm);
    else if (action.split(":")[2] === "lambda") this.#toFunction(alarm, action, previous);
    else
      try {
        this.#cloud.neighbour<SnsDoor>("sns").publish(action, this.#notice(alarm, previous), from);
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        this.#cloud.say(`cloudwatch: alarm ${alarm.name} could not reach ${action}: ${error.message}`);
      }
  }

  #toFunction(alarm: Alarm, functionArn: string, previous: AlarmState): void {
    const lambda = this.#cloud.neighbour<LambdaDoor>("lambda");
    const from = { kind: "service", service: "lambda.alarms.cloudwatch.amazonaws.com", sourceArn: alarm.arn } as const;
    if (!lambda.allows(functionArn, from))
      this.#cloud.say(`cloudwatch: alarm ${alarm.name} may not invoke ${functionArn}`);
    else
      lambda.invokeAsync(functionArn, {
        source: "aws.cloudwatch",
        alarmArn: alarm.arn,
        accountId: this.#cloud.account,
        time: stateView(alarm.state).timestamp,
        region: this.#cloud.region,
        alarmData: {
          alarmName: alarm.name,
          state: stateView(alarm.state),
          previousState: stateView(previous),
          configuration: configurationOf(alarm),
        },
      });
  }

  /** The text that topics carry for an alarm. */
  #notice(alarm: Alarm, previous: AlarmState): string {
    const { name, description, arn, state } = alarm;
    const notice: JsonObject = {
      AlarmName: name,
      AlarmDescription: description ?? null,
      AWSAccountId: this.#cloud.account,
      NewStateValue: state.value,
      NewStateReason: state.reason,
      StateChangeTime: stateView(state).timestamp,
      Region: this.#cloud.region,
      AlarmArn: arn,
      OldStateValue: previous.value,
    };
    return JSON.stringify(notice);
  }
}

const isPolicy = (action: string): boolean => action.split(":")[2] === "autoscaling";

/** `Friday 04 August, 2023 12:54:46 UTC` */
const longTime = (atMs: number): string => {
  const part = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat("en-US", { ...options, timeZone: "UTC" }).format(atMs);
  const clock = new Date(atMs).toISOString().slice(11, 19);
  return `${part({ weekday: "long" })} ${part({ day: "2-digit" })} ${part({ month: "long" })}, ${part({ year: "numeric" })} ${clock} UTC`;
};
