// A worker that the scaler can follow best: protected while it is busy, done with its work before it ends, and saying how long that takes.
import { writeFileSync } from "node:fs";
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { protect } from "./protect.ts";
import { report } from "./report.ts";
import { work } from "./work.ts";

const { QUEUE_URL: QueueUrl = "", HEARTBEAT_FILE = "/tmp/heartbeat" } = process.env;
const sqs = new SQSClient();
let isStopping = false;
process.on("SIGTERM", () => {
  isStopping = true;
});

while (!isStopping) {
  writeFileSync(HEARTBEAT_FILE, "");
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }));
  await protect(Messages.length > 0);
  for (const { Body = "", ReceiptHandle } of Messages) {
    const startedAtMs = performance.now();
    await work(Body);
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    await report(QueueUrl, (performance.now() - startedAtMs) / 1000);
  }
}
