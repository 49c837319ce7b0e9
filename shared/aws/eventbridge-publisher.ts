/** `Publisher` on Amazon EventBridge: every record is one event on our bus. */
import { type EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { ReflexError } from "#shared/errors.ts";
import type { Publisher } from "#shared/ports/publisher.ts";
import { translate } from "./errors.ts";

/** PutEvents takes at most this many entries. Source: EventBridge API reference, PutEvents. */
const ENTRIES_PER_CALL = 10;

const RECORD_SOURCE = "ecs-reflex";
const RECORD_DETAIL_TYPE = "Reflex Record";

export const eventbridgePublisher = (eventbridge: EventBridgeClient, busName: string): Publisher => ({
  async publish(records) {
    for (let from = 0; from < records.length; from += ENTRIES_PER_CALL) {
      const page = records.slice(from, from + ENTRIES_PER_CALL);
      const { FailedEntryCount = 0, Entries = [] } = await eventbridge
        .send(
          new PutEventsCommand({
            Entries: page.map((record) => ({
              EventBusName: busName,
              Source: RECORD_SOURCE,
              DetailType: RECORD_DETAIL_TYPE,
              Resources: record.service ? [record.service.arn] : [],
              Detail: JSON.stringify(record),
            })),
          }),
        )
        .catch((error: unknown) => {
          throw translate(error, `publishing ${page.length} records on bus ${busName}`);
        });
      if (FailedEntryCount === 0) continue;
      const refused = Entries.find(({ ErrorCode }) => ErrorCode !== undefined);
      throw new ReflexError(
        "unavailable",
        `publishing records on bus ${busName}: ${FailedEntryCount} of ${page.length} refused, first ${refused?.ErrorCode}`,
      );
    }
  },
});
