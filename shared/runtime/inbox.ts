/** What can lie in a reaction's queue: an EventBridge event, or a note from ourselves. */
import * as v from "valibot";
import type { ServiceRef } from "#shared/domain/service.ts";
import { ReflexError } from "#shared/errors.ts";

const ServiceNote = v.object({ arn: v.string(), cluster: v.string(), name: v.string() });

const Resume = v.object({ resume: v.string(), service: ServiceNote });
const Resend = v.object({ resend: v.string() });
const BusEvent = v.looseObject({ "detail-type": v.string(), source: v.string() });

export type Message =
  | { readonly kind: "event"; readonly detailType: string; readonly event: Readonly<Record<string, unknown>> }
  /** Go on with the plan of this service. */
  | { readonly kind: "resume"; readonly service: ServiceRef }
  /** Say this incident to people once more. */
  | { readonly kind: "resend"; readonly incident: string };

/** The message in a queue record's body. */
export const readMessage = (body: string): Message => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch (error) {
    throw new ReflexError("invalid-event", `reading a message of ${body.length} characters: not JSON`, {
      cause: error,
    });
  }
  if (v.is(Resume, parsed)) return { kind: "resume", service: parsed.service };
  if (v.is(Resend, parsed)) return { kind: "resend", incident: parsed.resend };
  if (v.is(BusEvent, parsed)) return { kind: "event", detailType: parsed["detail-type"], event: parsed };
  throw new ReflexError("invalid-event", "reading a message: neither an EventBridge event nor a note of ours");
};

/** An event parsed by its schema, or the refusal that names what is wrong with it. */
export const parseEvent = <Output>(schema: v.GenericSchema<unknown, Output>, event: unknown, what: string): Output => {
  const result = v.safeParse(schema, event);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new ReflexError("invalid-event", `reading ${what}: ${v.getDotPath(issue) ?? "the event"} ${issue.message}`);
};
