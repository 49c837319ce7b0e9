// Inside a function process: lets connections go to the local cloud and nowhere else.
import { Socket as Datagram } from "node:dgram";
import { Socket } from "node:net";

const denied = (what) =>
  Object.assign(new Error(`connecting to ${what}: a function of the local cloud reaches its own endpoint alone`), {
    code: "ERR_NETWORK_DENIED",
  });

const targetOf = (values) => {
  const first = Array.isArray(values[0]) ? values[0][0] : values[0];
  if (typeof first === "object" && first !== null)
    return { host: first.host ?? "localhost", port: first.port, path: first.path };
  if (typeof first === "string" && !/^\d+$/.test(first)) return { path: first };
  return { host: typeof values[1] === "string" ? values[1] : "localhost", port: first };
};

/** `fetch` goes where the local cloud stands in for an origin; everything else about the request stays. */
const redirectFetch = (elsewhere) => {
  const { fetch } = globalThis;
  const moved = (text) => {
    const { origin, pathname, search } = new URL(text);
    return Object.hasOwn(elsewhere, origin) ? `${elsewhere[origin]}${pathname}${search}` : text;
  };
  globalThis.fetch = (input, init) =>
    input instanceof Request
      ? fetch(moved(input.url) === input.url ? input : new Request(moved(input.url), input), init)
      : fetch(URL.canParse(input) ? moved(String(input)) : input, init);
};

export const install = ({ allowed, elsewhere }) => {
  redirectFetch(elsewhere);
  const connect = Socket.prototype.connect;
  Socket.prototype.connect = function (...values) {
    const { host, port, path } = targetOf(values);
    const name = path || `${host}:${port}`;
    if (allowed.includes(name)) return connect.apply(this, values);
    process.nextTick(() => this.destroy(denied(name)));
    return this;
  };
  for (const method of ["send", "connect"])
    Datagram.prototype[method] = () => {
      throw denied("a datagram socket");
    };
};
