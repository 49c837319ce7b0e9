/** Who signed a request. Source: IAM user guide, "Create a signed AWS API request" (Signature Version 4). */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { AwsError, type Principal } from "../contract.ts";
import type { Principals } from "../principals.ts";

/** A request as it came in. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The caller, and the service its signature is for, such as `monitoring`. */
export interface Signer {
  readonly principal: Principal;
  readonly scope: string;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;

/** AWS takes signatures up to this old or this far ahead. */
const SKEW_MS = 5 * 60 * 1000;

/** The signer of a request; refuses unknown keys, wrong signatures, and old ones. */
export function signerOf(request: SignedRequest, principals: Principals, nowMs: number): Signer {
  const written = request.headers.authorization;
  if (!written)
    throw new AwsError("MissingAuthenticationTokenException", "Request is missing Authentication Token", {
      status: 403,
    });
  const match = AUTHORIZATION.exec(written);
  if (!match)
    throw new AwsError(
      "IncompleteSignatureException",
      `Authorization header is not of Signature Version 4: ${written}`,
      { status: 403 },
    );
  const [, accessKeyId = "", day = "", region = "", scope = "", signedHeaders = "", signature = ""] = match;
  const known = principals.of(accessKeyId);
  if (!known) {
    const hint = "the local cloud knows the access key LOCAL and those it gives to functions";
    throw new AwsError(
      "UnrecognizedClientException",
      `The security token included in the request is invalid (${hint})`,
      { status: 403 },
    );
  }
  if (known.secretAccessKey === undefined) return { principal: known.principal, scope };

  const stamp = request.headers["x-amz-date"] ?? "";
  const signedAtMs = Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  const scopePath = `${day}/${region}/${scope}/aws4_request`;
  const toSign = ["AWS4-HMAC-SHA256", stamp, scopePath, sha256(canonical(request, signedHeaders))].join("\n");
  const key = [day, region, scope, "aws4_request"].reduce(
    (secret: string | Buffer, part) => hmac(secret, part),
    `AWS4${known.secretAccessKey}`,
  );
  if (!timingSafeEqual(hmac(key, toSign), Buffer.from(signature, "hex")))
    throw invalid("The request signature we calculated does not match the signature you provided.");
  if (!(Math.abs(nowMs - signedAtMs) <= SKEW_MS))
    throw invalid(`Signature expired: ${stamp} is more than 5 minutes from ${new Date(nowMs).toISOString()}`);
  return { principal: known.principal, scope };
}

const invalid = (message: string): AwsError => new AwsError("InvalidSignatureException", message, { status: 403 });

function canonical({ method, target, headers, body }: SignedRequest, signedHeaders: string): string {
  const [path = "/", query = ""] = target.split(/\?(.*)/s);
  const written = signedHeaders
    .split(";")
    .map((name) => `${name}:${(headers[name] ?? "").trim().replace(/ +/g, " ")}\n`);
  return [method, canonicalPath(path), canonicalQuery(query), written.join(""), signedHeaders, sha256(body)].join("\n");
}

/** Every service but S3 encodes the path once more. */
const canonicalPath = (path: string): string =>
  `/${path.split("/").filter(Boolean).map(encode).join("/")}${path.length > 1 && path.endsWith("/") ? "/" : ""}`;

const canonicalQuery = (query: string): string =>
  [...new URLSearchParams(query)]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join("&");

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

const sha256 = (data: string | Buffer): string => createHash("sha256").update(data).digest("hex");

const hmac = (key: string | Buffer, data: string): Buffer => createHmac("sha256", key).update(data).digest();
