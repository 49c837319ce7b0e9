// Writes infra/generated/permissions.json: what each function's code declares that it needs.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Permission } from "#shared/domain/permission.ts";
import { functionNames } from "../bundle.ts";

const root = join(import.meta.dirname, "..", "..");
const outputFile = join("infra", "generated", "permissions.json");

const SHORT_LIST = /\[\s+("[^\]]{1,100})\s+\]/g;
/** As the formatter would have it. */
const onOneLine = (_: string, items: string) => `[${items.trim().split(/,\s+/).join(", ")}]`;

/** One entry per kind of resource and set of reasons: an action that several parts need is allowed once, for all their reasons. */
export const merged = (declared: readonly Permission[]): readonly Permission[] => {
  const reasons = new Map<string, Set<string>>();
  for (const { actions, on, because } of declared)
    for (const action of actions) {
      const key = `${on} ${action}`;
      reasons.set(key, (reasons.get(key) ?? new Set()).add(because));
    }
  const statements = new Map<string, { actions: string[]; on: Permission["on"]; because: string }>();
  for (const { actions, on } of declared)
    for (const action of actions) {
      const because = [...(reasons.get(`${on} ${action}`) ?? [])].join("; ");
      const statement = statements.get(`${on} ${because}`) ?? { actions: [], on, because };
      if (!statement.actions.includes(action)) statement.actions.push(action);
      statements.set(`${on} ${because}`, statement);
    }
  return [...statements.values()].map((each) => ({ ...each, actions: each.actions.sort() }));
};

const declaredBy = async (name: string): Promise<readonly Permission[]> => {
  const { permissions } = await import(pathToFileURL(join(root, "functions", name, "permissions.ts")).href);
  return permissions;
};

/** Writes the file, or with `check` answers only whether it is up to date. */
export const generatePermissions = async ({ check }: { readonly check: boolean }) => {
  const byFunction = await Promise.all(
    functionNames().map(async (name) => [name, merged(await declaredBy(name))] as const),
  );
  const text = `${JSON.stringify(Object.fromEntries(byFunction), null, 2).replaceAll(SHORT_LIST, onOneLine)}\n`;
  const path = join(root, outputFile);
  const isUpToDate = existsSync(path) && readFileSync(path, "utf8") === text;
  if (!check && !isUpToDate) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return { file: outputFile, isUpToDate };
};
