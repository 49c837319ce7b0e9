import type { BusEvent, Json } from "../../contract.ts";
import type { Rule, TargetShape } from "./state.ts";

const STEP = /\.([\w-]+)|\[(\d+)\]/y;

/** Whether a text is a path of the kind EventBridge takes: `$`, `.name`, `[0]`, no names in brackets. */
export const isPath = (path: string): boolean => stepsOf(path) !== undefined;

const stepsOf = (path: string): readonly string[] | undefined => {
  if (!path.startsWith("$")) return undefined;
  const steps: string[] = [];
  for (STEP.lastIndex = 1; STEP.lastIndex < path.length; ) {
    const found = STEP.exec(path);
    if (!found) return undefined;
    steps.push(found[1] ?? found[2] ?? "");
  }
  return steps;
};

const valueAt = (event: unknown, path: string): Json | undefined => {
  let value = event;
  for (const step of stepsOf(path) ?? []) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[step];
  }
  return value as Json | undefined;
};

const fill = (template: string, variable: (name: string) => Json | undefined): string => {
  let quoted = false;
  return template.replace(/\\.|"|<([\w.-]+)>/gs, (match, name: string | undefined) => {
    if (match === '"') quoted = !quoted;
    if (name === undefined) return match;
    const value = variable(name);
    if (value === undefined) return "";
    const text = JSON.stringify(value);
    if (!quoted) return text;
    return typeof value === "string" ? text.slice(1, -1) : JSON.stringify(text).slice(1, -1);
  });
};

/** The text a target receives for an event. A variable whose path leads nowhere leaves no trace, as EventBridge says. */
export const shapeEvent = (shape: TargetShape, event: BusEvent, rule: Pick<Rule, "arn" | "name">): string => {
  switch (shape.kind) {
    case "event":
      return JSON.stringify(event);
    case "fixed":
      return shape.text;
    case "path":
      return JSON.stringify(valueAt(event, shape.path) ?? null);
    case "template": {
      const predefined: Readonly<Record<string, Json>> = {
        "aws.events.rule-arn": rule.arn,
        "aws.events.rule-name": rule.name,
        "aws.events.event.ingestion-time": event.time,
        "aws.events.event.json": event as unknown as Json,
        "aws.events.event": { ...event, detail: undefined } as unknown as Json,
      };
      return fill(shape.template, (name) => {
        const path = shape.paths[name];
        return path === undefined ? predefined[name] : valueAt(event, path);
      });
    }
  }
};
