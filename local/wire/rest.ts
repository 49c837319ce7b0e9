/** REST-JSON: operations by method and path, members in path, query string, headers and body. */
import type { Json, JsonObject, RestRoute } from "../contract.ts";
import { jsonBody } from "./json-body.ts";
import type { SignedRequest } from "./signature.ts";

/** A matched route with the input it makes of the request. */
export interface RestCall {
  readonly operation: string;
  readonly input: JsonObject;
  readonly route: RestRoute;
}

/** The first route that fits; literal segments count before `{Name}`. */
export function restCall(
  { method, target, headers, body }: SignedRequest,
  routes: readonly RestRoute[],
): RestCall | undefined {
  const [path = "/", query = ""] = target.split(/\?(.*)/s);
  const segments = segmentsOf(path);
  const fitting = routes
    .filter((route) => route.method === method && fits(segmentsOf(route.path), segments))
    .sort((a, b) => variables(a.path) - variables(b.path));
  const route = fitting[0];
  if (!route) return undefined;
  const input: Record<string, Json | undefined> = route.payload
    ? { [route.payload]: body.toString("utf8") }
    : { ...jsonBody(body) };
  segmentsOf(route.path).forEach((segment, index) => {
    if (isVariable(segment)) input[segment.slice(1, -1)] = decodeURIComponent(segments[index] ?? "");
  });
  for (const [name, value] of new URLSearchParams(query)) input[route.query?.[name] ?? name] = value;
  for (const [header, member] of Object.entries(route.headers ?? {}))
    if (headers[header] !== undefined) input[member] = headers[header];
  return { operation: route.operation, input, route };
}

/** Status, headers and body of an answer, as the route lays them out. */
export function restAnswer(
  { answer = {} }: RestRoute,
  output: JsonObject,
): { status: number; headers: Record<string, string>; body: string } {
  const rest = { ...output };
  const status = answer.status === undefined ? 200 : Number(rest[answer.status] ?? 200);
  if (answer.status !== undefined) delete rest[answer.status];
  const headers: Record<string, string> = {};
  for (const [header, member] of Object.entries(answer.headers ?? {})) {
    if (rest[member] !== undefined) headers[header] = String(rest[member]);
    delete rest[member];
  }
  const body = answer.payload === undefined ? JSON.stringify(rest) : String(rest[answer.payload] ?? "");
  return { status, headers, body };
}

const segmentsOf = (path: string): string[] => path.split("/").filter(Boolean);

const isVariable = (segment: string): boolean => segment.startsWith("{") && segment.endsWith("}");

const variables = (path: string): number => segmentsOf(path).filter(isVariable).length;

const fits = (route: readonly string[], path: readonly string[]): boolean =>
  route.length === path.length && route.every((segment, index) => isVariable(segment) || segment === path[index]);
