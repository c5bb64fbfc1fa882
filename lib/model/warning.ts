import type { RuntimeId } from "./runtime.ts";

/** Warnings are values: they are stored in the record, and worded here and nowhere else. */
export type Warning =
  /** The calling thread's CPU time could not be read finely; it comes in scheduler ticks. */
  | { readonly kind: "coarse-caller-cpu"; readonly reason: string }
  /** Other work held the CPU while the block ran: share of time with tasks waiting, 0 to 1. */
  | { readonly kind: "cpu-pressure"; readonly share: number }
  /** The streams were not quiet when the deadline came. */
  | { readonly kind: "not-quiet"; readonly phase: string; readonly waitedMs: number }
  /** The adapter has no live queries: the phase ran unwatched, as a floor. */
  | { readonly kind: "unwatched"; readonly phase: string }
  /** The bench came to operations that were due later than it may: the 99th percentile of its own lateness. */
  | { readonly kind: "late-generator"; readonly phase: string; readonly lateMs: number }
  /** The phase needs a killed process, and the adapter says that a kill may take acknowledged writes: it was left out. */
  | { readonly kind: "not-killed"; readonly phase: string }
  /** The driver printed something that is not part of the protocol. */
  | { readonly kind: "chatter"; readonly lineCount: number; readonly last: string }
  /** Processes that the block started were still there when it was over, and were ended. */
  | { readonly kind: "left-behind"; readonly names: readonly string[]; readonly count: number }
  /** Blocks in this runtime could do more than their adapters declare. */
  | { readonly kind: "less-confined"; readonly runtime: RuntimeId }
  /**
   * The adapter declares that it works on the calling thread, and most CPU of the phase was used elsewhere: times in
   * nanoseconds, summed over the recorded iterations.
   */
  | {
    readonly kind: "works-elsewhere";
    readonly phase: string;
    readonly mainNs: number;
    readonly elsewhereNs: number;
  }
  /** While the bench lingered and nothing happened, the process and what it started used this share of a CPU. */
  | { readonly kind: "busy-while-quiet"; readonly phase: string; readonly share: number }
  /** Several machines ran rounds of the run; the spread is the median over cells and phases, where it is known. */
  | {
    readonly kind: "several-machines";
    readonly count: number;
    readonly spread?: { readonly betweenShare: number; readonly withinShare: number };
  }
  /** A rule took a machine's rounds out of the run. */
  | {
    readonly kind: "machine-aside";
    readonly machine: string;
    readonly roundCount: number;
    readonly reason: string;
  }
  /** Rounds that were planned and are not in the run, those of machines that were set aside included. */
  | { readonly kind: "missing-rounds"; readonly count: number; readonly plannedCount: number }
  /** The working tree had uncommitted changes. */
  | { readonly kind: "dirty-tree" }
  /** The bench was killed while it wrote a block: the unfinished last line of `blocks.jsonl` was left out. */
  | { readonly kind: "unfinished-line"; readonly line: number; readonly byteCount: number };

const CONFINEMENTS: Readonly<Record<RuntimeId, string>> = {
  deno: "nothing",
  node:
    "use the network and read the environment; files and programs were denied, but to adapters that sync files by Node's interfaces",
  bun: "whatever their user may, as it has no permissions",
  chromium: "what every page may in its own origin",
  firefox: "what every page may in its own origin",
};

/** One sentence without final period. */
export function describeWarning(warning: Warning): string {
  switch (warning.kind) {
    case "coarse-caller-cpu":
      return `Caller CPU is tick-grained here: ${warning.reason}`;
    case "cpu-pressure":
      return `Other work waited for a CPU ${
        Math.round(warning.share * 100)
      } % of the time: rerun on an idle machine`;
    case "not-quiet":
      return `Streams of phase "${warning.phase}" were still emitting after ${warning.waitedMs} ms`;
    case "unwatched":
      return `Phase "${warning.phase}" ran unwatched, as a lower bound: the adapter has no live queries`;
    case "late-generator":
      return `The bench could not keep the rate of phase "${warning.phase}": it was ${warning.lateMs} ms late itself`;
    case "not-killed":
      return `Phase "${warning.phase}" was left out: a kill may take acknowledged writes here, as the adapter declares`;
    case "chatter":
      return warning.lineCount === 1
        ? `The driver printed 1 line: ${warning.last}`
        : `The driver printed ${warning.lineCount} lines, the last one: ${warning.last}`;
    case "left-behind":
      return `${warning.count} ${
        warning.count === 1 ? "process was" : "processes were"
      } left behind when the repetition was over: ${warning.names.join(", ")}`;
    case "less-confined":
      return `Repetitions in ${warning.runtime} could do more than their adapters declare: ${
        CONFINEMENTS[warning.runtime]
      }`;
    case "works-elsewhere":
      return `Phase "${warning.phase}" used ${
        Math.round(warning.elsewhereNs / 1e6)
      } ms of CPU on other threads and ` +
        `processes and ${
          Math.round(warning.mainNs / 1e6)
        } ms on the calling thread, where the adapter says that it works`;
    case "busy-while-quiet":
      return `${
        Math.round(warning.share * 100)
      } % of a CPU went on being used after phase "${warning.phase}", ` +
        "when all was quiet";
    case "several-machines": {
      const spread = warning.spread === undefined
        ? "how far they differ is not known, as that takes two blocks of a cell on each"
        : `times differ by ${percent(warning.spread.betweenShare)} from machine to machine and by ${
          percent(warning.spread.withinShare)
        } from block to block on one`;
      return `${warning.count} machines ran this, each whole rounds: ${spread}; intervals hold for these machines`;
    }
    case "machine-aside":
      return `Machine "${warning.machine}" and its ${warning.roundCount} ${
        warning.roundCount === 1 ? "round" : "rounds"
      } were set aside: ${warning.reason}`;
    case "missing-rounds":
      return `${warning.count} of ${warning.plannedCount} planned rounds are not in this run`;
    case "dirty-tree":
      return "The working tree had uncommitted changes: the commit does not name this code";
    case "unfinished-line":
      return `Line ${warning.line} of blocks.jsonl was unfinished and is left out: the bench was killed while it wrote`;
  }
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}
