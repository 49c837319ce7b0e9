// `npm run generate [-- --check]`: writes what is made from declarations, or fails on a difference.
import { generateConfiguration } from "./generate/configuration.ts";
import { generatePermissions } from "./generate/permissions.ts";
import { generatePermissionsPage } from "./generate/permissions-page.ts";
import { generateReasons } from "./generate/reasons.ts";

const check = process.argv.includes("--check");

const generated = [
  await generatePermissions({ check }),
  generatePermissionsPage(check),
  generateConfiguration(check),
  generateReasons(check),
];

const stale = generated.filter(({ isUpToDate }) => !isUpToDate).map(({ file }) => file);
if (check && stale.length > 0) {
  console.error(`out of date: ${stale.join(", ")}; run \`npm run generate\` and commit what it writes`);
  process.exitCode = 1;
} else {
  for (const file of stale) console.log(`wrote ${file}`);
}
