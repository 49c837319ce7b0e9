// Loaded before AWS's runtime client in a measured process: the client's native addon in JavaScript, and Slack on loopback.
import Module from "node:module";
import { runtimeClient } from "../../local/services/lambda/sandbox/runtime-client.mjs";

const client = runtimeClient({ freeze() {}, thaw() {} });
const load = Module._load;
Module._load = function (name, ...rest) {
  return name === "./rapid-client.node" ? client : load.call(this, name, ...rest);
};

const { fetch } = globalThis;
const here = `${process.env.AWS_ENDPOINT_URL}/slack`;
globalThis.fetch = (url, init) => fetch(String(url).replace("https://slack.com", here), init);
