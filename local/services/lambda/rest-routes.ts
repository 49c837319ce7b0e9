/** Where Lambda's REST-JSON operations are found. */
import type { RestRoute } from "../../contract.ts";

const functions = "/2015-03-31/functions";

/** Source: the service model `lambda-2015-03-31`. */
export const lambdaRoutes: readonly RestRoute[] = [
  {
    method: "POST",
    path: `${functions}/{FunctionName}/invocations`,
    operation: "Invoke",
    query: { Qualifier: "Qualifier" },
    headers: { "x-amz-invocation-type": "InvocationType", "x-amzn-trace-id": "TraceHeader" },
    payload: "Payload",
    answer: {
      status: "StatusCode",
      headers: { "x-amz-function-error": "FunctionError", "x-amz-executed-version": "ExecutedVersion" },
      payload: "Payload",
    },
  },
  { method: "GET", path: `${functions}/{FunctionName}`, operation: "GetFunction", query: { Qualifier: "Qualifier" } },
  {
    method: "GET",
    path: `${functions}/{FunctionName}/configuration`,
    operation: "GetFunctionConfiguration",
    query: { Qualifier: "Qualifier" },
  },
  {
    method: "GET",
    path: `${functions}/{FunctionName}/policy`,
    operation: "GetPolicy",
    query: { Qualifier: "Qualifier" },
  },
  { method: "GET", path: functions, operation: "ListFunctions" },
  { method: "GET", path: `${functions}/`, operation: "ListFunctions" },
  {
    method: "GET",
    path: "/2015-03-31/event-source-mappings",
    operation: "ListEventSourceMappings",
    query: { FunctionName: "FunctionName", EventSourceArn: "EventSourceArn" },
  },
];
