/** The rooms of the house: who may import whom, and what may be done where. The linter holds what it can; this holds all. */
import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import { type Import, imports, importsIn, productFiles, textOf } from "./imports.ts";

const NODE = /^node:/;
const SDK = /^@aws-sdk\//;

/** What the files under a path may import beside themselves. The first path that fits a file counts. */
const ROOMS: readonly (readonly [folder: RegExp, mayImport: readonly RegExp[]])[] = [
  [/^shared\/domain\//, [/^shared\/domain\//]],
  [/^shared\/errors\.ts$/, []],
  [/^shared\/ports\//, [/^shared\/(?:domain|ports)\//]],
  [/^shared\/config\/load\.ts$/, [/^shared\/(?:config|domain)\//, /^shared\/errors\.ts$/, /^valibot$/, /^yaml$/]],
  [/^shared\/config\//, [/^shared\/(?:config|domain)\//, /^shared\/errors\.ts$/, /^valibot$/]],
  [/^shared\/gate\//, [/^shared\/(?:config|domain|gate|ports)\//, /^node:crypto$/, /^valibot$/]],
  [/^shared\/slack\//, [/^shared\/(?:domain|ports|slack)\//, /^shared\/errors\.ts$/]],
  [/^shared\/aws\//, [SDK, NODE, /^shared\/(?:aws|config|domain|gate|ports)\//, /^shared\/errors\.ts$/, /^valibot$/]],
  // What a step writes for the gate to read, both take from one place.
  [
    /^shared\/steps\//,
    [/^shared\/(?:domain|ports|runtime|steps)\//, /^shared\/errors\.ts$/, /^shared\/gate\/way-back\.ts$/],
  ],
  [
    /^shared\/runtime\//,
    [
      NODE,
      /^shared\/(?:config|domain|ports|runtime)\//,
      /^shared\/errors\.ts$/,
      /^(?:valibot|aws-lambda|@middy\/core|@aws-lambda-powertools\/\w+)$/,
    ],
  ],
  [/^functions\/[^/]+\/lambda\.ts$/, [SDK, NODE, /^shared\//, /^valibot$/]],
  [/^functions\//, [NODE, /^shared\/(?!aws\/)/, /^valibot$/]],
  [/^infra\//, [NODE, /^infra\//, /^shared\/(?:domain|gate)\//, /^(?:aws-cdk-lib|constructs|cdk-nag)$/]],
  [/^local\//, [NODE, /^local\//, /^(?:aws-lambda-ric)$/]],
  [/^bench\//, [NODE, /^(?:bench|functions|local|scripts|shared|test\/builders)\//, /^(?:esbuild|highs)$/]],
  [/^scripts\//, [NODE, SDK, /^(?:functions|local|scripts|shared)\//, /^(?:esbuild|valibot)$/]],
  // For people to start from: as a program of theirs would be, without a word of ours.
  [/^examples\//, [NODE, SDK, /^examples\//]],
  [/^[^/]+$/, [NODE, /^vitest$/]],
];

const functionOf = (path: string): string | undefined => /^functions\/([^/]+)\//.exec(path)?.[1];

const isAllowed = ({ from, to }: Import): boolean => {
  const own = functionOf(from);
  if (own !== undefined && functionOf(to) !== undefined) return functionOf(to) === own;
  const room = ROOMS.find(([folder]) => folder.test(from));
  return room?.[1].some((target) => target.test(to)) ?? false;
};

const told = ({ from, to }: Import): string => `${from} -> ${to}`;

describe("imports", () => {
  test("are read: relative, by alias, of packages, of types, of several lines, dynamic and re-exported", () => {
    const text = [
      'import { a } from "./a.ts";',
      'import type { B } from "#shared/domain/b.ts";',
      'import {\n  type C,\n  c,\n} from "@aws-sdk/client-ecs/sub";',
      'import { type D } from "node:fs";',
      'import * as v from "valibot";',
      'import "./effect.ts";',
      'export { e } from "../e.ts";',
      'const f = await import("./f.ts");',
    ].join("\n");
    expect(importsIn("shared/x/y.ts", text).map(({ to, isType }) => [to, isType])).toEqual([
      ["shared/x/a.ts", false],
      ["shared/domain/b.ts", true],
      ["@aws-sdk/client-ecs", false],
      ["node:fs", true],
      ["valibot", false],
      ["shared/e.ts", false],
      ["shared/x/effect.ts", false],
      ["shared/x/f.ts", false],
    ]);
  });

  test("are those of the whole product", () => {
    expect(imports.length).toBeGreaterThan(1000);
    expect(productFiles.filter((path) => !ROOMS.some(([folder]) => folder.test(path)))).toEqual([]);
  });

  test("point only where the room of a file lets them", () => {
    expect(imports.filter((one) => !isAllowed(one)).map(told)).toEqual([]);
  });

  test.each([
    ["functions/oom/handler.ts", "functions/gate/policy.ts"],
    ["functions/oom/handler.ts", "shared/aws/ecs-services.ts"],
    ["functions/oom/policy.ts", "@aws-sdk/client-ecs"],
    ["functions/oom/lambda.ts", "infra/reactions.ts"],
    ["functions/oom/lambda.ts", "local/start.ts"],
    ["infra/automation-stack.ts", "functions/oom/permissions.ts"],
    ["local/start.ts", "shared/domain/arn.ts"],
    ["local/start.ts", "scripts/bundle.ts"],
    ["shared/domain/arn.ts", "node:fs"],
    ["shared/ports/ledger.ts", "@aws-sdk/client-dynamodb"],
    ["shared/runtime/engine.ts", "shared/aws/clients.ts"],
    ["shared/steps/raise-memory.ts", "@aws-sdk/client-ecs"],
    ["shared/config/schema.ts", "yaml"],
    ["examples/worker/worker.ts", "shared/domain/arn.ts"],
  ])("from %s to %s would be refused", (from, to) => {
    expect(isAllowed({ from, to, names: "", isType: true })).toBe(false);
  });

  test("run in no circle", () => {
    const next = Map.groupBy(
      imports.filter(({ isType }) => !isType),
      ({ from }) => from,
    );
    const done = new Set<string>();
    const circles: string[] = [];
    const walk = (path: string, way: readonly string[]): void => {
      const at = way.indexOf(path);
      if (at >= 0) circles.push([...way.slice(at), path].join(" -> "));
      if (at >= 0 || done.has(path)) return;
      for (const { to } of next.get(path) ?? []) walk(to, [...way, path]);
      done.add(path);
    };
    for (const path of next.keys()) walk(path, []);
    expect(circles).toEqual([]);
  });

  test("of the SDK in what puts functions and commands together are clients, to be constructed, and nothing else", () => {
    const strange = imports.filter(
      ({ from, to, names }) =>
        /^(?:functions|scripts)\//.test(from) && SDK.test(to) && !/^\{\s*(?:\w+Client,?\s*)+\}$/.test(names),
    );
    expect(strange.map(told)).toEqual([]);
  });
});

describe("a policy", () => {
  const pure = /^(?:functions\/[^/]+\/|shared\/(?:domain|gate)\/)/;
  const policies = productFiles.filter((path) => /^functions\/[^/]+\/(?:\w+-)?policy\.ts$/.test(path));

  /** Everything that comes with a file at run time. */
  const reachable = (path: string, seen = new Set<string>()): ReadonlySet<string> => {
    for (const { from, to, isType } of imports)
      if (from === path && !isType && !seen.has(to)) reachable(to, seen.add(to));
    return seen;
  };

  test("is there to be looked at", () => {
    expect(policies).toContain("functions/oom/policy.ts");
  });

  test.each(policies)("%s runs on words of the domain and named files beside it alone", (path) => {
    expect([...reachable(path)].filter((to) => !pure.test(to))).toEqual([]);
  });

  test.each(policies)("%s waits for nothing", (path) => {
    expect(textOf(path)).not.toMatch(/\basync\b|\bawait\b|\bPromise\b/);
  });
});

/** Lines of the files that do something which only `where` may do. */
const doing = (what: RegExp, inside: RegExp, where: readonly string[]): readonly string[] =>
  productFiles
    .filter((path) => inside.test(path) && !where.includes(path))
    .flatMap((path) =>
      textOf(path)
        .split("\n")
        .flatMap((line, at) => (what.test(line) && !/^\s*(?:\/\/|\*|\/\*\*)/.test(line) ? [`${path}:${at + 1}`] : [])),
    );

describe("the world outside of the code", () => {
  const clocks =
    /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bset(?:Timeout|Interval)\(|\brandomUUID\(|\bperformance\.now\(/;

  test("has one clock in the product", () => {
    expect(doing(clocks, /^(?:functions|shared|infra)\//, ["shared/runtime/clock.ts"])).toEqual([]);
  });

  test("is asked for real time in the local cloud only where real time passes", () => {
    const real = [
      "local/door/page.ts",
      "local/main.ts",
      "local/pace.ts",
      "local/story/main.ts",
      "local/synthesized.ts",
      "local/services/lambda/processes/function-process.ts",
      "local/services/lambda/processes/process-runner.ts",
      "local/services/lambda/sandbox/preload.mjs",
      "local/services/lambda/sandbox/time.mjs",
    ];
    expect(doing(clocks, /^local\//, real)).toEqual([]);
  });

  test("gives its environment to entries only", () => {
    const entries = productFiles.filter((path) => /^functions\/[^/]+\/lambda\.ts$/.test(path));
    const others = ["infra/app.ts", "local/services/lambda/sandbox/preload.mjs"];
    const sandbox = "local/services/lambda/sandbox/runtime-client.mjs";
    expect(doing(/\bprocess\.env\b/, /^(?:functions|shared|infra|local)\//, [...entries, ...others, sandbox])).toEqual(
      [],
    );
  });

  test("hears nothing on the console but from commands", () => {
    expect(doing(/\bconsole\.\w+\(/, /^(?:functions|shared|infra\/(?!app))/, [])).toEqual([]);
  });

  test("fails into `catch` only at its edges: adapters, shells, and two places that say why", () => {
    const why = [
      // Slack's refusal is an outcome here: the message waits for the sweep.
      "functions/notify/handler.ts",
      // The one before may fail by itself; the next does not care.
      "functions/notify/one-at-a-time.ts",
    ];
    const edges = /^(?:functions\/|shared\/(?!aws\/|runtime\/|slack\/|config\/(?:load|parse)\.ts))/;
    expect(doing(/\bcatch\b/, edges, why)).toEqual([]);
  });
});

describe("files", () => {
  test("have names that say what is in them", () => {
    const vague = /^(?:utils?|helpers?|common|core|lib|managers?|misc|types|constants|index)$/;
    const parts = productFiles.flatMap((path) => path.split("/").map((part) => [path, part] as const));
    const bad = parts.filter(([, part]) => vague.test(basename(part).replace(/\.\w+$/, "")));
    expect(bad.map(([path]) => path).filter((path) => !path.includes("/testing/"))).toEqual([]);
  });

  test("are short enough to be read at once", () => {
    const long = productFiles.map((path) => [path, textOf(path).split("\n").length - 1] as const);
    expect(long.filter(([, lines]) => lines > 300)).toEqual([]);
  });
});
