// `npm run check`: what `npm test` runs, without the tests that start function processes or a whole local cloud.
import { QUICK_STAGES, runStages, tests } from "./stages.ts";

const SLOW = ["test/scenarios/**", "test/contracts/**", "test/differential/**", "test/meta/permissions/**"];

const isGood = await runStages(QUICK_STAGES, tests(...SLOW.flatMap((pattern) => ["--exclude", pattern])));
process.exitCode = isGood ? 0 : 1;
