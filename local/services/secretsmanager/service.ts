/** Secrets Manager: secrets from templates, and reading and setting their present value. */
import { AwsError, type Cloud, type JsonObject, type ResourceDeclaration, type Service } from "../../contract.ts";
import type { SecretsDoor } from "../../neighbours.ts";

interface Secret {
  readonly name: string;
  readonly arn: string;
  readonly createdAtMs: number;
  value: string;
  versionId: string;
}

/** The service `secretsmanager`. One version of each secret is kept: AWSCURRENT. */
export function createSecretsManagerService(cloud: Cloud): Service {
  const secrets = new Map<string, Secret>();
  const find = (id: string): Secret | undefined =>
    secrets.get(id) ??
    [...secrets.values()].find(({ arn }) => arn === id || arn.replace(/-[A-Za-z0-9]{6}$/, "") === id);
  const arnOfId = (id: string): string =>
    find(id)?.arn ??
    (id.startsWith("arn:")
      ? id
      : `arn:${cloud.partition}:secretsmanager:${cloud.region}:${cloud.account}:secret:${id}`);
  const set = (secret: Secret, value: string): void => {
    secret.value = value;
    secret.versionId = cloud.random.uuid();
  };
  const door: SecretsDoor = {
    value: (id) => find(id)?.value,
    put: (id, value) => set(known(find(id)), value),
    names: () => [...secrets.keys()],
  };
  cloud.expose("secretsmanager", door);

  const needs = (action: string) => (input: JsonObject) => [
    { action: `secretsmanager:${action}`, resource: arnOfId(idIn(input)) },
  ];
  const head = ({ arn, name, versionId }: Secret): JsonObject => ({ ARN: arn, Name: name, VersionId: versionId });
  return {
    name: "secretsmanager",
    operations: {
      GetSecretValue: {
        needs: needs("GetSecretValue"),
        run: (input) => {
          const secret = known(find(idIn(input)));
          const { createdAtMs, value } = secret;
          return {
            ...head(secret),
            CreatedDate: createdAtMs / 1000,
            SecretString: value,
            VersionStages: ["AWSCURRENT"],
          };
        },
      },
      PutSecretValue: {
        needs: needs("PutSecretValue"),
        run: (input) => {
          const secret = known(find(idIn(input)));
          if (typeof input.SecretString !== "string")
            throw new AwsError(
              "InvalidParameterException",
              "You must provide a SecretString; SecretBinary is not modelled.",
            );
          set(secret, input.SecretString);
          return { ...head(secret), VersionStages: ["AWSCURRENT"] };
        },
      },
      DescribeSecret: {
        needs: needs("DescribeSecret"),
        run: (input) => {
          const secret = known(find(idIn(input)));
          const { arn, name, createdAtMs, versionId } = secret;
          return {
            ARN: arn,
            Name: name,
            CreatedDate: createdAtMs / 1000,
            VersionIdsToStages: { [versionId]: ["AWSCURRENT"] },
          };
        },
      },
    },
    resources: {
      "AWS::SecretsManager::Secret": (declaration: ResourceDeclaration) => {
        const name = String(declaration.properties.Name ?? declaration.generatedName);
        if (secrets.has(name)) throw new Error(`a secret ${name} already exists`);
        const arn = `${arnOfId(name)}-${cloud.random.hex(6)}`;
        const value = firstValue(cloud, declaration.properties);
        secrets.set(name, { name, arn, createdAtMs: cloud.clock.now(), value, versionId: cloud.random.uuid() });
        return { ref: arn, attributes: { Id: arn } };
      },
    },
  };
}

/** The template's own string, or one made as `GenerateSecretString` asks. */
function firstValue(cloud: Cloud, { SecretString, GenerateSecretString }: JsonObject): string {
  if (typeof SecretString === "string") return SecretString;
  const wish = (GenerateSecretString ?? {}) as JsonObject;
  const generated = password(cloud, wish);
  if (typeof wish.GenerateStringKey !== "string") return generated;
  const template = JSON.parse(String(wish.SecretStringTemplate ?? "{}")) as JsonObject;
  return JSON.stringify({ ...template, [wish.GenerateStringKey]: generated });
}

function password(cloud: Cloud, wish: JsonObject): string {
  const left = (name: string, characters: string): string => (wish[name] === true ? "" : characters);
  const letters = [
    left("ExcludeLowercase", "abcdefghijklmnopqrstuvwxyz"),
    left("ExcludeUppercase", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    left("ExcludeNumbers", "0123456789"),
    left("ExcludePunctuation", "!#$%&()*+,-./:;<=>?@[]^_{|}~"),
  ].join("");
  const excluded = String(wish.ExcludeCharacters ?? "");
  const usable = [...letters].filter((letter) => !excluded.includes(letter));
  const length = Number(wish.PasswordLength ?? 32);
  return Array.from({ length }, () => usable[Math.floor(cloud.random.next() * usable.length)]).join("");
}

function idIn({ SecretId }: JsonObject): string {
  if (typeof SecretId === "string" && SecretId !== "") return SecretId;
  throw new AwsError("InvalidParameterException", "You must provide a SecretId.");
}

function known(secret: Secret | undefined): Secret {
  if (secret) return secret;
  throw new AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
}
