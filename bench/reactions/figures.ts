/** What is measured of a function, what was asked for, and the table of both. */

/** What an acting event tells of a function. */
export interface Times {
  /** From the spawn to the answer to the first acting event. */
  readonly coldStartMs: number;
  /** The same of a handler that makes the same calls and nothing else. */
  readonly bareColdStartMs: number;
  readonly coldStartRatio: number;
  /** CPU time that the process had used by then: the same on a busy machine as on an idle one. */
  readonly coldStartCpuMs: number;
  readonly bareColdStartCpuMs: number;
  readonly coldStartCpuRatio: number;
  /** From the spawn to the first ledger call. */
  readonly firstCallMs: number;
  readonly bareFirstCallMs: number;
  readonly firstCallRatio: number;
  readonly warmMs: number;
  readonly awsCalls: number;
  readonly ledgerCalls: number;
}

/** One function's figures, as `--json` writes them. */
export interface Figures extends Times {
  readonly name: string;
  readonly bundleKiB: number;
  /** The same clients bundled alone, as the SDK ships them. */
  readonly clientsOnlyKiB: number;
  /** Those clients with our stand-in for the SDK's credential chain, as in the function's bundle. */
  readonly clientsWithoutChainKiB: number;
  /** Clients in the bundle that the function never constructs; fine is none. */
  readonly strangeClients: readonly string[];
}

/** What a bundle may weigh beyond its SDK clients alone, in KiB. */
export const MOST_KIB_ABOVE_CLIENTS = 90;
const MOST_RATIO = 1.25;

/** Calls from a kill to UpdateService, by function; the others are told, not judged. */
const MOST_CALLS: Readonly<Record<string, { readonly aws: number; readonly ledger: number }>> = {
  oom: { aws: 7, ledger: 5 },
};

export interface Row {
  readonly what: string;
  readonly asked: string;
  readonly measured: string;
  /** Undefined: told, not asked for. */
  readonly isGood: boolean | undefined;
}

const ratio = (what: string, value: number, ours: number, bare: number): Row => ({
  what,
  asked: `<= ${MOST_RATIO.toFixed(2)} x`,
  measured: `${value.toFixed(2)} x  (${ours.toFixed(0)} : ${bare.toFixed(0)} ms)`,
  isGood: value <= MOST_RATIO,
});

const count = (what: string, value: number, most: number | undefined): Row => ({
  what,
  asked: most === undefined ? "" : `<= ${most}`,
  measured: String(value),
  isGood: most === undefined ? undefined : value <= most,
});

const sizeRow = (what: string, asked: string, bundleKiB: number, clientsKiB: number): Row => {
  const above = bundleKiB - clientsKiB;
  const isGood = asked === "" ? undefined : above <= MOST_KIB_ABOVE_CLIENTS;
  const sign = above < 0 ? "" : "+";
  return {
    what,
    asked,
    measured: `${sign}${above.toFixed(0)} KiB  (${bundleKiB.toFixed(0)} - ${clientsKiB.toFixed(0)})`,
    isGood,
  };
};

const timeRows = (figures: Figures): readonly Row[] => {
  const most = MOST_CALLS[figures.name];
  return [
    ratio("cold start, acting event answered", figures.coldStartRatio, figures.coldStartMs, figures.bareColdStartMs),
    ratio("cold start, CPU time of it", figures.coldStartCpuRatio, figures.coldStartCpuMs, figures.bareColdStartCpuMs),
    ratio("cold start, first ledger call", figures.firstCallRatio, figures.firstCallMs, figures.bareFirstCallMs),
    { what: "warm, acting event answered", asked: "", measured: `${figures.warmMs.toFixed(0)} ms`, isGood: undefined },
    count("AWS calls to act", figures.awsCalls, most?.aws),
    count("ledger calls to act", figures.ledgerCalls, most?.ledger),
  ];
};

/** The rows of one function's table. */
export const rowsOf = (figures: Figures): readonly Row[] => {
  const { bundleKiB, clientsOnlyKiB, clientsWithoutChainKiB, strangeClients } = figures;
  return [
    sizeRow("bundle above its clients alone", `<= +${MOST_KIB_ABOVE_CLIENTS} KiB`, bundleKiB, clientsOnlyKiB),
    sizeRow("the same, no credential chain in both", "", bundleKiB, clientsWithoutChainKiB),
    {
      what: "clients it never constructs",
      asked: "none",
      measured: strangeClients.length === 0 ? "none" : strangeClients.join(" "),
      isGood: strangeClients.length === 0,
    },
    ...timeRows(figures),
  ];
};

const mark = (isGood: boolean | undefined): string => (isGood === undefined ? " " : isGood ? "✓" : "✗");

/** One function's figures as lines of at most 80 columns. */
export const tableOf = (figures: Figures): string =>
  [
    "",
    `${figures.name.padEnd(40)}${"asked".padEnd(12)}measured`,
    ...rowsOf(figures).map(({ what, asked, measured, isGood }) =>
      `${mark(isGood)} ${what.padEnd(38)}${asked.padEnd(12)}${measured}`.trimEnd().slice(0, 80),
    ),
  ].join("\n");
