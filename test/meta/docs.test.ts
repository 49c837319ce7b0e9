/** The pages say nothing that the repository does not bear out: links, commands, files, tests and words. */
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect, test } from "vitest";
import { reactions } from "../../infra/reactions.ts";
import { files, root, sourceFiles } from "./repository.ts";

const read = (path: string): string => readFileSync(join(root, path), "utf8");
const pages = files.filter((path) => path.endsWith(".md"));
const pageOf = new Map(pages.map((path) => [path, read(path)]));

/** What is found in the pages, each with the page it is in. */
const found = (pattern: RegExp): readonly (readonly [page: string, match: string])[] =>
  [...pageOf].flatMap(([page, text]) => [...text.matchAll(pattern)].map((match) => [page, match[1] ?? ""] as const));

/** A heading's anchor as the hosting site makes it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");

const anchorsOf = (page: string): ReadonlySet<string> =>
  new Set([...read(page).matchAll(/^#+ (.+)$/gm)].map((match) => anchorOf(match[1] ?? "")));

test("there are pages to look at", () => {
  expect(pages).toContain("README.md");
  expect(pages.length).toBeGreaterThan(10);
});

test("every relative link leads to a file, and every anchor to a heading", () => {
  const broken = found(/\]\(([^)\s]+)\)/g).flatMap(([page, link]) => {
    if (/^[a-z]+:/.test(link)) return [];
    const [path = "", anchor] = link.split("#");
    const target = path === "" ? page : join(dirname(page), path);
    if (!existsSync(join(root, target))) return [`${page}: ${link}`];
    return anchor === undefined || anchorsOf(target).has(anchor) ? [] : [`${page}: ${link}`];
  });
  expect(broken).toEqual([]);
});

test("every npm command that a page names exists", () => {
  const { scripts } = JSON.parse(read("package.json"));
  const named = found(/npm (?:run (?:-s )?)?((?<=run (?:-s )?)[a-z][a-z-]*|(?:start|test)\b)/g);
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter(([, name]) => !(name in scripts)).map(([page, name]) => `${page}: npm run ${name}`)).toEqual([]);
});

const ROOMS = ["functions", "shared", "infra", "local", "test", "bench", "config", "docs", "scripts"];
const IN_A_ROOM = new RegExp(`\`((?:${ROOMS.join("|")})/[\\w./-]*|\\.ci/\\w+|\\w+\\.(?:md|json|mjs))\``, "g");

/** Written by a command, or a name that the reader fills in. */
const isNoFileOfOurs = (path: string): boolean =>
  /(?:^|\/)[A-Z]+(?:[/.]|$)(?!md)/.test(path) || ["manifest.json", "config.json", "item.json"].includes(path);

test("every file that a page names in backticks exists", () => {
  const named = found(IN_A_ROOM).filter(([, path]) => !isNoFileOfOurs(path));
  expect(named.length).toBeGreaterThan(50);
  // A name without a folder is one that the reader has just been told the folder of.
  const names = new Set(files.map((path) => basename(path)));
  const isThere = (path: string) => (path.includes("/") ? existsSync(join(root, path)) : names.has(path));
  expect(named.filter(([, path]) => !isThere(path)).map(([page, path]) => `${page}: ${path}`)).toEqual([]);
});

test("a test that a page names exists", () => {
  const named = [...pageOf].flatMap(([page, text]) =>
    [...text.matchAll(/\| `([\w./-]+\.test\.ts)` \| "([^"]+)" \|/g)].map(([, file = "", name = ""]) => ({
      page,
      file,
      name,
    })),
  );
  expect(named.length).toBeGreaterThan(15);
  expect(named.filter(({ file, name }) => !read(file).includes(`"${name}"`))).toEqual([]);
});

test("the README's table has a row for each reaction that is deployed, and says so of no other", () => {
  const rows = [...read("README.md").matchAll(/^\| `(\w+)` \| (yes|no) \|/gm)];
  const deployed = rows.filter(([, , answer]) => answer === "yes").map(([, name]) => name);
  expect(deployed.toSorted()).toEqual(
    reactions([])
      .map(({ name }) => name)
      .toSorted(),
  );
});

/** Words that the glossary refuses. */
const REFUSED = /^(?:bump(?:s|ed|ing)?|replicas?|pods?|allow-?list(?:s|ed)?|playbooks?|mb)$/i;

/** Code whose names are ours; tests, rivals and the model of AWS keep the words of what they stand for. */
const OUR_WORDS = /^(?:functions|shared|infra|scripts|bench(?!\/scale\/rivals))\//;

/** Code without what is quoted or commented. */
const bare = (code: string): string =>
  code
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, '""')
    .replace(/\/\/.*$/gm, "");

const wordsOf = (identifier: string): readonly string[] =>
  identifier.split(/_|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/);

test("no name in the code uses a word that the glossary refuses", () => {
  const used = sourceFiles
    .filter((path) => OUR_WORDS.test(path))
    .flatMap((path) =>
      (bare(read(path)).match(/[A-Za-z_$][\w$]*/g) ?? [])
        .filter((name) => wordsOf(name).some((word) => REFUSED.test(word)))
        .map((name) => `${path}: ${name}`),
    );
  expect([...new Set(used)]).toEqual([]);
});

test.each(["bumpMemory", "desired_replicas", "podName", "allowlist", "sizeMB", "MBFree"])(
  "%s would be refused",
  (name) => {
    expect(wordsOf(name).some((word) => REFUSED.test(word))).toBe(true);
  },
);

test("no page has a picture of a face, a hand or a rocket outside of a block that shows the screen", () => {
  const prose = [...pageOf].map(([page, text]) => [page, text.replace(/^```[\s\S]*?^```/gm, "")] as const);
  expect(prose.filter(([, text]) => /\p{Emoji_Presentation}/u.test(text)).map(([page]) => page)).toEqual([]);
});
