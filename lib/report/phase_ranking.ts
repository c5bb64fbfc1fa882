/**
 * Who is done first in each phase, how late that database shows changes, and who is sooner: one sentence a phase, and one
 * over all of them.
 */
import { type Capabilities, METRICS_VERSION, type RunRecord } from "../model/mod.ts";
import { compareSamples, type TwoSampleComparison } from "../stats/mod.ts";
import { FEWEST_BLOCKS_FOR_BEST } from "./best_value.ts";
import {
  blocksText,
  type ConclusionEvidence,
  type PlacedCell,
  type PlacedPhase,
  quantity,
  type Sized,
  smallest,
} from "./conclusion.ts";
import { formatQuantity, formatRatioInterval } from "./format.ts";
import { gapClause } from "./known_gaps.ts";
import type { CellSummary, PhaseSummary } from "./summarize_run.ts";

/** Who is fastest in one phase. */
export interface Ranking extends Sized {
  readonly kind: "fastest" | "undecided";
  readonly evidence: ConclusionEvidence;
  /** How far behind the screens of the first cell were at worst; absent where nothing was watched. */
  readonly staleNs?: number;
  /** What the first cell is known to get wrong; empty when nothing is known. */
  readonly gapClause: string;
  /** Where it is, for the reader. */
  readonly text: string;
}

/**
 * What a ranking rests on: how long the work took, how late a change was shown, and how late at worst. Neither says
 * anything without the others: a database that shows nothing is soon done, and one that takes its time looks fresh.
 */
export interface Measures {
  readonly span: string;
  readonly shown: string;
  readonly stale: string;
  readonly rank: string;
  readonly tell: (shown: string, stale: string) => string;
}

const MEASURES: Measures = {
  span: "done_ns",
  shown: "shown_p50_ns",
  stale: "stale_max_ns",
  rank: "done first",
  tell: (shown, stale) => `shows a change ${shown} after its call, ${stale} at worst`,
};

/** Of runs of metrics version 1. */
const MEASURES_BEFORE: Measures = {
  span: "wall_ns",
  shown: "freshness_p50_ns",
  stale: "outdated_max_ns",
  rank: "the fastest",
  tell: (shown, stale) =>
    `shows a change ${shown} after its acknowledgement, and is outdated for ${stale} at worst`,
};

/** Which of them tell who was fastest, by the meaning of a run's numbers. */
export function measuresOf(metricsVersion: number): Measures {
  return metricsVersion < METRICS_VERSION ? MEASURES_BEFORE : MEASURES;
}

/**
 * Who is fastest in a phase. Only cells that watch are compared where the phase has watches, and only those without a
 * failed block: the same ones that the tables rank.
 */
export function ranking(
  { place, text, cells }: PlacedPhase,
  capabilities: RunRecord["capabilities"],
  measures: Measures,
): Ranking[] {
  const watching = cells.filter(({ phase }) => !phase.unwatched);
  const whole = watching.filter(({ cell }) => cell.failures.length === 0);
  const candidates = whole.flatMap(({ cell, phase }) => {
    const span = phase.metrics.get(measures.span);
    return span === undefined || span.values.some((value) => value <= 0) ? [] : [{ cell, phase, span }];
  }).toSorted((a, b) => a.span.estimate.value - b.span.estimate.value);
  const [first, ...others] = candidates;
  if (first === undefined || others.length === 0) return [];

  const compared = others.map((other) => ({
    ...other,
    ratio: compareSamples(first.span.values, other.span.values),
  }));
  // The nearest one, not the one with the next median: a wide interval may reach further down.
  const nearest = compared.reduce((a, b) => b.ratio.interval.lower < a.ratio.interval.lower ? b : a);
  const close = compared.filter(({ ratio }) => !isApart(ratio));
  const among = watching.length < cells.length ? `${candidates.length} that watch` : `${candidates.length}`;
  const caveats = [
    ...durabilityCaveat(first.cell, (close[0] ?? nearest).cell, capabilities),
    ...[first.cell, (close[0] ?? nearest).cell].map(gapClause).filter((clause) => clause !== ""),
    ...watching.filter(({ cell }) => cell.failures.length > 0).map(({ cell }) =>
      `${cell.name} is left out, since repetitions of it failed`
    ),
  ].map((caveat) => `; ${caveat}`).join("");
  const shared = (other: typeof nearest) => ({
    text,
    places: [place],
    cells: [first.cell.name, other.cell.name],
    evidence: ratioEvidence(measures.span, other.ratio),
    ...staleOf(first.phase, measures),
    gapClause: gapClause(first.cell),
  });

  if (close.length === 0) {
    return [{
      kind: "fastest",
      size: nearest.ratio.interval.lower,
      ...shared(nearest),
      sentence:
        `${text}: ${first.cell.name} is ${measures.rank} of ${among}; the nearest, ${nearest.cell.name}, takes ${
          formatRatioInterval(nearest.ratio.interval)
        } as long (${blocksOf(nearest.ratio)}); ${shownText(first, [nearest], measures)}${
          soonerText(first, others, measures)
        }${caveats}`,
    }];
  }
  const rival = close[0]!;
  const fewest = Math.min(...[first, rival].map(({ span }) => span.values.length));
  const why = fewest < FEWEST_BLOCKS_FOR_BEST
    ? `${first.cell.name} had ${quantity(first.span, "ns")} and ${rival.cell.name} ${
      quantity(rival.span, "ns")
    }, but no order is claimed`
    : `${
      named([first, ...close].map(({ cell }) => cell.name))
    } cannot be told apart; ${rival.cell.name} takes ${
      formatRatioInterval(rival.ratio.interval)
    } as long as ${first.cell.name}`;
  return [{
    kind: "undecided",
    size: -rival.ratio.ratio,
    ...shared(rival),
    sentence: `${text}: ${why} (${blocksOf(rival.ratio)}); ${shownText(first, [rival], measures)}${caveats}`,
  }];
}

/** How stale the screens of a cell were at worst. */
function staleOf({ metrics }: PhaseSummary, { stale }: Measures): { readonly staleNs?: number } {
  const staleNs = metrics.get(stale)?.estimate.value;
  return staleNs === undefined ? {} : { staleNs };
}

/** How late the first cell shows a change, and others after it. */
function shownText(first: PlacedCell, others: readonly PlacedCell[], measures: Measures): string {
  const texts = [first, ...others].flatMap(({ cell, phase }) => {
    const [shown, stale] = [measures.shown, measures.stale].map((id) => phase.metrics.get(id));
    if (shown === undefined || stale === undefined) return [];
    return [`${cell.name} ${measures.tell(quantity(shown, "ns"), quantity(stale, "ns"))}`];
  });
  return texts.length === 0 ? "nothing was watched" : texts.join(", ");
}

/** Who shows changes sooner than the first cell beyond doubt, the soonest of them. */
function soonerText(
  first: PlacedCell,
  others: readonly PlacedCell[],
  measures: Measures,
): string {
  const own = first.phase.metrics.get(measures.shown);
  if (own === undefined || smallest(own) <= 0) return "";
  const sooner = others.flatMap((other) => {
    const shown = other.phase.metrics.get(measures.shown);
    if (shown === undefined || smallest(shown) <= 0) return [];
    return isApart(compareSamples(shown.values, own.values)) ? [{ other, shown }] : [];
  }).toSorted((a, b) => a.shown.estimate.value - b.shown.estimate.value)[0];
  return sooner === undefined ? "" : `; but ${shownText(sooner.other, [], measures)}`;
}

/** Whether the second is slower than the first beyond doubt: enough blocks each, and an interval that excludes 1. */
function isApart({ firstCount, secondCount, interval }: TwoSampleComparison): boolean {
  return Math.min(firstCount, secondCount) >= FEWEST_BLOCKS_FOR_BEST && interval.lower > 1;
}

/** Who promises less after a power cut has less to do. */
function durabilityCaveat(
  first: CellSummary,
  second: CellSummary,
  capabilities: RunRecord["capabilities"],
): string[] {
  const [a, b] = [first, second].map(({ cell }): Capabilities["durability"] | undefined =>
    Object.hasOwn(capabilities, cell.key) ? capabilities[cell.key]!.durability : undefined
  );
  if (a === undefined || b === undefined || a === b) return [];
  return [`their durability differs: ${a} against ${b}`];
}

/** Who is done first in how many phases, where there are several. */
export function overview(
  fastest: readonly Ranking[],
  undecided: readonly Ranking[],
  leavesOutFloors: boolean,
  { rank }: Measures,
): Sized {
  const wins = [...Map.groupBy(fastest, ({ cells }) => cells[0]!)].toSorted((a, b) =>
    b[1].length - a[1].length
  );
  const clearest = fastest.toSorted((a, b) => b.size - a.size)[0];
  const counts = wins.map(([name, won]) => {
    const stale = won.flatMap(({ staleNs }) => staleNs ?? []);
    const behind = stale.length === 0
      ? "nothing was watched"
      : `its screens at worst ${formatQuantity(Math.max(...stale), "ns", 2)} behind`;
    return `${name} in ${won.length} (${behind})`;
  }).join(", ");
  const open = undecided.length === 0 ? "" : `; no clear winner in ${undecided.length}`;
  const phaseCount = fastest.length + undecided.length;
  const all = [...fastest, ...undecided];
  const gaps = [...new Set(fastest.map(({ gapClause }) => gapClause))].filter((clause) => clause !== "")
    .map((clause) => `; ${clause}`).join("");
  const floors = leavesOutFloors ? "; lower bounds, which ran unwatched, are left out" : "";
  const shared = { kind: "overview", size: 0, places: all.flatMap(({ places }) => places) } as const;
  if (clearest === undefined) {
    const fewest = Math.min(...undecided.flatMap(({ evidence }) => evidence.blockCounts));
    return {
      ...shared,
      cells: [],
      sentence: `No clear winner, ${rank}, in any of ${phaseCount} phases (${
        fewest === 1 ? "one repetition each, no interval" : `${fewest} repetitions each or more`
      })${floors}`,
    };
  }
  const { text, cells: [winner, second], evidence } = clearest;
  const { interval, blockCounts } = evidence;
  return {
    ...shared,
    cells: wins.map(([name]) => name),
    evidence,
    sentence:
      `${
        rank === "done first" ? "Done first" : "Fastest"
      } in ${phaseCount} phases: ${counts}${open}. The clearest lead is in ${text}: ` +
      `${second} takes ${formatRatioInterval(interval)} as long as ${winner} (${
        blocksText(blockCounts, interval.confidence)
      })${gaps}${floors}`,
  };
}

function ratioEvidence(
  metric: string,
  { ratio, interval, firstCount, secondCount }: TwoSampleComparison,
): ConclusionEvidence {
  return { metric, as: "ratio", value: ratio, interval, blockCounts: [firstCount, secondCount] };
}

function blocksOf({ firstCount, secondCount, interval }: TwoSampleComparison): string {
  return blocksText([firstCount, secondCount], interval.confidence);
}

/** Names, the first three of them. */
function named(names: readonly string[]): string {
  const more = names.length - 3;
  return `${names.slice(0, 3).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
