// Loaded before AWS's runtime client in a measured process: the client's native addon in JavaScript, Slack on loopback, and
// the CPU time that the process has used, in microseconds, a line when it is ready and one at each answer and each next wait.
import { writeSync } from "node:fs";
import Module from "node:module";
import { runtimeClient } from "../../local/services/lambda/sandbox/runtime-client.mjs";

const CPU_TIME_FD = 3;
const tellCpuTime = () => {
  const { user, system } = process.cpuUsage();
  writeSync(CPU_TIME_FD, `${user + system}\n`);
};

const client = runtimeClient({ freeze: tellCpuTime, thaw() {} });
const load = Module._load;
Module._load = function (name, ...rest) {
  return name === "./rapid-client.node" ? client : load.call(this, name, ...rest);
};

const { fetch } = globalThis;
const here = `${process.env.AWS_ENDPOINT_URL}/slack`;
globalThis.fetch = (url, init) => fetch(String(url).replace("https://slack.com", here), init);
