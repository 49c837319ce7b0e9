import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

test.each([
  [["--port", "high"], "--port is high; 0 to 65535 would be fine"],
  [["--clock", "real"], "--clock is real; virtual would be fine"],
  [["--clock", "virtual", "--speed", "2"], "--clock virtual and --speed exclude each other"],
  [["--speed", "0"], "--speed is 0; a number above 0 up to 100000 would be fine"],
  [["--parameter", "Tag"], "--parameter is Tag; NAME=VALUE would be fine"],
  [["--port", "0", "--assembly", "/nowhere"], "no such file or directory"],
])("%s ends the start with a sentence", (args, sentence) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, "main.ts"), ...args], {
    encoding: "utf8",
  });
  expect([status, stdout]).toEqual([1, ""]);
  expect(stderr).toContain("ecs-reflex: starting the local cloud: ");
  expect(stderr).toContain(sentence);
});
