import type { BusEvent, CallContext, JsonObject, Need, Operation } from "../../../contract.ts";
import { busNameOf, newBus } from "../buses.ts";
import type { Delivery } from "../delivery.ts";
import { Input } from "../input.ts";
import { wireTime } from "../rules.ts";
import type { Buses } from "../state.ts";

/** Source: EventBridge quotas; the size counts all entries of a call, in UTF-8 bytes. */
const MOST_ENTRIES = 10;
const MOST_BYTES = 262_144;

type EntryResult = { readonly EventId: string } | { readonly ErrorCode: string; readonly ErrorMessage: string };

const entriesOf = (input: JsonObject): readonly Input[] => {
  const request = new Input(input, "ValidationException");
  const entries = request.objects("Entries");
  if (entries.length < 1 || entries.length > MOST_ENTRIES)
    throw request.refusal(
      `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length between 1 and ${MOST_ENTRIES}, has ${entries.length}`,
    );
  return entries;
};

const byteLength = (text: string | undefined): number => Buffer.byteLength(text ?? "");

/** Source: EventBridge user guide, "Calculating PutEvents event entry size": 14 bytes for a time, and UTF-8 elsewhere. */
const sizeOf = (entry: Input): number =>
  (entry.members.Time === undefined ? 0 : 14) +
  byteLength(entry.optionalText("Source")) +
  byteLength(entry.optionalText("DetailType")) +
  byteLength(entry.optionalText("Detail")) +
  entry.texts("Resources").reduce((bytes, resource) => bytes + byteLength(resource), 0);

const detailOf = (text: string): JsonObject | undefined => {
  try {
    const detail: unknown = JSON.parse(text);
    const isObject = typeof detail === "object" && detail !== null && !Array.isArray(detail);
    return isObject ? (detail as JsonObject) : undefined;
  } catch {
    return undefined;
  }
};

const refuse = (ErrorCode: string, ErrorMessage: string): EntryResult => ({ ErrorCode, ErrorMessage });

const missing = (name: string): EntryResult =>
  refuse("InvalidArgument", `Parameter ${name} is not valid. Reason: ${name} is a required argument.`);

/** PutEvents: each entry is taken or refused by itself; sources of AWS's own are refused. */
export const putEvents = (buses: Buses, delivery: Delivery): Operation => {
  const put = (entry: Input, { cloud }: CallContext): EntryResult => {
    const source = entry.optionalText("Source");
    const detailType = entry.optionalText("DetailType");
    const detailText = entry.optionalText("Detail");
    if (!source) return missing("Source");
    if (!detailType) return missing("DetailType");
    if (!detailText) return missing("Detail");
    if (source === "aws" || source.startsWith("aws."))
      return refuse("NotAuthorizedForSourceException", "Not authorized for the source.");
    const detail = detailOf(detailText);
    if (!detail) return refuse("MalformedDetail", "Detail is malformed.");
    const bus = buses.get(busNameOf(entry.optionalText("EventBusName")));
    if (!bus) return refuse("ResourceNotFoundException", `Event bus ${entry.text("EventBusName")} does not exist.`);
    const event: BusEvent = {
      version: "0",
      id: cloud.random.uuid(),
      "detail-type": detailType,
      source,
      account: cloud.account,
      time: wireTime(entry.instantMs("Time") ?? cloud.clock.now()),
      region: cloud.region,
      resources: entry.texts("Resources"),
      detail,
    };
    delivery.onBus(bus, event);
    return { EventId: event.id };
  };

  const needOf = (entry: Input, { cloud }: CallContext): Need => {
    const name = busNameOf(entry.optionalText("EventBusName"));
    const bus = buses.get(name) ?? newBus(cloud, name);
    return {
      action: "events:PutEvents",
      resource: bus.arn,
      resourcePolicy: bus.policy,
      context: {
        "events:source": entry.optionalText("Source"),
        "events:detail-type": entry.optionalText("DetailType"),
      },
    };
  };

  return {
    needs: (input, context) => entriesOf(input).map((entry) => needOf(entry, context)),
    run: (input, context) => {
      const entries = entriesOf(input);
      const bytes = entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
      if (bytes > MOST_BYTES)
        throw new Input(input, "ValidationException").refusal(
          `Total size of the entries in the request is over the limit: ${bytes} bytes, at most ${MOST_BYTES}`,
        );
      const results = entries.map((entry) => put(entry, context));
      return { FailedEntryCount: results.filter((result) => "ErrorCode" in result).length, Entries: results };
    },
  };
};
