import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { actingOf } from "../../bench/reactions/acting/acting.ts";
import { clientsAlone, clientsIn, clientsOf } from "../../bench/reactions/clients.ts";
import { callsToAct } from "../../bench/reactions/cold-start.ts";
import { MOST_KIB_ABOVE_CLIENTS } from "../../bench/reactions/figures.ts";
import { CODEDEPLOY_HOOK, GATE_HOOK } from "../../infra/constructs/gate-hook.ts";
import { CONVERSE } from "../../infra/constructs/request-url.ts";
import { reactions } from "../../infra/reactions.ts";
import { type Bundle, bundleFunctions, functionNames } from "../../scripts/bundle.ts";

const filesOf = ({ folder }: Bundle) =>
  ["index.mjs", "config.json"].map((file) => readFileSync(join(folder, file), "utf8"));

let bundles: readonly Bundle[] = [];
beforeAll(async () => {
  bundles = await bundleFunctions();
});

test("every deployed function has an entry, and every entry is deployed", () => {
  expect([...reactions([]).map(({ name }) => name), GATE_HOOK, CODEDEPLOY_HOOK, CONVERSE].sort()).toEqual(
    functionNames(),
  );
});

test("the same sources give the same bundle, so that nothing is deployed anew for nothing", async () => {
  const before = bundles.map(filesOf);
  expect((await bundleFunctions()).map(filesOf)).toEqual(before);
});

test("a bad configuration is refused with file, line, path, value and what would be fine, and nothing is built", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ecs-reflex-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "bad.yaml");
  writeFileSync(file, "clusters: [production]\nlimits:\n  maxMemoryMiB: lots\n");
  const before = bundles.map(filesOf);
  await expect(bundleFunctions(file)).rejects.toThrow(
    `reading the configuration ${file}:3: limits.maxMemoryMiB is "lots", it must be a whole number from 512 to 249856`,
  );
  expect(bundles.map(filesOf)).toEqual(before);
});

describe.each(functionNames())("the bundle of %s", (name) => {
  const bundle = () => {
    const found = bundles.find((each) => each.name === name);
    if (!found) throw new Error(`no bundle of ${name}`);
    return found;
  };
  const inputs = () => Object.keys(bundle().metafile.inputs);

  test("takes the SDK's modules, not their CommonJS builds", () => {
    expect(inputs().filter((path) => path.includes("/dist-cjs/"))).toEqual([]);
  });

  test("holds the clients that its entry constructs, and no other", () => {
    const constructed = new Set(clientsOf(name).map((client) => client.package));
    expect(clientsIn(bundle().metafile)).toEqual([...constructed].sort());
  });

  test("weighs at most 90 KiB more than those clients alone", async () => {
    const alone = await clientsAlone(clientsOf(name));
    expect(bundle().bytes - alone).toBeLessThanOrEqual(MOST_KIB_ABOVE_CLIENTS * 1024);
  });

  test("acts on the event by which its start is measured, in a process of its own", async () => {
    const acting = await actingOf(name);
    expect((await callsToAct(bundle(), acting)).map(({ operation }) => operation)).toContain(acting.acts);
  });

  test("holds no parser of YAML, no construct and no local cloud", () => {
    expect(inputs().filter((path) => /node_modules\/(yaml|aws-cdk-lib)\/|^(infra|local)\//.test(path))).toEqual([]);
  });

  test("speaks to Slack only if it is notify's", () => {
    const own = inputs().filter((path) => path.startsWith("functions/") && !path.startsWith(`functions/${name}/`));
    expect(own).toEqual([]);
  });

  test("carries the configuration and no source map", () => {
    expect(JSON.parse(readFileSync(join(bundle().folder, "config.json"), "utf8"))).toHaveProperty("clusters");
    expect(existsSync(join(bundle().folder, "index.mjs.map"))).toBe(false);
  });
});
