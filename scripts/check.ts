// `npm run check`: everything that `npm test` runs, without the scenarios through function processes.
import { QUICK_STAGES, runStages, tests } from "./stages.ts";

const isGood = await runStages(QUICK_STAGES, tests("--exclude", "test/scenarios/**"));
process.exitCode = isGood ? 0 : 1;
