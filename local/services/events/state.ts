import type { JsonObject, Timer } from "../../contract.ts";
import type { Schedule } from "../scheduler/expression.ts";
import type { Pattern } from "./pattern/compile.ts";

/** Where a rule sends what it matches, and how long it tries. */
export interface Target {
  readonly id: string;
  readonly arn: string;
  readonly roleArn: string | undefined;
  readonly shape: TargetShape;
  readonly deadLetterArn: string | undefined;
  readonly mostRetries: number;
  readonly mostAgeSeconds: number;
  /** As it was given, for ListTargetsByRule. */
  readonly given: JsonObject;
}

/** What a target receives: the event, a part of it, a fixed text, or a text made from parts. */
export type TargetShape =
  | { readonly kind: "event" }
  | { readonly kind: "path"; readonly path: string }
  | { readonly kind: "fixed"; readonly text: string }
  | { readonly kind: "template"; readonly paths: Readonly<Record<string, string>>; readonly template: string };

/** A rule: a pattern, a schedule or both, and its targets. */
export interface Rule {
  readonly name: string;
  readonly arn: string;
  readonly busName: string;
  readonly description: string | undefined;
  readonly patternText: string | undefined;
  readonly pattern: Pattern | undefined;
  readonly scheduleText: string | undefined;
  readonly schedule: Schedule | undefined;
  state: "ENABLED" | "DISABLED";
  readonly targets: Map<string, Target>;
  timer: Timer | undefined;
}

/** An event bus with its rules and its resource policy. */
export interface Bus {
  readonly name: string;
  readonly arn: string;
  policy: { readonly Version: string; readonly Statement: readonly JsonObject[] } | undefined;
  readonly rules: Map<string, Rule>;
}

/** All buses of the account; `default` is always there. */
export type Buses = Map<string, Bus>;
