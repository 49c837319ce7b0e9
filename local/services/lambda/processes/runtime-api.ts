/** The Lambda Runtime API on loopback, and two requests of our own by which a process sleeps in virtual time. */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A request of a function process that wants an answer, now or later. */
export interface RuntimeExchange {
  readonly processId: string;
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly headers: IncomingMessage["headers"];
  answer(status: number, headers: Readonly<Record<string, string>>, body: string): void;
  /** Calls back when the process takes its request back, or dies. */
  whenTakenBack(listener: () => void): void;
}

const read = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
};

const exchangeOf = (request: IncomingMessage, response: ServerResponse, body: string): RuntimeExchange => ({
  processId: String(request.headers["x-local-process"] ?? ""),
  method: request.method ?? "GET",
  path: request.url ?? "/",
  body,
  headers: request.headers,
  answer: (status, headers, text) => {
    if (response.writableEnded || response.destroyed) return;
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(text);
  },
  whenTakenBack: (listener) => {
    response.once("close", () => {
      if (!response.writableFinished) listener();
    });
  },
});

/** Listens on a free loopback port; `handle` is called for every request with its whole body. */
export class RuntimeApi {
  readonly #server: Server;

  constructor(handle: (exchange: RuntimeExchange) => void) {
    this.#server = createServer((request, response) => {
      read(request).then(
        (body) => handle(exchangeOf(request, response, body)),
        () => response.destroy(),
      );
    });
    // An idle process waits for its next invocation as long as it takes.
    this.#server.requestTimeout = 0;
    this.#server.keepAliveTimeout = 0;
  }

  /** The port, once it listens. */
  async listen(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(0, "127.0.0.1", resolve);
    });
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
