/** `npm run gate` as a pipeline and an operator run it: a process of its own, against the local cloud. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { JsonObject } from "../../local/contract.ts";
import { contractCloud } from "../contracts/cloud.ts";
import { basicScan, enhancedScan, REGISTRY } from "../scenarios/gate.fixture.ts";

const cloud = contractCloud();
const REPOSITORY = `${REGISTRY}/order-service`;
const SCRIPT = join(import.meta.dirname, "..", "..", "scripts", "gate.ts");

/** The gate's defaults, but that no scan is ever too old: the command's clock is not the cloud's. */
const DOCUMENT = "clusters: [production]\nservices:\n  production/*:\n    gate: { mode: act, maxScanAgeDays: 36500 }\n";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ecs-reflex-gate-"));
  file("reflex.yaml", DOCUMENT);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, content: string | JsonObject): string => {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
};

const gate = async (...given: readonly string[]) => {
  const { client } = cloud.now();
  const child = spawn(process.execPath, [SCRIPT, "--config", join(folder, "reflex.yaml"), ...given], {
    env: {
      PATH: process.env.PATH,
      AWS_ENDPOINT_URL: client.endpoint,
      AWS_REGION: client.region,
      AWS_ACCESS_KEY_ID: "LOCAL",
      AWS_SECRET_ACCESS_KEY: "LOCAL",
    },
  });
  const ended = new Promise<number | null>((end) => child.once("close", end));
  const [code, out, err] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, out, err };
};

const judged = async (...given: readonly string[]) => {
  const { code, out, err } = await gate(...given, "--service", "production/order-service");
  return { code, err, verdict: out === "" ? undefined : (JSON.parse(out) as JsonObject) };
};

const push = (imageTag: string, scan: JsonObject | null, platforms?: string[]): string =>
  cloud.now().cloud.door.pushImage({ repositoryName: "order-service", imageTag, scan, ...(platforms && { platforms }) })
    .digest;

test("an image of ECR is judged, and the exit code tells a pipeline what to do", async () => {
  const clean = push("v2.0.0", basicScan("LOW"));
  push("v2.0.1", basicScan("CRITICAL"));
  push("v2.0.2", basicScan("SEVERE"));
  push("v2.0.3", basicScan(), ["linux/amd64", "linux/arm64"]);
  await cloud.now().cloud.advance(60);
  push("v2.0.4", enhancedScan());
  await cloud.now().cloud.advance(10);
  const [allow, block, ask, index, noChild, pending, gone, foreign] = await Promise.all([
    judged(`${REPOSITORY}@${clean}`),
    judged(`${REPOSITORY}:v2.0.1`),
    judged(`${REPOSITORY}:v2.0.2`),
    judged(`${REPOSITORY}:v2.0.3`, "--platform", "linux/arm64"),
    judged(`${REPOSITORY}:v2.0.3`, "--platform", "windows/amd64"),
    judged(`${REPOSITORY}:v2.0.4`),
    judged(`${REPOSITORY}:v9.9.9`),
    judged("nginx:latest"),
  ]);
  const seen = { outcome: "allow", digest: clean, scan: { state: "complete" } };
  expect(allow).toMatchObject({ code: 0, err: "", verdict: { image: `${REPOSITORY}@${clean}`, ...seen } });
  const decided = [{ rule: "too-many-critical", count: 1 }];
  expect(block).toMatchObject({ code: 1, err: "", verdict: { outcome: "block", decided } });
  expect(ask).toMatchObject({ code: 2, verdict: { outcome: "ask", decided: [{ rule: "unknown-severity" }] } });
  expect(index).toMatchObject({ code: 0, verdict: { outcome: "allow" } });
  expect(pending).toMatchObject({ code: 3, verdict: { isPending: true } });
  expect(gone).toMatchObject({ code: 1, verdict: { outcome: "block", scan: { state: "image-gone" } } });
  expect([noChild, foreign].map(({ code, verdict }) => [code, verdict])).toEqual([
    [1, undefined],
    [1, undefined],
  ]);
  expect(noChild.err).toBe(`ecs-reflex: judging ${REPOSITORY}:v2.0.3: its index has no image for windows/amd64\n`);
  expect(foreign.err).toBe("ecs-reflex: judging nginx:latest: it must be an image of an ECR registry\n");
}, 120_000);

test("what an operator gives at runtime is written into the ledger, and counts in the next verdict", async () => {
  push("v3.0.0", basicScan("CRITICAL"));
  push("v3.0.1", basicScan("LOW", "LOW"));
  await cloud.now().cloud.advance(60);
  const table = ["--table", cloud.now().resource("AWS::DynamoDB::GlobalTable", "Ledger")];
  const waiver = {
    finding: "CVE-2026-1000",
    repository: "order-service",
    reason: "not reachable",
    owner: "orders-team",
    expires: "2999-01-01",
  };
  const [bad, low] = await Promise.all([
    judged(`${REPOSITORY}:v3.0.0`, ...table),
    judged(`${REPOSITORY}:v3.0.1`, ...table),
  ]);
  expect([bad.code, low.code]).toEqual([1, 0]);
  expect(await gate(...table, "--give-waiver", file("waiver.json", waiver))).toEqual({
    code: 0,
    out: "waived CVE-2026-1000\n",
    err: "",
  });
  expect(await judged(`${REPOSITORY}:v3.0.0`, ...table)).toMatchObject({ code: 0, verdict: { outcome: "allow" } });
  const threats = { "CVE-2026-1001": { isExploited: true } };
  const [listed, refused, without] = await Promise.all([
    gate(...table, "--give-threats", file("threats.json", threats)),
    gate(...table, "--give-waiver", file("short.json", { ...waiver, owner: "" })),
    gate("--give-threats", file("other.json", threats)),
  ]);
  expect(refused).toMatchObject({ code: 1, out: "", err: expect.stringMatching(/^ecs-reflex: reading .*owner.*\n$/) });
  expect(without.err).toBe("ecs-reflex: giving the gate data: --table must name the ledger's table\n");
  expect(listed).toEqual({ code: 0, out: "1 threats\n", err: "" });
  const [exploited, elsewhere] = await Promise.all([
    judged(`${REPOSITORY}:v3.0.1`, ...table),
    judged(`${REPOSITORY}:v3.0.0`),
  ]);
  expect(exploited).toMatchObject({ code: 1, verdict: { decided: [{ rule: "known-exploited" }] } });
  expect(elsewhere.code).toBe(1);
}, 120_000);

test("before the hook's function is removed, the services that ECS asks it about are named", async () => {
  const { cloud: running } = cloud.now();
  expect(await gate("--before-removal")).toEqual({ code: 0, out: '{\n  "hooked": []\n}\n', err: "" });
  const hook = {
    hookTargetArn: "arn:aws:lambda:us-east-1:111122223333:function:reflex-gate-hook",
    roleArn: "arn:aws:iam::111122223333:role/hooks",
    lifecycleStages: ["PRE_SCALE_UP"],
  };
  await running.door.request.call(running.door, "ecs", "UpdateService", {
    cluster: "production",
    service: "user-service",
    deploymentConfiguration: { lifecycleHooks: [hook] },
  });
  const named = await gate("--before-removal");
  expect({ ...named, out: JSON.parse(named.out) }).toEqual({
    code: 1,
    out: { hooked: ["production/user-service"] },
    err: "",
  });
}, 60_000);
