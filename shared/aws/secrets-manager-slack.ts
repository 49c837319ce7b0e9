/** Slack's credentials, from the one secret that holds them. Read when needed, kept for a while, never logged. */
import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import * as v from "valibot";
import type { Clock } from "#shared/ports/clock.ts";
import { isNamed, translate } from "./errors.ts";

/** After a rotation the old token is used at most this long. */
const KEPT_SECONDS = 300;

const Credentials = v.object({
  botToken: v.optional(v.string()),
  signingSecret: v.optional(v.string()),
  /** Still taken while Slack changes to a new one. */
  previousSigningSecret: v.optional(v.string()),
});
export type SlackCredentials = v.InferOutput<typeof Credentials>;

const parsed = (text: string | undefined): SlackCredentials => {
  try {
    const credentials = v.safeParse(Credentials, JSON.parse(text ?? "{}"));
    return credentials.success ? credentials.output : {};
  } catch {
    return {};
  }
};

/** A reader of the secret; a secret without a usable value reads as no credentials. */
export const slackCredentials = (secrets: SecretsManagerClient, secretId: string, clock: Clock) => {
  let kept: { readonly at: Date; readonly credentials: SlackCredentials } | undefined;
  return async (): Promise<SlackCredentials> => {
    const now = clock.now();
    if (kept && now.getTime() - kept.at.getTime() < KEPT_SECONDS * 1000) return kept.credentials;
    try {
      const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secretId }));
      kept = { at: now, credentials: parsed(SecretString) };
      return kept.credentials;
    } catch (error) {
      if (isNamed(error, "ResourceNotFoundException")) return {};
      throw translate(error, "reading Slack's credentials");
    }
  };
};
