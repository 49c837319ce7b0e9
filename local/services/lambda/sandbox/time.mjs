// Inside a function process: Date, Intl and timers that follow the local cloud's virtual time.
import { AsyncResource } from "node:async_hooks";
import { createRequire, syncBuiltinESMExports } from "node:module";
import { promisify } from "node:util";

const require = createRequire(import.meta.url);
const RealDate = Date;
export const real = { setTimeout, clearTimeout, setImmediate };
const longestDelayMs = 2 ** 31 - 1;

let nowMs = 0;
let made = 0;
let onActivity = () => {};
let pendingImmediates = 0;
const pending = new Map();

export const now = () => nowMs;

/** Time never goes back, although answers may overtake each other. */
export const setNow = (header) => {
  const toMs = Number(header);
  if (toMs > nowMs) nowMs = toMs;
};

export const whenActive = (listener) => {
  onActivity = listener;
};

export const hasImmediates = () => pendingImmediates > 0;

/** Node goes on living for timers that are not unreferenced, and for those alone. */
export const keepsAlive = () => [...pending.values()].some((timer) => timer.referenced);

export const earliest = () => {
  let first;
  for (const timer of pending.values())
    if (!first || timer.atMs < first.atMs || (timer.atMs === first.atMs && timer.order < first.order)) first = timer;
  return first;
};

class VirtualTimeout {
  constructor(run, delayMs, values, repeats) {
    if (typeof run !== "function") throw new TypeError('The "callback" argument must be of type function');
    this.id = ++made;
    this.delayMs = delayMs >= 1 && delayMs <= longestDelayMs ? Math.trunc(delayMs) : 1;
    this.repeats = repeats;
    this.referenced = true;
    const scope = new AsyncResource("VirtualTimeout");
    this.run = () => scope.runInAsyncScope(run, this, ...values);
    this.refresh();
  }
  refresh() {
    this.atMs = nowMs + this.delayMs;
    this.order = ++made;
    pending.set(this.id, this);
    onActivity();
    return this;
  }
  ref() {
    this.referenced = true;
    return this;
  }
  unref() {
    this.referenced = false;
    return this;
  }
  hasRef() {
    return this.referenced;
  }
  close() {
    pending.delete(this.id);
    return this;
  }
  [Symbol.toPrimitive]() {
    return this.id;
  }
  [Symbol.dispose]() {
    this.close();
  }
}

export const fire = (timer) => {
  if (!timer.repeats) pending.delete(timer.id);
  else timer.refresh();
  timer.run();
};

const virtualSetTimeout = (run, delayMs, ...values) => new VirtualTimeout(run, delayMs, values, false);
const virtualSetInterval = (run, delayMs, ...values) => new VirtualTimeout(run, delayMs, values, true);
const virtualClear = (timer) => {
  pending.delete(typeof timer === "object" && timer !== null ? timer.id : Number(timer));
};
const countedSetImmediate = (run, ...values) => {
  pendingImmediates += 1;
  onActivity();
  const immediate = real.setImmediate(() => {
    counted.delete(immediate);
    pendingImmediates -= 1;
    run(...values);
  });
  counted.add(immediate);
  return immediate;
};
const counted = new WeakSet();
const realClearImmediate = clearImmediate;
const countedClearImmediate = (immediate) => {
  if (counted.delete(immediate)) pendingImmediates -= 1;
  realClearImmediate(immediate);
};

const aborted = (signal) =>
  Object.assign(new Error("The operation was aborted", { cause: signal.reason }), {
    name: "AbortError",
    code: "ABORT_ERR",
  });

const promised =
  (start, stop) =>
  (options = {}) =>
    new Promise((resolve, reject) => {
      const { signal } = options;
      if (signal?.aborted) return reject(aborted(signal));
      const onAbort = () => {
        stop(handle);
        reject(aborted(signal));
      };
      const handle = start(() => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      }, options);
      signal?.addEventListener("abort", onAbort, { once: true });
    });

const promisedTimeout = async (delayMs, value, options) => {
  const start = (run, { ref = true } = {}) => {
    const timer = virtualSetTimeout(run, delayMs);
    return ref ? timer : timer.unref();
  };
  await promised(start, virtualClear)(options);
  return value;
};
const promisedImmediate = async (value, options) => {
  await promised(countedSetImmediate, countedClearImmediate)(options);
  return value;
};
async function* promisedInterval(delayMs, value, options) {
  for (;;) {
    await promisedTimeout(delayMs, undefined, options);
    yield value;
  }
}

const installDate = () => {
  RealDate.now = () => nowMs;
  // A subclass would break `structuredClone(new Date()) instanceof Date`; a proxy keeps the prototype.
  globalThis.Date = new Proxy(RealDate, {
    apply: () => new RealDate(nowMs).toString(),
    construct: (target, values, called) =>
      Reflect.construct(target, values.length > 0 ? values : [nowMs], called === globalThis.Date ? target : called),
  });
  RealDate.prototype.constructor = globalThis.Date;
  const format = Object.getOwnPropertyDescriptor(Intl.DateTimeFormat.prototype, "format");
  Object.defineProperty(Intl.DateTimeFormat.prototype, "format", {
    ...format,
    get() {
      const formatted = format.get.call(this);
      return (date = nowMs) => formatted(date);
    },
  });
  const { formatToParts } = Intl.DateTimeFormat.prototype;
  Intl.DateTimeFormat.prototype.formatToParts = function (date = nowMs) {
    return formatToParts.call(this, date);
  };
};

const installTimers = () => {
  virtualSetTimeout[promisify.custom] = promisedTimeout;
  countedSetImmediate[promisify.custom] = promisedImmediate;
  const replaced = {
    setTimeout: virtualSetTimeout,
    clearTimeout: virtualClear,
    setInterval: virtualSetInterval,
    clearInterval: virtualClear,
    setImmediate: countedSetImmediate,
    clearImmediate: countedClearImmediate,
  };
  Object.assign(globalThis, replaced);
  Object.assign(require("node:timers"), replaced);
  const promises = require("node:timers/promises");
  Object.assign(promises, {
    setTimeout: promisedTimeout,
    setImmediate: promisedImmediate,
    setInterval: promisedInterval,
  });
  Object.defineProperty(promises, "scheduler", {
    value: {
      wait: (delayMs, options) => promisedTimeout(delayMs, undefined, options),
      yield: () => promisedImmediate(),
    },
  });
  AbortSignal.timeout = (delayMs) => {
    const controller = new AbortController();
    const reason = new DOMException("The operation was aborted due to timeout", "TimeoutError");
    virtualSetTimeout(() => controller.abort(reason), delayMs).unref();
    return controller.signal;
  };
  syncBuiltinESMExports();
};

/** The same seed gives the same jitter: the SDK's back-off draws from here. */
const installRandom = (seed) => {
  let state = seed >>> 0;
  Math.random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

export const install = ({ startMs, seed }) => {
  nowMs = startMs;
  installDate();
  installTimers();
  installRandom(seed);
};
