/** Importing a module does nothing: it needs no environment, starts nothing and says nothing. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { productFiles } from "./imports.ts";
import { root } from "./repository.ts";

/** What a person runs: importing it is running it. */
const COMMANDS =
  /^(?:run\.mjs|vitest\.config\.ts|infra\/app\.ts|local\/main\.ts|local\/story\/main\.ts|bench\/main\.ts|scripts\/[^/]+\.ts|examples\/.+)$/;

/** Written for a process of their own, in which they change Node itself. */
const PRELOADS = /^(?:local\/services\/lambda\/sandbox\/|bench\/reactions\/preload\.mjs)/;

const modules = productFiles.filter((path) => !COMMANDS.test(path) && !PRELOADS.test(path));

/** Imports every module in a bare process; whatever is still going on when all are there keeps the process alive. */
const IMPORT_ALL = `
const failed = [];
for (const url of JSON.parse(process.argv[1]))
  await import(url).catch((error) => failed.push(url + ": " + error.message));
process.stdout.write(JSON.stringify(failed));
`;

test("every module can be imported with an empty environment, and the process ends by itself", () => {
  expect(modules.length).toBeGreaterThan(300);
  const urls = modules.map((path) => pathToFileURL(join(root, path)).href);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--input-type=module", "--disable-warning=ExperimentalWarning", "--eval", IMPORT_ALL, JSON.stringify(urls)],
    { cwd: root, env: {}, encoding: "utf8", timeout: 60_000 },
  );
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "[]", stderr: "" });
}, 60_000);
