// Loaded into every function process before AWS's runtime: virtual time, network guard, Runtime API client.
import Module from "node:module";
import { install as installGuard } from "./guard.mjs";
import { install as installQuiet, openCalls, poke, whenCallsChange, whenQuiet } from "./quiet.mjs";
import { exchange, isOwn, runtimeClient } from "./runtime-client.mjs";
import { earliest, fire, install as installTime, keepsAlive, now, real, setNow } from "./time.mjs";

// A call that is answered at once must not cost a report; one that waits for virtual time must not wait for ever.
const reportAfterRealMs = 20;
const { processId, seed, startMs, allowed, elsewhere } = JSON.parse(process.env.LOCAL_SANDBOX);
delete process.env.LOCAL_SANDBOX;

let isThawed = true;
let isAsleep = false;
let waiting;

const freeze = () => {
  isThawed = false;
};

const thaw = (headers) => {
  setNow(headers["x-local-now"]);
  isThawed = true;
  poke();
};

const sleep = async (untilMs) => {
  isAsleep = true;
  const { headers } = await exchange("POST", "/local/sleep", JSON.stringify({ untilMs }));
  isAsleep = false;
  setNow(headers["x-local-now"]);
  poke();
};

/** Says that only calls which the cloud has not answered, and timers, are left. Any change of the calls takes it back. */
const wait = async () => {
  const report = { request: undefined };
  waiting = report;
  const body = JSON.stringify({ untilMs: earliest()?.atMs ?? null, calls: openCalls() });
  const onRequest = (request) => {
    report.request = request;
  };
  try {
    const { headers } = await exchange("POST", "/local/wait", body, { onRequest });
    setNow(headers["x-local-now"]);
    if (waiting === report) waiting = undefined;
    poke();
  } catch {
    // taken back: whatever changed the calls has poked
  }
};

whenCallsChange(() => {
  waiting?.request?.destroy();
  waiting = undefined;
});

whenQuiet(() => {
  if (!isThawed || isAsleep || waiting) return;
  const next = earliest();
  if (next && next.atMs <= now()) {
    real.setImmediate(() => {
      poke();
      if (next === earliest()) fire(next);
    });
    return;
  }
  if (openCalls() === 0) {
    if (keepsAlive()) sleep(next.atMs);
    return;
  }
  const calls = openCalls();
  real
    .setTimeout(() => {
      if (calls === openCalls() && isThawed && !isAsleep && !waiting) wait();
    }, reportAfterRealMs)
    .unref();
});

const mark = (setHeader) => {
  setHeader("x-local-process", processId);
  if (!isThawed) setHeader("x-local-frozen", "true");
};

installTime({ startMs, seed });
installQuiet({ isOwn, mark });
installGuard({ allowed, elsewhere });

const load = Module._load;
Module._load = function (name, ...rest) {
  return name === "./rapid-client.node" ? runtimeClient({ freeze, thaw }) : load.call(this, name, ...rest);
};
