// docs/reference/reasons.md: every "no" and every call for a person, with its meaning.
import { refusalMeanings } from "../../functions/converse/reasons.ts";
import * as gate from "../../functions/gate/reasons.ts";
import * as oom from "../../functions/oom/reasons.ts";
import * as scale from "../../functions/scale/reasons.ts";
import { type Generated, header, table, writePage } from "./page.ts";

type Meanings = Readonly<Record<string, string>>;

const REACTIONS: Readonly<Record<string, { readonly holdMeanings: Meanings; readonly escalationMeanings: Meanings }>> =
  {
    oom,
    gate,
    scale,
  };

const rows = (meanings: Meanings) => Object.entries(meanings).map(([reason, meaning]) => [`\`${reason}\``, meaning]);

export const generateReasons = (check: boolean): Generated => {
  const text = [
    "# Why did it not act?\n",
    "Reasons are asked in this order; the first that holds is the answer, and it is in the ledger.\n",
    ...Object.entries(REACTIONS).flatMap(([name, { holdMeanings, escalationMeanings }]) => [
      `## ${name}: holds\n`,
      `${table(["reason", "means"], rows(holdMeanings))}\n`,
      `## ${name}: a person must look\n`,
      `${table(["reason", "means"], rows(escalationMeanings))}\n`,
    ]),
    "## converse: refusals\n",
    "What a person reads who pressed a button that changes nothing.\n",
    table(["reason", "means"], rows(refusalMeanings)),
  ].join("\n");
  return writePage("docs/reference/reasons.md", `${header("functions/*/reasons.ts")}${text.trimEnd()}\n`, check);
};
