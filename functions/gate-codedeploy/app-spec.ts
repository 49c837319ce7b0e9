/** The one thing the gate must know of an AppSpec: which task definition it brings. */
import { parseTaskDefinitionArn } from "#shared/domain/arn.ts";

/** The name of the property where a key may stand; families that merely contain it follow a slash or a letter. */
const KEY = /(?<![\w/:.-])TaskDefinition(?![\w-])/gi;

const PAIR = /TaskDefinition["']?[ \t]*:\s*(["']?)([\w:/.-]+)\1[ \t]*(?=[,}#\r\n]|$)/i;

/**
 * The task definition's ARN, from JSON or YAML. Undefined unless the text holds the key exactly once, without escapes that
 * could spell it otherwise: an AppSpec must have the key, so the one that is there is the one CodeDeploy reads.
 */
export function taskDefinitionOf(appSpec: string): string | undefined {
  const text = appSpec.replace(/^[ \t]*#.*$/gm, "");
  if (text.includes("\\") || (text.match(KEY)?.length ?? 0) !== 1) return undefined;
  const value = PAIR.exec(text.slice(text.search(KEY)))?.[2];
  return value !== undefined && parseTaskDefinitionArn(value) ? value : undefined;
}
