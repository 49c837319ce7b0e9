/** Settings of the gate: which images may run, and what is said of those that nothing is known about. */
import { OUTCOMES, type Outcome } from "#shared/domain/verdict.ts";
import { block } from "./block.ts";
import { decimal, type Field, flag, oneOf, text, wholeNumber } from "./field.ts";
import { mode } from "./mode.ts";

/** So many that no image has more: no bound. */
export const ANY_NUMBER = 1_000_000;

const most = (severity: string, byDefault: number): Field<number> =>
  wholeNumber(
    { from: 0, to: ANY_NUMBER },
    { default: byDefault, tag: "lower", description: `The most ${severity} findings that may count.` },
  );

const grace = (severity: string): Field<number> =>
  wholeNumber(
    { from: 0, to: 365 },
    {
      default: 0,
      tag: "lower",
      description: `Days for which a ${severity} finding does not count, from the day of its fix, else of its publication.`,
      source: "Prisma Cloud, grace days per severity",
    },
  );

/** What is said when `what` is so. */
const outcome = (what: string, byDefault: Outcome): Field<Outcome> =>
  oneOf(OUTCOMES, { default: byDefault, description: `What is said of an image ${what}.` });

const EXTRA = ["count", "ask", "block"] as const;

/** What a danger adds to the counts. */
const danger = (what: string, byDefault: (typeof EXTRA)[number]): Field<(typeof EXTRA)[number]> =>
  oneOf(EXTRA, {
    default: byDefault,
    description: `What ${what} calls for, whatever its fix and grace; count: nothing of its own.`,
  });

export const gate = block({
  description: "Which images may run. A verdict is made per digest; every deployment meets the verdict of its images.",
  perService: true,
  fields: {
    mode: mode("with a deployment whose image may not run"),
    answersPauseHooks: flag({
      default: false,
      tag: "higher",
      description:
        "The service's PAUSE hook at PRE_SCALE_UP is the gate's to answer; without this nobody's hook is touched.",
    }),
    rollingMode: oneOf(["observe", "ask", "act"], {
      default: "ask",
      description: "How far to go with a deployment that no hook holds; never beyond mode.",
    }),
    promoteMode: oneOf(["observe", "ask", "act"], {
      default: "ask",
      description: "How far to go with a passed image that promotions names; never beyond mode.",
    }),
    maxCritical: most("CRITICAL", 0),
    maxHigh: most("HIGH", 0),
    maxMedium: most("MEDIUM", ANY_NUMBER),
    maxLow: most("LOW", ANY_NUMBER),
    counts: oneOf(["all", "fixable-or-untold", "fixable"], {
      default: "fixable-or-untold",
      description: "Which findings count: all, those with a fix or of which none is told, or those with a fix.",
    }),
    graceDaysCritical: grace("CRITICAL"),
    graceDaysHigh: grace("HIGH"),
    graceDaysMedium: grace("MEDIUM"),
    graceDaysLow: grace("LOW"),
    knownExploited: danger("a finding in the list of exploited vulnerabilities that was given", "block"),
    exploitAvailable: danger("a finding with an exploit that its scan or an Inspector event tells", "count"),
    likelyExploited: danger(
      "a finding whose EPSS, of the list given or an Inspector event, reaches epssAtLeast",
      "ask",
    ),
    epssAtLeast: decimal(
      { from: 0, to: 1 },
      { default: 0.5, tag: "lower", description: "The probability of exploitation that likelyExploited is about." },
    ),
    outOfScopePackages: text(/^[\w*.+@/ -]{0,500}$/, "package names with * for any text, separated by spaces", {
      default: "linux-libc-dev linux-headers* kernel-headers kernel-devel kernel-*-headers",
      description: "Packages whose findings do not count: kernel headers have no kernel in a container.",
    }),
    maxScanAgeDays: wholeNumber(
      { from: 1, to: 36_500 },
      { default: 30, tag: "lower", description: "A scan that nothing keeps up to date is stale after so many days." },
    ),
    waitForScanMinutes: wholeNumber(
      { from: 0, to: 1440 },
      { default: 30, description: "So long a scan that is not there yet is waited for." },
    ),
    staleScan: outcome("whose scan is stale", "ask"),
    scanInProgressTooLong: outcome("whose scan does not end in time", "ask"),
    noScan: outcome("that is not scanned in time", "ask"),
    scanFailed: outcome("whose scan failed", "ask"),
    scanUnsupported: outcome("that the scanner does not support", "ask"),
    eligibilityExpired: outcome("that is no longer scanned", "ask"),
    findingsUnavailable: outcome("whose findings cannot be had", "ask"),
    imageArchived: outcome("that is archived or gone and cannot be pulled", "block"),
    limitExceeded: outcome("that a limit of the scanner kept from being scanned", "ask"),
    unknownSeverity: outcome("with a finding that nobody has ranked", "ask"),
    pageMissing: outcome("of whose findings not all could be read", "ask"),
    movableTag: outcome("named by a tag that may be moved", "allow"),
    foreignImage: outcome("that is in no ECR registry", "ask"),
    otherRegistry: outcome("in a registry of another account or Region whose scans cannot be read", "ask"),
    injectedImage: outcome("that AWS puts beside those of the task definition", "allow"),
    breakGlass: flag({
      default: true,
      tag: "lower",
      description: "A revision with the tag reflex:break-glass and a justification passes, recorded and told.",
    }),
    gateCooldownSeconds: wholeNumber(
      { from: 0, to: 604_800 },
      { default: 600, description: "After the gate changed a service, so long it does not do so again." },
    ),
    gateSteadyWithinSeconds: wholeNumber(
      { from: 120, to: 14_400 },
      { default: 1800, description: "A deployment of the gate's must be steady within this." },
    ),
    waiverReminderDays: wholeNumber(
      { from: 0, to: 90 },
      { default: 7, description: "So many days before a waiver's end its owner is reminded." },
    ),
  },
});
