// `npm run gate -- IMAGE [--service CLUSTER/SERVICE]`: the verdict that every door of the gate would give, for a pipeline.
// `--findings FILE...` judges recorded answers of DescribeImageScanFindings instead of asking ECR. JSON on standard output;
// exit code 0 allow, 1 block or not able to tell, 2 ask, 3 not judged yet. `--table NAME`, the ledger's, adds what was given
// and learnt at runtime. Further: `--platform OS/ARCHITECTURE`, `--vex FILE`, `--threats FILE`, `--export-vex`,
// `--export-trivyignore REPOSITORY`, `--before-removal` (names the services that use the Lambda hook).
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ECRClient } from "@aws-sdk/client-ecr";
import { ECSClient } from "@aws-sdk/client-ecs";
import { clientDefaults } from "#shared/aws/clients.ts";
import { ecrImages } from "#shared/aws/ecr-images.ts";
import { ecsDeployments } from "#shared/aws/ecs-deployments.ts";
import { loadConfig } from "#shared/config/load.ts";
import { resolveSettings } from "#shared/config/resolve.ts";
import type { Config } from "#shared/config/schema.ts";
import type { ImageScan } from "#shared/domain/finding.ts";
import { parseImage } from "#shared/domain/image.ts";
import { addSeconds } from "#shared/domain/time.ts";
import type { Waiver } from "#shared/domain/waiver.ts";
import { HOOK_FUNCTION_NAME } from "#shared/gate/hook-function.ts";
import { judge } from "#shared/gate/judge.ts";
import { openVexOf, waiversOfOpenVex } from "#shared/gate/openvex.ts";
import { readScan, unscanned } from "#shared/gate/read-scan.ts";
import { threatsOf } from "#shared/gate/threats.ts";
import { trivyIgnoreOf } from "#shared/gate/trivyignore.ts";
import { givenIn, giveThreats, giveWaiver } from "./gate-data.ts";
import { toldInOneLine } from "./told-in-one-line.ts";

const EXIT_CODES = { allow: 0, block: 1, ask: 2 } as const;
const EXIT_PENDING = 3;

/** How long statements of a VEX document hold here; the document itself names no end. */
const VEX_SECONDS = 90 * 86_400;

const CONFIG_FILE = join(import.meta.dirname, "..", "config", "reflex.yaml");

const readJson = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Error(`reading ${file}: not JSON that can be read: ${error instanceof Error ? error.message : error}`);
  }
};

const vexWaivers = (files: readonly string[], now: string): readonly Waiver[] =>
  files.flatMap((file) => {
    const waivers = waiversOfOpenVex(readJson(file), addSeconds(now, VEX_SECONDS));
    if (!waivers) throw new Error(`reading ${file}: not an OpenVEX document of version 0.2`);
    return waivers;
  });

const serviceOf = (text: string | undefined) => {
  if (text === undefined) return undefined;
  const [cluster, name, ...rest] = text.split("/");
  if (!cluster || !name || rest.length > 0) throw new Error(`reading --service ${text}: it must be CLUSTER/SERVICE`);
  return { cluster, name };
};

/** The scan of an image in ECR; of an index, of the image for the platform. */
const scanOf = async (image: string, platform: string): Promise<{ digest: string | undefined; scan: ImageScan }> => {
  const parsed = parseImage(image);
  if (parsed?.account === undefined) throw new Error(`judging ${image}: it must be an image of an ECR registry`);
  const images = ecrImages(new ECRClient({ ...clientDefaults, ...(parsed.region && { region: parsed.region }) }));
  const name = { registryId: parsed.account, repository: parsed.repository };
  const found = await images.find({ ...name, digest: parsed.digest, tag: parsed.tag });
  if (found.kind === "unreadable") throw new Error(`judging ${image}: the registry does not let us look`);
  if (found.kind === "gone")
    return { digest: undefined, scan: unscanned("image-gone", "the registry does not have it") };
  const child = found.children?.find(({ os, architecture }) => `${os}/${architecture}` === platform);
  const digest = found.children === undefined ? found.digest : child?.digest;
  if (digest === undefined) throw new Error(`judging ${image}: its index has no image for ${platform}`);
  return { digest, scan: await images.scan({ ...name, digest }) };
};

const beforeRemoval = async (config: Config): Promise<void> => {
  const ecs = new ECSClient(clientDefaults);
  const deployments = ecsDeployments(ecs, ecs);
  const services = (await Promise.all(config.clusters.map((cluster) => deployments.services(cluster)))).flat();
  const hooked = services.filter(({ hooks }) =>
    hooks.some(({ targetArn }) => targetArn?.endsWith(`:${HOOK_FUNCTION_NAME}`)),
  );
  console.log(JSON.stringify({ hooked: hooked.map(({ ref }) => `${ref.cluster}/${ref.name}`) }, null, 2));
  process.exitCode = hooked.length === 0 ? 0 : 1;
};

await toldInOneLine(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      service: { type: "string" },
      platform: { type: "string", default: "linux/amd64" },
      findings: { type: "boolean", default: false },
      vex: { type: "string", multiple: true, default: [] },
      threats: { type: "string" },
      config: { type: "string", default: CONFIG_FILE },
      "export-vex": { type: "boolean", default: false },
      "export-trivyignore": { type: "string" },
      table: { type: "string" },
      "give-threats": { type: "string" },
      "give-waiver": { type: "string" },
      "before-removal": { type: "boolean", default: false },
    },
  });
  const { config } = loadConfig(readFileSync(values.config, "utf8"), values.config);
  const now = new Date().toISOString();
  const waivers = [...config.waivers, ...vexWaivers(values.vex, now)];
  if (values["before-removal"]) return beforeRemoval(config);
  const { table, "give-threats": threatsFile, "give-waiver": waiverFile } = values;
  if (threatsFile !== undefined || waiverFile !== undefined) {
    if (table === undefined) throw new Error("giving the gate data: --table must name the ledger's table");
    if (threatsFile !== undefined)
      console.log(`${await giveThreats(table, readJson(threatsFile), threatsFile)} threats`);
    if (waiverFile !== undefined) console.log(`waived ${await giveWaiver(table, readJson(waiverFile), waiverFile)}`);
    return;
  }
  if (values["export-vex"]) {
    const id = `https://openvex.dev/docs/ecs-reflex-${now}`;
    return console.log(JSON.stringify(openVexOf(waivers, { author: "ecs-reflex", at: now, id }), null, 2));
  }
  if (values["export-trivyignore"] !== undefined) {
    const { yaml, leftOut } = trivyIgnoreOf(waivers, values["export-trivyignore"]);
    for (const { finding } of leftOut)
      console.error(`left out: the waiver for ${finding} is narrower than Trivy can say`);
    return void process.stdout.write(yaml);
  }
  const [image] = positionals;
  if (image === undefined)
    throw new Error("judging an image: name one, such as 111122223333.dkr.ecr.us-east-1.amazonaws.com/api:v1");
  const service = serviceOf(values.service);
  const given = table === undefined ? undefined : await givenIn(table);
  const listed = values.threats === undefined ? {} : threatsOf(readJson(values.threats));
  if (!listed) throw new Error(`reading ${values.threats}: neither a list of threats nor CISA's catalogue`);
  const { digest, scan } = values.findings
    ? { digest: undefined, scan: readScan(positionals.map(readJson)) }
    : await scanOf(image, values.platform);
  const repository = values.findings ? "recorded" : (parseImage(image)?.repository ?? image);
  const { gate: settings } = resolveSettings(config, service).settings;
  const all = [...waivers, ...(given?.waivers ?? [])];
  const threats = { ...given?.threats, ...listed };
  const verdict = judge(
    { now, scan, image: { repository, service }, waivers: all, threats, waitingSince: undefined },
    settings,
  );
  console.log(
    JSON.stringify({ image, digest, scan: { state: scan.state, description: scan.description }, ...verdict }, null, 2),
  );
  process.exitCode = verdict.isPending ? EXIT_PENDING : EXIT_CODES[verdict.outcome];
});
