/**
 * How databases bear up as they are asked faster: every rate that a run asked, and the highest that each adapter keeps.
 *
 * In: a record and its summary. Out: plain values per workload, reporters add words. A rate *holds* when the database
 * kept up with it and 99 % of what was asked was seen within 100 ms (`rateHolds`).
 */
import type {
  Block,
  Cell,
  CellParameters,
  MeasuredBlock,
  PhaseRecord,
  RunRecord,
  Scale,
} from "../model/mod.ts";
import { parameterText } from "../model/mod.ts";
import {
  blocksWithNumbers,
  type Estimate,
  estimateMedian,
  highestRate,
  isSearched,
  rateHolds,
  SEARCHED_RATES,
  searchOf,
  sortSamples,
} from "../stats/mod.ts";
import type { CellSummary, RunSummary } from "./summarize_run.ts";

/** One rate that one adapter was asked at. */
export interface RatePoint {
  readonly ratePerSecond: number;
  /** Blocks at this rate. */
  readonly blockCount: number;
  /** Those in which the database kept up. */
  readonly sustainedCount: number;
  /** Those in which the rate held. */
  readonly heldCount: number;
  /** Over the blocks that kept up; absent where most did not, and where there are too few samples. */
  readonly middle?: Estimate;
  /** The same, 99th percentile. */
  readonly tail?: Estimate;
}

/** The highest rate that an adapter keeps. */
export interface HighestRate {
  /** Operations per second. */
  readonly estimate: Estimate;
  /** Whether it was searched; otherwise it is one of the rates that were asked. */
  readonly isSearched: boolean;
  /** Every rate that was asked held: the highest may be any above. */
  readonly isOpenEnded: boolean;
  /** No rate that was asked held. */
  readonly isBelowAll: boolean;
}

/** One adapter of a ladder. */
export interface LadderRow {
  /** Adapter with its options. */
  readonly name: string;
  readonly cells: readonly CellSummary[];
  /** Nothing was watched: delays are those of answers, as a floor. */
  readonly unwatched: boolean;
  /** Ascending by rate. */
  readonly points: readonly RatePoint[];
  /** Absent where nothing was measured, where an answer was wrong, and before a first search is over. */
  readonly highest?: HighestRate;
}

/** One workload at one scale, asked at several rates. */
export interface RateLadder {
  /** Id, version and parameters but the rate, such as `fan-out@3 in-flight=4`. */
  readonly key: string;
  readonly scale: Scale;
  /** All rates of all rows, ascending. */
  readonly rates: readonly number[];
  /** Rates were searched, so that adapters met different ones. */
  readonly isSearched: boolean;
  /** In the order of the plan. */
  readonly rows: readonly LadderRow[];
}

/** The ladders of a run: one for each workload that was asked at two rates or more, or whose rate was searched. */
export function rateLadders(record: RunRecord, summary: RunSummary): RateLadder[] {
  const blocksByCell = Map.groupBy(record.results, ({ cellKey }) => cellKey);
  const asked = summary.sections.flatMap(({ cells }) => cells)
    .filter(({ cell }) => cell.parameters?.["rate"] !== undefined);
  const places = Map.groupBy(asked, ({ cell }) => `${placeKey(cell)}/${cell.scale}`);
  return [...places.values()].map((cells): RateLadder => {
    const { cell } = cells[0]!;
    const rows = [...Map.groupBy(cells, ({ name }) => name)]
      .map(([name, own]) => ladderRow(name, own, blocksByCell));
    return {
      key: placeKey(cell),
      scale: cell.scale,
      rates: ascending(rows.flatMap(({ points }) => points.map(({ ratePerSecond }) => ratePerSecond))),
      isSearched: cells.some(({ cell }) => isSearched(cell)),
      rows,
    };
  }).filter(({ isSearched, rates }) => isSearched || rates.length > 1);
}

function placeKey({ workload, workloadVersion, parameters = {} }: Cell): string {
  const { rate: _, ...others } = parameters;
  const set = parameterText(others as CellParameters);
  return `${workload}@${workloadVersion}${set === "" ? "" : ` ${set}`}`;
}

function ladderRow(
  name: string,
  cells: readonly CellSummary[],
  blocksByCell: ReadonlyMap<string, readonly Block[]>,
): LadderRow {
  const right = cells.filter(({ status }) => status === "verified");
  const blocks = right.flatMap(({ cell }) => blocksByCell.get(cell.key) ?? []);
  const measured = blocksWithNumbers(
    blocks.filter((block): block is MeasuredBlock => block.status === "measured"),
  );
  const phases = measured.flatMap((block) => block.phases).filter(({ load }) => load !== undefined);
  const points = [...Map.groupBy(phases, ({ load }) => load!.ratePerSecond)]
    .map(([rate, own]) => ratePoint(rate, own)).sort((a, b) => a.ratePerSecond - b.ratePerSecond);
  const searched = right.find(({ cell }) => isSearched(cell));
  const highest = searched === undefined
    ? highestListed(points)
    : highestSearched(blocksByCell.get(searched.cell.key) ?? []);
  return {
    name,
    cells,
    unwatched: phases.some(({ unwatched }) => unwatched),
    points,
    ...(highest === undefined ? {} : { highest }),
  };
}

function ratePoint(ratePerSecond: number, phases: readonly PhaseRecord[]): RatePoint {
  const sustained = phases.filter(({ load }) => load!.outcome === "sustained");
  const isSustained = 2 * sustained.length > phases.length;
  const over = (shown: string, answered: string): Estimate | undefined => {
    const values = sustained.flatMap(({ metrics }) => metrics[shown] ?? metrics[answered] ?? []);
    return isSustained && values.length > 0 ? estimateMedian(sortSamples(values)) : undefined;
  };
  const middle = over("shown_p50_ns", "answered_p50_ns");
  const tail = over("shown_p99_ns", "answered_p99_ns");
  return {
    ratePerSecond,
    blockCount: phases.length,
    sustainedCount: sustained.length,
    heldCount: phases.filter(rateHolds).length,
    ...(middle === undefined ? {} : { middle }),
    ...(tail === undefined ? {} : { tail }),
  };
}

function highestSearched(blocks: readonly Block[]): HighestRate | undefined {
  const { found } = searchOf(blocks);
  const estimate = highestRate(found);
  if (estimate === undefined) return undefined;
  return {
    estimate,
    isSearched: true,
    isOpenEnded: estimate.value === SEARCHED_RATES.highest,
    isBelowAll: estimate.value === 0,
  };
}

/** The last rate before the first that did not hold in most blocks; the interval reaches to that one. */
function highestListed(points: readonly RatePoint[]): HighestRate | undefined {
  if (points.length === 0) return undefined;
  const first = points.findIndex(({ heldCount, blockCount }) => 2 * heldCount <= blockCount);
  const held = points[first < 0 ? points.length - 1 : first - 1];
  const value = held?.ratePerSecond ?? 0;
  const upper = first < 0 ? value : points[first]!.ratePerSecond;
  const sampleCount = held?.blockCount ?? points[0]!.blockCount;
  return {
    estimate: { value, interval: { lower: value, upper, confidence: 0 }, sampleCount },
    isSearched: false,
    isOpenEnded: first < 0,
    isBelowAll: held === undefined,
  };
}

function ascending(rates: readonly number[]): number[] {
  return [...new Set(rates)].sort((a, b) => a - b);
}
