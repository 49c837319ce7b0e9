// `npm test`: format, lint, types, generated files, then every test; ends with the runner's own summary.
import { QUICK_STAGES, runStages, tests } from "./stages.ts";

const isGood = await runStages(QUICK_STAGES, tests(...process.argv.slice(2)));
process.exitCode = isGood ? 0 : 1;
