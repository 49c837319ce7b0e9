/** Serves the control door under `/_local/`: the table of routes, and the page. */
import type { LocalCloud } from "../cloud.ts";
import { AwsError } from "../contract.ts";
import type { PlainAnswer, PlainRequest } from "../neighbours.ts";
import type { ControlDoor } from "./control.ts";
import { Refusal } from "./fields.ts";
import { PAGE } from "./page.ts";
import { bodyOf, DOOR_ROUTES, type DoorRoute } from "./routes.ts";

const PREFIX = "/_local";

/** The handler to mount at `/_local`. */
export const serveDoor =
  (local: LocalCloud, door: ControlDoor, routes: readonly DoorRoute[] = DOOR_ROUTES) =>
  async ({ method, path, body, headers }: PlainRequest): Promise<PlainAnswer> => {
    const url = new URL(path, "http://127.0.0.1");
    const inside = url.pathname.slice(PREFIX.length);
    if (method === "GET" && (inside === "" || inside === "/"))
      return { status: 200, headers: { "content-type": "text/html; charset=utf-8" }, body: PAGE };
    try {
      // A page elsewhere on the web can send requests here, though not read the answers.
      if (headers.origin !== undefined && headers.origin !== `http://${headers.host}`)
        throw new Refusal(`the origin is ${headers.origin}; only this server's own page may ask from a browser`, 403);
      const { route, names } = routeOf(routes, method, inside);
      const answer = await route.answer({ door, local, names, query: url.searchParams, body: bodyOf(method, body) });
      return { status: 200, body: JSON.stringify(answer) };
    } catch (error) {
      if (error instanceof Refusal) return refused(error.status, error.message);
      if (error instanceof AwsError) return refused(400, `${error.code}: ${error.message}`);
      throw error;
    }
  };

const refused = (status: number, error: string): PlainAnswer => ({ status, body: JSON.stringify({ error }) });

function routeOf(
  routes: readonly DoorRoute[],
  method: string,
  path: string,
): { route: DoorRoute; names: Record<string, string> } {
  const segments = path.split("/").filter(Boolean).map(decodeURIComponent);
  const fitting = routes.flatMap((route) => {
    const names = namesIn(route.path.split("/").filter(Boolean), segments);
    return names ? [{ route, names }] : [];
  });
  const found = fitting.find(({ route }) => route.method === method);
  if (found) return found;
  if (fitting.length > 0) {
    const methods = fitting.map(({ route }) => route.method).join(", ");
    throw new Refusal(`${PREFIX}${path} takes ${methods}, not ${method}`, 405);
  }
  const known = routes.map((route) => `${route.method} ${PREFIX}${route.path}`).join(", ");
  throw new Refusal(`there is no ${PREFIX}${path}; ${known} would be fine`, 404);
}

function namesIn(route: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  if (route.length !== segments.length) return undefined;
  const names: Record<string, string> = {};
  for (const [index, part] of route.entries()) {
    const segment = segments[index] ?? "";
    if (part.startsWith("{")) names[part.slice(1, -1)] = segment;
    else if (part !== segment) return undefined;
  }
  return names;
}
