// `npm run corpora [-- DIR]`: runs a folder of recorded patterns, events and findings against the code.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { countEcsTaskEvents } from "./corpora/ecs-task-events.ts";
import { countEventPatterns } from "./corpora/event-patterns.ts";
import { countFindings } from "./corpora/findings.ts";

const folder = resolve(process.argv[2] ?? "../shared/data");

if (!existsSync(folder)) {
  console.log(`no corpora: there is no folder ${process.argv[2] ?? "../shared/data"}`);
} else {
  const counts = [...countEventPatterns(folder), ...countEcsTaskEvents(folder), ...countFindings(folder)];
  for (const { file, right, total, wrong } of counts) {
    console.log(`${file.padEnd(60)} ${right} of ${total}${wrong.length > 0 ? `; wrong: ${wrong.join(", ")}` : ""}`);
  }
  const wrong = counts.reduce((sum, count) => sum + count.wrong.length, 0);
  const right = counts.reduce((sum, count) => sum + count.right, 0);
  console.log(`${right} passed, ${wrong} failed`);
  process.exitCode = wrong === 0 ? 0 : 1;
}
