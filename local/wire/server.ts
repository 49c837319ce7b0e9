/** The HTTP server: AWS's protocols at every path that nobody has mounted, on loopback alone. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { LocalCloud } from "../cloud.ts";
import type { PlainAnswer, PlainRequest, WireDoor } from "../neighbours.ts";
import { answerApi } from "./api.ts";
import type { SignedRequest } from "./signature.ts";

/** A body larger than any AWS request modelled here. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

type Mounted = (request: PlainRequest) => PlainAnswer | Promise<PlainAnswer>;

/** The one server of a local cloud; also the door by which services add paths of their own. */
export class WireServer implements WireDoor {
  readonly #local: LocalCloud;
  readonly #server: Server;
  readonly #mounts: { readonly prefix: string; readonly handle: Mounted }[] = [];
  #port: number | undefined;

  constructor(local: LocalCloud) {
    this.#local = local;
    // An idle connection of a function that sleeps for virtual hours is not to be closed after real seconds.
    this.#server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
      void this.#serve(request, response);
    });
    local.cloud.expose("wire", this);
  }

  endpoint(): string {
    if (this.#port === undefined) throw new Error("the local cloud does not listen yet, so it has no endpoint");
    return `http://127.0.0.1:${this.#port}`;
  }

  mount(prefix: string, handle: Mounted): void {
    this.#mounts.push({ prefix, handle });
    this.#mounts.sort((a, b) => b.prefix.length - a.prefix.length);
  }

  /** Listens on a port of 127.0.0.1; 0 takes a free one. */
  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, "127.0.0.1", resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const request = await readRequest(incoming);
      const answer = request === undefined ? TOO_LARGE : await this.#answer(request);
      this.#send(response, answer);
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#local.cloud.say(`${incoming.method} ${incoming.url} failed: ${text}`);
      this.#send(response, { status: 500, body: JSON.stringify({ __type: "InternalFailure", message: text }) });
    }
  }

  async #answer(request: SignedRequest): Promise<PlainAnswer> {
    const { method, target, headers, body } = request;
    // A page on the web whose name resolves to this machine must not reach in.
    if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(headers.host ?? ""))
      return plain(403, `the host ${headers.host} is not this machine; use ${this.endpoint()}`);
    const mounted = this.#mounts.find(({ prefix }) => target.startsWith(prefix));
    if (mounted) return mounted.handle({ method, path: target, headers, body: body.toString("utf8") });
    return answerApi(this.#local, request);
  }

  #send(response: ServerResponse, answer: PlainAnswer): void {
    if (response.destroyed) return;
    if (answer === "reset") {
      response.destroy();
      return;
    }
    response.sendDate = false;
    response.writeHead(answer.status, {
      "content-type": "application/json",
      "x-local-now": String(this.#local.clock.now()),
      ...answer.headers,
      "content-length": String(Buffer.byteLength(answer.body)),
    });
    response.end(answer.body);
  }
}

const plain = (status: number, error: string): PlainAnswer => ({ status, body: JSON.stringify({ error }) });

const TOO_LARGE = plain(413, `the body is larger than ${MAX_BODY_BYTES} bytes`);

async function readRequest(incoming: IncomingMessage): Promise<SignedRequest | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(",") : value;
  return { method: incoming.method ?? "GET", target: incoming.url ?? "/", headers, body: Buffer.concat(chunks) };
}
