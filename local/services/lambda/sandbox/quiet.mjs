// Inside a function process: knows when nothing is at work any more, so that time may move.
import { createHook } from "node:async_hooks";
import { subscribe } from "node:diagnostics_channel";
import { hasImmediates, real, setNow, whenActive } from "./time.mjs";

// One empty turn proves nothing: a promise chain may cross several before it starts its next call.
const quietTurnsNeeded = 4;
const cryptoJob = /^(?!HTTP).*REQUEST$/;
const endsOnce = /^FSREQ|^FILEHANDLECLOSEREQ$|^GETADDR|^GETNAME|^QUERYWRAP$/;

/** What runs outside of JavaScript, by asynchronous id; crypto jobs with the job itself. */
const underWay = new Map();
const calls = new Set();
let activity = 0;
let watching = false;
let onQuiet = () => {};
let onCallChange = () => {};

export const openCalls = () => calls.size;

export const whenQuiet = (listener) => {
  onQuiet = listener;
};

export const whenCallsChange = (listener) => {
  onCallChange = listener;
};

export const poke = () => {
  activity += 1;
  if (watching) return;
  watching = true;
  watch(0, activity);
};

/** A job without a callback was a synchronous one, such as a random UUID: it is over, and nothing else says so. */
const forgetSynchronousJobs = () => {
  for (const [id, job] of underWay) if (job && !job.ondone) underWay.delete(id);
};

const watch = (quietTurns, seen) =>
  real.setImmediate(() => {
    forgetSynchronousJobs();
    if (underWay.size > 0) {
      watching = false; // the end of that work pokes
      return;
    }
    if (activity !== seen || hasImmediates()) return watch(0, activity);
    if (quietTurns + 1 < quietTurnsNeeded) return watch(quietTurns + 1, seen);
    watching = false;
    onQuiet();
  });

const began = (call) => {
  calls.add(call);
  activity += 1;
  onCallChange();
};
const ended = (call) => {
  if (!calls.delete(call)) return;
  onCallChange();
  poke();
};

/** A compressor lives until it is collected; it is at work from each write to the callback of that write. */
const watchCompressor = (id, handle) => {
  const { write } = handle;
  handle.write = function (...values) {
    underWay.set(id, undefined);
    return write.apply(this, values);
  };
};

const watchThreadPool = () => {
  const known = new Set();
  const finish = (id) => {
    if (underWay.delete(id)) poke();
  };
  createHook({
    trackPromises: false,
    init(id, type, _trigger, resource) {
      if (type === "ZLIB") watchCompressor(id, resource);
      else if (cryptoJob.test(type)) underWay.set(id, resource);
      else if (endsOnce.test(type)) underWay.set(id, undefined);
      else return;
      known.add(id);
    },
    before(id) {
      if (known.has(id)) finish(id);
    },
    after(id) {
      if (known.has(id)) poke();
    },
    destroy(id) {
      known.delete(id);
      finish(id);
    },
  }).enable();
};

/** Its jobs look like synchronous ones from outside: they settle their promise without a callback. */
const watchSubtleCrypto = () => {
  const { prototype } = globalThis.SubtleCrypto;
  for (const name of Object.getOwnPropertyNames(prototype)) {
    const method = prototype[name];
    if (name === "constructor" || typeof method !== "function") continue;
    prototype[name] = function (...values) {
      const settling = method.apply(this, values);
      const job = Symbol(name);
      const end = () => {
        underWay.delete(job);
        poke();
      };
      underWay.set(job, undefined);
      settling.then(end, end);
      return settling;
    };
  }
};

/** `isOwn` tells the sandbox's own requests apart; `mark` stamps a foreign one with the process it comes from. */
const watchHttp = ({ isOwn, mark }) => {
  subscribe("http.client.request.created", ({ request }) => {
    if (!request.headersSent && !request._header) mark((name, value) => request.setHeader(name, value));
    if (isOwn(request)) return;
    began(request);
    request.once("close", () => ended(request));
  });
  subscribe("http.client.response.finish", ({ request, response }) => {
    if (!isOwn(request)) setNow(response.headers["x-local-now"]);
  });
};

const watchFetch = ({ mark }) => {
  subscribe("undici:request:create", ({ request }) => {
    mark((name, value) => request.addHeader(name, value));
    began(request);
  });
  subscribe("undici:request:headers", ({ response }) => {
    const at = response.headers.findIndex((header) => String(header).toLowerCase() === "x-local-now");
    if (at >= 0) setNow(String(response.headers[at + 1]));
  });
  subscribe("undici:request:trailers", ({ request }) => ended(request));
  subscribe("undici:request:error", ({ request }) => ended(request));
};

export const install = (marks) => {
  whenActive(poke);
  watchThreadPool();
  watchSubtleCrypto();
  watchHttp(marks);
  watchFetch(marks);
};
