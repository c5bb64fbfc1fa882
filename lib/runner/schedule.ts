/**
 * What runs next. In: the settings of a run and its blocks so far. Out: one block at a time.
 *
 * ```
 * round 0 ──> rows ──> rounds ──> nothing left
 *    every cell once,      a fixed number of blocks: every cell that has too few of them
 *    digests, then rows    a stopping rule: the cells that have too few of them for an interval and can have them at no
 *                          more than a round's price, then those whose intervals lack most per second
 * ```
 *
 * Round 0 runs whole, however long it takes; nothing else begins that does not fit into the budget of a stopping rule.
 * A cell whose rate is searched counts its searches instead of its blocks; each of them takes several blocks.
 * A block that was wrong, in a cell whose whole rows nobody has seen, is followed at once by one that keeps them. All
 * that is decided follows from the settings and the blocks, so that a run that is gone on with needs nothing else; only
 * the order of the round that was cut off is drawn anew.
 */
import {
  anchorOf,
  type Block,
  type Cell,
  type FailedBlock,
  type MeasuredBlock,
  type PhaseRecord,
  type Settings,
  type StoppingRule,
} from "../model/mod.ts";
import {
  blocksWithNumbers,
  cellPrecision,
  highestRate,
  isLook,
  isSearched,
  PRECISE_METRICS,
  PRECISION_GOAL,
  type RateSearchState,
  SEARCHED_RATES,
  searchOf,
} from "../stats/mod.ts";
import { loadOf } from "./load_program.ts";
import { type PlannedBlock, shuffledRound } from "./plan.ts";
import { plannedMs } from "./plan_arrivals.ts";

export { isLook };

/** The part of the settings that decides. */
export type ScheduleSettings = Pick<Settings, "cells" | "blockCount" | "stopping" | "seed">;

/** No fresh process opens a database, plays a workload and ends in less. */
export const LEAST_BLOCK_MS = 250;

/** Neighbours of the grid of searched rates are this far apart. */
const SEARCH_GRID_SHARE = 0.11;
/** About so many rates are asked by the first search of a cell. */
const FIRST_SEARCH_BLOCKS = 9;
/** And by each one behind it, which begins where those before have ended. */
const LATER_SEARCH_BLOCKS = 4;
/** A block with rows asks no faster than this: recording is slow, and what is wrong is wrong slowly, too. */
const ROWS_RATE = 100;
/** A round of a run with a stopping rule takes at most this share of its budget, so that there are several to choose. */
const ROUND_SHARE = 1 / 12;
/** A cell that fails this often, and gives no number, is left alone. */
const MOST_FAILURES = 2;
/** So often a block with rows is tried, if it fails. */
const MOST_ROWS_ATTEMPTS = 2;
/** Sets the order of the blocks with rows apart from that of round 0. */
const ROWS_ROUND = -2;

/** What is known of a cell. */
interface CellState {
  readonly cell: Cell;
  /** Blocks that were to have numbers, those that failed included; searches that are over where the rate is searched. */
  readonly attemptCount: number;
  /** Present where the rate is searched. */
  readonly search?: RateSearchState;
  readonly failureCount: number;
  /** Blocks with numbers that were right. */
  readonly right: readonly MeasuredBlock[];
  readonly isWrong: boolean;
  readonly hasRows: boolean;
  readonly rowsAttemptCount: number;
  /** Mean time of a block; undefined before the first one. */
  readonly costMs: number | undefined;
}

/** Decides block by block. */
export class Schedule {
  readonly #settings: ScheduleSettings;
  readonly #anchorKey: string | undefined;
  /** What is left of the round that runs. */
  #round: { readonly cell: Cell; readonly evidence: PlannedBlock["evidence"] }[] = [];

  constructor(settings: ScheduleSettings) {
    this.#settings = settings;
    this.#anchorKey = anchorOf(settings.cells)?.key;
  }

  /** The next block after those that are kept, in order of execution; `undefined` when nothing is left to do. */
  next(kept: readonly Block[]): PlannedBlock | undefined {
    const byCell = Map.groupBy(kept, ({ cellKey }) => cellKey);
    const planned = (cell: Cell, evidence: PlannedBlock["evidence"]): PlannedBlock => ({
      cell,
      evidence,
      ...chosenFor(cell, evidence, byCell.get(cell.key) ?? []),
      blockIndex: 1 +
        (byCell.get(cell.key) ?? []).reduce((most, { blockIndex }) => Math.max(most, blockIndex), -1),
      position: 1 + (kept.at(-1)?.position ?? -1),
    });
    const isSkipped = ({ key }: Cell): boolean =>
      byCell.get(key)?.some(({ status }) => status === "skipped") ?? false;

    const wrong = this.#unseenWrong(kept.at(-1), byCell);
    if (wrong !== undefined) {
      this.#round = this.#round.filter(({ cell, evidence }) => cell !== wrong || evidence !== "rows");
      return planned(wrong, "rows");
    }
    this.#round = this.#round.filter(({ cell }) => !isSkipped(cell));
    if (this.#round.length === 0) {
      const states = this.#settings.cells.filter((cell) => !isSkipped(cell))
        .map((cell) => stateOf(cell, byCell.get(cell.key) ?? []))
        // One that was wrong has no highest rate: what it shows is not to be had at any.
        .filter(({ search, isWrong }) => search === undefined || !isWrong);
      this.#round = this.#nextRound(states, kept);
    }
    const next = this.#round.shift();
    return next === undefined ? undefined : planned(next.cell, next.evidence);
  }

  /** The cell of a block that was wrong, if nobody has seen the cell's rows. */
  #unseenWrong(
    last: Block | undefined,
    byCell: ReadonlyMap<string, readonly Block[]>,
  ): Cell | undefined {
    if (last?.status !== "measured" || last.verdict === "converged") return undefined;
    const cell = this.#settings.cells.find(({ key }) => key === last.cellKey);
    return cell !== undefined && wantsRows(stateOf(cell, byCell.get(cell.key) ?? [])) ? cell : undefined;
  }

  #nextRound(states: readonly CellState[], kept: readonly Block[]) {
    const { seed, blockCount, stopping } = this.#settings;
    const inOrder = (
      chosen: readonly CellState[],
      roundIndex: number,
      evidence: PlannedBlock["evidence"] = "digests",
    ) => {
      const wanted = new Set(chosen.map(({ cell }) => cell.key));
      return shuffledRound(this.#settings.cells, roundIndex, seed)
        .filter(({ key }) => wanted.has(key)).map((cell) => ({ cell, evidence }));
    };
    const untried = states.filter(({ attemptCount, costMs }) => attemptCount === 0 && costMs === undefined);
    if (untried.length > 0) return inOrder(untried, 0);
    const searching = affordable(states.filter(({ attemptCount }) => attemptCount === 0), kept, stopping);
    if (searching.length > 0) {
      const anchor = states.filter(({ cell }) => cell.key === this.#anchorKey);
      return inOrder([...searching, ...stopping === undefined ? [] : anchor], kept.length);
    }
    const unseen = affordable(states.filter(wantsRows), kept, stopping);
    if (unseen.length > 0) return inOrder(unseen, ROWS_ROUND, "rows");
    if (stopping !== undefined) return inOrder(this.#chosen(states, kept, stopping), kept.length);
    const fewest = Math.min(Infinity, ...states.map(({ attemptCount }) => attemptCount));
    return fewest >= blockCount
      ? []
      : inOrder(states.filter(({ attemptCount }) => attemptCount === fewest), fewest);
  }

  /**
   * The cells that lack most per second, as many as fit into a round, and the anchor beside them. No interval is made narrower
   * while another one could still be sure.
   */
  #chosen(states: readonly CellState[], kept: readonly Block[], rule: StoppingRule): CellState[] {
    const leftMs = rule.budgetMs - spentMs(kept);
    const anchor = states.find(({ cell }) => cell.key === this.#anchorKey);
    const lacking = states
      .filter((state) => state !== anchor || state.cell.anchor !== true)
      .map((state) => ({ state, lackPerMs: lackOf(state, rule) / costOf(state) }))
      .filter(({ lackPerMs }) => lackPerMs > 0)
      .sort((a, b) => b.lackPerMs - a.lackPerMs);
    const wholeMs = rule.budgetMs * ROUND_SHARE;
    const unsure = lacking.filter(({ state }) => {
      const missingCount = rule.leastBlockCount - state.attemptCount;
      return missingCount > 0 && missingCount * costOf(state) <= wholeMs;
    });
    const candidates = unsure.some(({ state }) => costOf(state) <= leftMs) ? unsure : lacking;
    const roundMs = Math.min(leftMs, wholeMs);
    const chosen = new Set<CellState>();
    let plannedMs = anchor === undefined ? 0 : costOf(anchor);
    for (const { state } of candidates) {
      const costMs = state === anchor ? 0 : costOf(state);
      // A dear cell may take more than a round's share when nothing else is in it, but never more than is left.
      const limitMs = chosen.size === 0 ? leftMs : roundMs;
      if (plannedMs + costMs > limitMs) continue;
      plannedMs += costMs;
      chosen.add(state);
    }
    if (chosen.size > 0 && anchor !== undefined) chosen.add(anchor);
    return [...chosen];
  }
}

/** The rule of a run that stops by itself, after `budgetMs` at the latest. */
export function stoppingRule(budgetMs: number): StoppingRule {
  return { metrics: PRECISE_METRICS, ...PRECISION_GOAL, budgetMs };
}

/** Time that blocks took together. */
export function spentMs(blocks: readonly Block[]): number {
  return blocks.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0);
}

/**
 * What every cell's first two blocks take, one with numbers and one with rows, or a first search where the rate is
 * searched. `goesOnMs` tells how long a block with numbers goes on at least.
 */
export function firstRoundMs(
  cells: readonly Cell[],
  costsMs: ReadonlyMap<string, number>,
  goesOnMs: (cell: Cell) => number = () => 0,
): number {
  return cells.reduce((sum, cell) => {
    const ownMs = goesOnMs(cell);
    // The mean of stored blocks is no guide where one of two goes on: the other ends with its program.
    const costMs = ownMs > 0 ? LEAST_BLOCK_MS : expectedMs(cell, costsMs);
    return sum + (isSearched(cell) ? searchBlockCount(1) : 2) * costMs + ownMs;
  }, 0);
}

/** About how many blocks so many searches of one cell take, with the one that keeps rows. */
export function searchBlockCount(searchCount: number): number {
  return FIRST_SEARCH_BLOCKS + LATER_SEARCH_BLOCKS * (searchCount - 1) + 1;
}

/**
 * What a block of a cell takes, from what its blocks cost before; one that was never run takes its plan, where it has one,
 * and {@link LEAST_BLOCK_MS}.
 */
export function expectedMs(cell: Cell, costsMs: ReadonlyMap<string, number>): number {
  const known = costsMs.get(cell.key);
  if (known !== undefined) return known;
  const { ratePerSecond } = loadOf(cell.parameters);
  // What searches ask most of the time is a plan of the usual length.
  const planMs = isSearched(cell)
    ? plannedMs(SEARCHED_RATES.highest)
    : ratePerSecond === undefined
    ? 0
    : plannedMs(ratePerSecond);
  return LEAST_BLOCK_MS + planMs;
}

/** All blocks of a run with a fixed number of them, if none is skipped, fails or is wrong. */
export function plannedAhead(settings: ScheduleSettings, kept: readonly Block[] = []): PlannedBlock[] {
  const schedule = new Schedule({
    cells: settings.cells,
    blockCount: settings.blockCount,
    seed: settings.seed,
  });
  const blocks: Block[] = [...kept];
  const planned: PlannedBlock[] = [];
  for (let next = schedule.next(blocks); next !== undefined; next = schedule.next(blocks)) {
    planned.push(next);
    blocks.push(rightBlock(next));
  }
  return planned;
}

function rightBlock({ cell, evidence, blockIndex, position, chosen }: PlannedBlock): MeasuredBlock {
  return {
    ...(chosen === undefined ? {} : { chosen }),
    cellKey: cell.key,
    blockIndex,
    position,
    evidence,
    status: "measured",
    verdict: "converged",
    startedAt: "",
    elapsedMs: 0,
    host: {},
    warnings: [],
    findings: [],
    findingCount: 0,
    metrics: {},
    phases: chosen?.["rate"] === undefined ? [] : [searchedPhase(Number(chosen["rate"]))],
    facts: {},
  };
}

/** What a plan supposes of a rate that is searched: it holds up to 300 per second. */
function searchedPhase(ratePerSecond: number): PhaseRecord {
  const outcome = ratePerSecond <= 300 ? "sustained" : "unsustained";
  return {
    name: "",
    iterationCount: 1,
    verdict: "converged",
    unwatched: false,
    load: { ratePerSecond, outcome },
    metrics: { answered_p99_ns: 0 },
    operations: [],
  };
}

/** What stands in the place of `auto` in a cell whose rate is searched. */
function chosenFor(
  cell: Cell,
  evidence: PlannedBlock["evidence"],
  blocks: readonly Block[],
): Pick<PlannedBlock, "chosen"> {
  if (!isSearched(cell)) return {};
  const { found, next } = searchOf(blocks);
  const rate = evidence === "rows" ? Math.min(ROWS_RATE, found.at(-1)?.held ?? SEARCHED_RATES.lowest) : next;
  return { chosen: { rate: String(rate) } };
}

/** As {@link lackOf}, for searches: their grid, a tenth wide, is part of the interval. */
function lackOfSearch({ found }: RateSearchState, rule: StoppingRule): number {
  const estimate = highestRate(found);
  if (estimate === undefined) return rule.leastBlockCount;
  const { value, interval: { lower, upper } } = estimate;
  const reachShare = value === 0 ? 0 : Math.max(value - lower, upper - value) / value;
  const width = reachShare / (rule.reachShare + SEARCH_GRID_SHARE);
  if (found.length >= rule.leastBlockCount && width <= 1) return 0;
  return Math.max(1, width) * Math.max(1, rule.leastBlockCount / found.length);
}

function stateOf(cell: Cell, blocks: readonly Block[]): CellState {
  const tried = blocks.filter((block) => block.status !== "skipped");
  const withRows = tried.filter(({ evidence }) => evidence === "rows");
  const measured = tried.filter((block) => block.status === "measured");
  const numbered = blocksWithNumbers<MeasuredBlock | FailedBlock>(tried);
  const timed = numbered.length > 0 ? numbered : tried;
  const search = isSearched(cell) ? searchOf(tried) : undefined;
  return {
    cell,
    attemptCount: search === undefined ? numbered.length : search.found.length,
    ...(search === undefined ? {} : { search }),
    failureCount: tried.length - measured.length,
    right: blocksWithNumbers(measured).filter(({ verdict }) => verdict === "converged"),
    isWrong: measured.some(({ verdict }) => verdict !== "converged"),
    // Blocks of before kept their rows, whatever else they did.
    hasRows: measured.some(({ evidence }) => evidence !== "digests"),
    rowsAttemptCount: withRows.length,
    costMs: timed.length === 0 ? undefined : spentMs(timed) / timed.length,
  };
}

/** A cell whose every block failed so far, perhaps after a long time, would only fail once more. */
function wantsRows({ hasRows, rowsAttemptCount, right, isWrong }: CellState): boolean {
  return !hasRows && rowsAttemptCount < MOST_ROWS_ATTEMPTS && (right.length > 0 || isWrong);
}

function costOf({ costMs }: CellState): number {
  return Math.max(LEAST_BLOCK_MS, costMs ?? 0);
}

/** Cells whose next block fits into the budget, the cheapest first; all of them where there is none. */
function affordable(
  states: readonly CellState[],
  kept: readonly Block[],
  stopping: StoppingRule | undefined,
): CellState[] {
  let leftMs = stopping === undefined ? Infinity : stopping.budgetMs - spentMs(kept);
  return states.toSorted((a, b) => costOf(a) - costOf(b)).filter((state) => (leftMs -= costOf(state)) >= 0);
}

/** How much wider than wanted a cell's intervals are, as a factor; 0 for a cell that needs no more blocks. */
function lackOf({ right, isWrong, failureCount, search }: CellState, rule: StoppingRule): number {
  if (isWrong || (right.length === 0 && failureCount >= MOST_FAILURES)) return 0;
  if (search !== undefined) return lackOfSearch(search, rule);
  const { isEnough, reachShare } = cellPrecision(right, rule);
  if (isEnough && isLook(right.length, rule.leastBlockCount)) return 0;
  const width = Number.isFinite(reachShare) ? Math.max(1, reachShare / rule.reachShare) : 1;
  return width * Math.max(1, rule.leastBlockCount / Math.max(1, right.length));
}
