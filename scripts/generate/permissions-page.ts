// docs/reference/permissions.md: what each function may do, and why.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Permission } from "#shared/domain/permission.ts";
import { type Generated, header, table, writePage } from "./page.ts";

const file = join(import.meta.dirname, "..", "..", "infra", "generated", "permissions.json");

export const generatePermissionsPage = (check: boolean): Generated => {
  const byFunction = JSON.parse(readFileSync(file, "utf8")) as Readonly<Record<string, readonly Permission[]>>;
  const sections = Object.entries(byFunction).map(([name, permissions]) =>
    [
      `## ${name}\n`,
      table(
        ["actions", "on", "because"],
        permissions.map(({ actions, on, because }) => [
          actions.map((action) => `\`${action}\``).join(", "),
          on,
          because,
        ]),
      ),
    ].join("\n"),
  );
  const intro =
    "# Permissions\n\nOne role per function, made of what its steps and ports declare. What begins with `ledger-` is a partition of the [ledger](../architecture.md#the-ledger).\n\n";
  return writePage(
    "docs/reference/permissions.md",
    `${header("functions/*/permissions.ts")}${intro}${sections.join("\n\n")}\n`,
    check,
  );
};
