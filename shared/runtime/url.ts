/** The shell around a function that is asked by its URL: raw bytes in, one answer out, one log line. */
import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import middy from "@middy/core";
import type { Context, LambdaFunctionURLEvent, LambdaFunctionURLResult } from "aws-lambda";
import type { ReactionName } from "#shared/domain/plan.ts";

/** A request as it came. */
export interface UrlRequest {
  readonly method: string;
  readonly path: string;
  /** Names in lower case, as Lambda hands them over. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The body's bytes, whether Lambda handed them over as text or in base64. */
  readonly body: Uint8Array;
}

export interface UrlAnswer {
  readonly status: number;
  /** Sent as JSON; nothing is sent without it. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** What came of it, for the log line and the metric. */
  readonly outcome: string;
}

export interface UrlFunction {
  readonly name: ReactionName;
  /** Built on the first request; a failure there fails that request, and the next tries again. */
  readonly build: () => (request: UrlRequest) => Promise<UrlAnswer>;
}

const requestOf = ({ requestContext, rawPath, headers, body = "", isBase64Encoded }: LambdaFunctionURLEvent) => ({
  method: requestContext.http.method,
  path: rawPath,
  headers,
  body: Buffer.from(body, isBase64Encoded ? "base64" : "utf8"),
});

/** The Lambda handler of a function with a URL; what it throws is an error of the function, which its alarm sees. */
export const urlHandler = ({ name, build }: UrlFunction) => {
  const logger = new Logger({ serviceName: name });
  const metrics = new Metrics({ namespace: "EcsReflex", serviceName: name });
  let built: ReturnType<typeof build> | undefined;

  return middy(async (event: LambdaFunctionURLEvent, context: Context): Promise<LambdaFunctionURLResult> => {
    logger.addContext(context);
    try {
      built ??= build();
      const { status, body, outcome } = await built(requestOf(event));
      logger.info("answered", { status, outcome });
      metrics.addMetric(`Answer_${outcome}`, MetricUnit.Count, 1);
      if (!body) return { statusCode: status, body: "" };
      return { statusCode: status, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    } catch (error) {
      logger.error("not answered", { error: error instanceof Error ? error : String(error) });
      throw error;
    } finally {
      metrics.publishStoredMetrics();
    }
  });
};
