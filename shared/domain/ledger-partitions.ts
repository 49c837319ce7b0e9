/** The ledger's partitions, by the name under which a role may reach them; a key begins with one that ends in `#`. */
export const LEDGER_PARTITIONS = {
  "ledger-services": "service#",
  "ledger-account": "account",
  "ledger-incidents": "incident#",
  "ledger-images": "image#",
  "ledger-answers": "answer#",
  "ledger-requests": "once#",
  "ledger-waivers": "waivers",
  "ledger-threats": "threats",
  "ledger-vulnerabilities": "vulnerabilities",
} as const;

export type LedgerPartition = keyof typeof LEDGER_PARTITIONS;
