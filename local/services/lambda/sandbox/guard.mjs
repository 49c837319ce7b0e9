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

export const install = (allowed) => {
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
