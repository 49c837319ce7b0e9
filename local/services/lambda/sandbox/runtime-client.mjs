// Inside a function process: the Runtime API client that AWS's runtime expects as its native addon.
import { Agent, request as send } from "node:http";

const agent = new Agent({ keepAlive: true, maxSockets: 8 });
const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");

export const isOwn = (request) => request.agent === agent;

/** Resolves with headers and body; `onRequest` gives the caller the request, to take it back. */
export const exchange = (method, path, body, { headers = {}, onRequest = () => {} } = {}) =>
  new Promise((resolve, reject) => {
    const request = send({ agent, host, port, method, path, headers }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => resolve({ headers: response.headers, body: Buffer.concat(chunks).toString("utf8") }));
      response.on("error", reject);
    });
    request.on("error", reject);
    onRequest(request);
    request.end(body);
  });

const invocation = (id, what) => `/2018-06-01/runtime/invocation/${id}/${what}`;

/** `freeze` is called as soon as an answer is given, `thaw` with the headers of the next invocation. */
export const runtimeClient = ({ freeze, thaw }) => {
  let answered = Promise.resolve();
  const answer = (path, body, headers) => {
    freeze();
    answered = exchange("POST", path, body, { headers: { "content-type": "application/json", ...headers } });
  };
  return {
    initializeClient() {},
    async next() {
      await answered;
      freeze();
      const { headers, body } = await exchange("GET", "/2018-06-01/runtime/invocation/next");
      thaw(headers);
      return { bodyJson: body, headers };
    },
    done: (id, body) => answer(invocation(id, "response"), body, {}),
    error(id, body, xray) {
      const { errorType = "Unhandled" } = JSON.parse(body);
      answer(invocation(id, "error"), body, {
        "lambda-runtime-function-error-type": encodeURIComponent(errorType),
        "lambda-runtime-function-xray-error-cause": encodeURIComponent(xray).slice(0, 4096),
      });
    },
  };
};
