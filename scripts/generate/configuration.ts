// docs/reference/configuration.md: every setting with its values, default, tag and source.
import { configReference } from "#shared/config/reference.ts";
import { type Generated, header, table, writePage } from "./page.ts";

export const generateConfiguration = (check: boolean): Generated => {
  const blocks = configReference().map(({ block, description, perService, rows }) =>
    [
      `## \`${block}\`\n`,
      `${description}${perService ? " May also be said per service, under `services:`." : ""}\n`,
      table(
        ["setting", "default", "valid", "means", "service tag"],
        rows.map(({ key, default: value, valid, description: words, source, tag, tagRule }) => [
          `\`${key}\``,
          `\`${value}\``,
          valid,
          source ? `${words} Source: ${source}` : words,
          tag ? `\`${tag}\` ${tagRule}` : "",
        ]),
      ),
    ].join("\n"),
  );
  const intro =
    "# Configuration\n\nOne document, `config/reflex.yaml`. Weakest first: the default, the document, the document for a " +
    "service (`services: { CLUSTER/SERVICE: … }`, `*` stands for any text), the service's tag. A tag may narrow and switch, " +
    "never go beyond `limits`. Every record in the ledger keeps each value with its origin.\n\n";
  return writePage(
    "docs/reference/configuration.md",
    `${header("shared/config")}${intro}${blocks.join("\n\n")}\n`,
    check,
  );
};
