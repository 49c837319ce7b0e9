// docs/reference/reasons.md: every "no" and every call for a person, with its meaning.
import { escalationMeanings, holdMeanings } from "../../functions/oom/reasons.ts";
import { type Generated, header, table, writePage } from "./page.ts";

const rows = (meanings: Readonly<Record<string, string>>) =>
  Object.entries(meanings).map(([reason, meaning]) => [`\`${reason}\``, meaning]);

export const generateReasons = (check: boolean): Generated => {
  const text = [
    "# Why did it not act?\n",
    "Reasons are asked in this order; the first that holds is the answer, and it is in the ledger.\n",
    "## oom: holds\n",
    table(["reason", "means"], rows(holdMeanings)),
    "\n## oom: a person must look\n",
    table(["reason", "means"], rows(escalationMeanings)),
  ].join("\n");
  return writePage("docs/reference/reasons.md", `${header("functions/*/reasons.ts")}${text}\n`, check);
};
