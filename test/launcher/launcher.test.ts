import { spawnSync } from "node:child_process";
import { hostname } from "node:os";
import { describe, expect, test } from "vitest";
import { tinyProject } from "./project.ts";

/** A process that lived and is gone. */
const deadPid = (): number => spawnSync(process.execPath, ["--version"]).pid;

describe("a command", () => {
  test("installs what is missing, then runs its script with its arguments", async () => {
    const project = tinyProject();
    const { code, out, err } = await project.run(["script.mjs", "--json", "x"]).ended;
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({ ran: ["--json", "x"] });
    expect(err).toContain("installing the packages of package-lock.json");
    expect(project.npmRuns()).toHaveLength(1);
    expect(project.has(".installing")).toBe(false);
  });

  test("does not install again what npm installed, be it a CI's own npm ci", async () => {
    const project = tinyProject();
    project.installed();
    const { code, err } = await project.run().ended;
    expect({ code, err, npm: project.npmRuns() }).toEqual({ code: 0, err: "", npm: [] });
  });

  test("installs when what is there is of another lock file", async () => {
    const project = tinyProject();
    project.installed({ "": {}, "node_modules/left": { integrity: "sha512-older" } });
    expect((await project.run().ended).code).toBe(0);
    expect(project.npmRuns()).toHaveLength(1);
  });

  test("can do without an optional package, such as another platform's Node", async () => {
    const project = tinyProject();
    project.installed({ "": {}, "node_modules/left": { integrity: "sha512-left" } });
    await project.run().ended;
    expect(project.npmRuns()).toEqual([]);
  });

  test("installs everything, whatever a shell or a CI wants omitted", async () => {
    const project = tinyProject();
    await project.run(["script.mjs"], { NODE_ENV: "production", npm_config_omit: "dev" }).ended;
    expect(project.npmRuns()[0]).toMatch(/^ci .*--include=dev --include=optional/);
  });

  test("ends as its script ends", async () => {
    const project = tinyProject();
    project.installed();
    project.file("seven.mjs", "process.exit(7);");
    project.file("killed.mjs", "process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000);");
    expect((await project.run(["seven.mjs"]).ended).code).toBe(7);
    expect((await project.run(["killed.mjs"]).ended).code).toBe(143);
  });

  test("hands signals on to its script, which decides what follows", async () => {
    const project = tinyProject();
    project.installed();
    project.file(
      "polite.mjs",
      `import { writeFileSync } from "node:fs";
       process.on("SIGTERM", () => { console.log("goodbye"); process.exit(3); });
       setInterval(() => {}, 1000);
       writeFileSync("listens", "");`,
    );
    const { child, ended } = project.run(["polite.mjs"]);
    await project.until("listens");
    child.kill("SIGTERM");
    expect(await ended).toMatchObject({ code: 3, out: "goodbye\n" });
  });

  test.each([
    ["no script", [], "there is no script (none named)"],
    ["an unknown script", ["nowhere.ts"], "there is no script nowhere.ts"],
  ])("says in a sentence that there is %s", async (_what, args, sentence) => {
    const project = tinyProject();
    const { code, err } = await project.run(args).ended;
    expect(code).toBe(1);
    expect(err).toContain(sentence);
    expect(project.npmRuns()).toEqual([]);
  });

  test("says in a sentence that the lock file cannot be read", async () => {
    const project = tinyProject();
    project.file("package-lock.json", "<<<<<<< HEAD");
    expect(await project.run().ended).toMatchObject({ code: 1, err: expect.stringContaining("cannot be read") });
  });
});

describe("when installing goes wrong", () => {
  test("the command fails with npm's message, and the next one installs", async () => {
    const project = tinyProject();
    project.file("broken");
    const { code, out, err } = await project.run().ended;
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain("npm error code E503");
    expect(err).toContain("try the same command again");
    project.remove("broken");
    expect((await project.run().ended).code).toBe(0);
  });

  test("a package that npm left out is named", async () => {
    const project = tinyProject();
    project.file("forgetful");
    const { code, err } = await project.run().ended;
    expect(code).toBe(1);
    expect(err).toContain("npm left out node_modules/left");
  });

  test.each(["SIGINT", "SIGTERM"] as const)("%s ends npm, and the lock with it", async (signal) => {
    const project = tinyProject();
    project.file("slow");
    const { child, ended } = project.run();
    await project.until("npm.log");
    child.kill(signal);
    expect((await ended).code).toBe(signal === "SIGINT" ? 130 : 143);
    expect(project.has(".installing")).toBe(false);
    project.file("go");
    expect((await project.run().ended).code).toBe(0);
  });
});

describe("two first commands at once", () => {
  test("install once, and both run", async () => {
    const project = tinyProject();
    project.file("slow");
    const first = project.run();
    await project.until("npm.log");
    const second = project.run();
    await project.until("waits");
    project.file("go");
    const ends = await Promise.all([first.ended, second.ended]);
    expect(ends.map(({ code }) => code)).toEqual([0, 0]);
    expect(ends[1].err).toContain("another command is installing the packages");
    expect(project.npmRuns()).toHaveLength(1);
  });

  test("the second installs when the first fails", async () => {
    const project = tinyProject();
    project.file("slow");
    project.file("broken");
    const first = project.run();
    await project.until("npm.log");
    const second = project.run();
    await project.until("waits");
    project.file("go");
    expect((await first.ended).code).toBe(1);
    expect((await second.ended).code).toBe(1);
    expect(project.npmRuns()).toHaveLength(2);
    expect(project.has(".installing")).toBe(false);
  });

  test("a lock whose owner was killed is taken over at once, by one of those who wait", async () => {
    const project = tinyProject();
    project.heldBy({ pids: [deadPid()], host: hostname() });
    const ends = await Promise.all([project.run().ended, project.run().ended, project.run().ended]);
    expect(ends.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(project.npmRuns()).toHaveLength(1);
  });

  test("an npm that outlived its command is waited for, and what it installed counts", async () => {
    const project = tinyProject();
    project.file("slow");
    const first = project.run();
    await project.until("npm.log");
    first.child.kill("SIGKILL");
    const second = project.run();
    await project.until("waits");
    project.file("go");
    expect((await second.ended).code).toBe(0);
    expect(project.npmRuns()).toHaveLength(1);
  });

  test("another machine's lock is respected, for its processes cannot be asked", async () => {
    const project = tinyProject();
    project.heldBy({ pids: [deadPid()], host: "another-machine" });
    const { ended } = project.run();
    await project.until("waits");
    project.remove(".installing");
    expect((await ended).code).toBe(0);
    expect(project.npmRuns()).toHaveLength(1);
  });
});
