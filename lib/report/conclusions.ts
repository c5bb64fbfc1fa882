/**
 * What a run says, in sentences: who was wrong, who is done first and how stale its screens were, whose watchers starve, who storms, whose
 * caller is blocked, what spoils the numbers.
 *
 * In: a record and its summary. Out: conclusions in order of importance, each with the interval that it rests on and
 * never stronger than its blocks; a reporter shows the first {@link SHOWN_CONCLUSIONS}. Pure.
 *
 * The order: kinds in the order of {@link CONCLUSION_KINDS}, within a kind the largest first. The list takes the first
 * of every kind, then the second of every kind, and so on, so that one database that storms in five phases does not
 * push everything else off the page. The ranking of a run's only phase stands where the overview of several would.
 */
import {
  type Block,
  type Capabilities,
  type MeasuredBlock,
  METRICS_VERSION,
  type RunRecord,
  type Unit,
  type Verdict,
} from "../model/mod.ts";
import { compareSamples, type Estimate, type Interval, type TwoSampleComparison } from "../stats/mod.ts";
import { FEWEST_BLOCKS_FOR_BEST } from "./best_value.ts";
import {
  formatCount,
  formatEnds,
  formatMiddle,
  formatQuantity,
  formatRatioInterval,
  formatShare,
} from "./format.ts";
import { gapClause } from "./known_gaps.ts";
import type {
  CellSummary,
  PhaseSummary,
  RunSummary,
  ValueSummary,
  WorkloadSection,
} from "./summarize_run.ts";
import { repetitions, verdictWord } from "./wording.ts";

/**
 * In order of importance.
 *
 * `wrong`: a database gave wrong answers. `failed`: blocks did not come to their end. `pressure`: at least half of the
 * blocks shared the CPU with other work. `overview`: who is done first in how many phases, where there are several phases.
 * `starved`: a stream showed outdated rows for half of the burst while few emissions came. `storm`: twice as many
 * emissions as needed, or more. `blocked`: the event loop of the caller missed frames. `fastest`: one cell is beyond
 * doubt done before every other in one phase; said with how late it shows changes, and who shows them sooner. `undecided`: no cell is. `unmeasured`: skipped, or planned and not run.
 */
export const CONCLUSION_KINDS = [
  "wrong",
  "failed",
  "pressure",
  "overview",
  "starved",
  "storm",
  "blocked",
  "fastest",
  "undecided",
  "unmeasured",
] as const;

/** See {@link CONCLUSION_KINDS}. */
export type ConclusionKind = typeof CONCLUSION_KINDS[number];

/** How many conclusions reports for people show. */
export const SHOWN_CONCLUSIONS = 3;

/** What a conclusion is about. */
export interface ConclusionPlace {
  /** Id and version. */
  readonly workload: string;
  /** Size of the workload. */
  readonly scale: string;
  /** Absent when it is about the whole cell. */
  readonly phase?: string;
}

/** The number that a conclusion rests on. */
export interface ConclusionEvidence {
  /** Id of the metric. */
  readonly metric: string;
  /** `ratio`: the second cell over the first. `value`: the median over the blocks of the first cell. */
  readonly as: "ratio" | "value";
  /** The ratio, or the median in the metric's unit. */
  readonly value: number;
  /** Where the true one may be; a single point with confidence 0 from one block. */
  readonly interval: Interval;
  /** Blocks behind it, by cell. */
  readonly blockCounts: readonly number[];
}

/** One sentence about a run. */
export interface Conclusion {
  /** What it says. */
  readonly kind: ConclusionKind;
  /** One sentence without final period. Not escaped. */
  readonly sentence: string;
  /** Where it holds; empty when it is about the run. */
  readonly places: readonly ConclusionPlace[];
  /** Names of cells: the one that it is about first. */
  readonly cells: readonly string[];
  /** Absent where nothing was measured. */
  readonly evidence?: ConclusionEvidence;
}

/** A conclusion with its size, by which conclusions of one kind are ordered. */
interface Sized extends Conclusion {
  readonly size: number;
}

/** Who is fastest in one phase. */
interface Ranking extends Sized {
  readonly kind: "fastest" | "undecided";
  readonly evidence: ConclusionEvidence;
  /** How far behind the screens of the first cell were at worst; absent where nothing was watched. */
  readonly staleNs?: number;
  /** What the first cell is known to get wrong; empty when nothing is known. */
  readonly gapClause: string;
  /** Where it is, for the reader. */
  readonly text: string;
}

/** One phase of one section with its verified cells. */
interface PlacedPhase {
  readonly place: ConclusionPlace;
  /** Where it is, for the reader. */
  readonly text: string;
  readonly cells: readonly PlacedCell[];
}

interface PlacedCell {
  readonly cell: CellSummary;
  readonly phase: PhaseSummary;
}

/**
 * What a ranking rests on: how long the work took, how late a change was shown, and how late at worst. Neither says
 * anything without the others: a database that shows nothing is soon done, and one that takes its time looks fresh.
 */
interface Measures {
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

/** One frame of a screen: what a reader can see of outdated rows and of a blocked caller. */
const FRAME_NS = 1e9 / 60;
/** A stream is starved when it showed outdated rows for this share of the wall, and got this share of its emissions. */
const STARVED_SHARE = 0.5;
/** A storm has this many times the emissions that are needed, and at least so many more. */
const STORM_FACTOR = 2;
const STORM_EXCESS = 10;
/** Above this share of disturbed blocks, the run as a whole is in question. */
const DISTURBED_SHARE = 0.5;

const WRONG_WORDS: Readonly<Record<Verdict, string>> = {
  converged: "was right",
  lost: "ended on an outdated result",
  regressed: "showed a stream that went back in time",
  phantom: "showed a state that no commit had written",
  misread: "read rows that differ from the truth",
  error: "raised an error",
};

/** All conclusions, the most important first. */
export function drawConclusions(record: RunRecord, summary: RunSummary): Conclusion[] {
  const phases = placedPhases(summary);
  const measures = summary.metricsVersion < METRICS_VERSION ? MEASURES_BEFORE : MEASURES;
  const rankings = phases.flatMap((phase) => ranking(phase, record.capabilities, measures));
  const fastest = rankings.filter(({ kind }) => kind === "fastest");
  const undecided = rankings.filter(({ kind }) => kind === "undecided");
  const isOnlyOne = rankings.length < 2;
  const byKind: Readonly<Record<ConclusionKind, readonly Sized[]>> = {
    wrong: wrongAnswers(record, summary),
    failed: failures(record, summary),
    pressure: pressure(record.results),
    overview: isOnlyOne ? rankings : [overview(fastest, undecided, hasFloors(phases), measures)],
    starved: phases.flatMap(starved),
    storm: phases.flatMap(storms),
    blocked: phases.flatMap(blocked),
    fastest: isOnlyOne ? [] : fastest,
    undecided: isOnlyOne ? [] : undecided,
    unmeasured: unmeasured(summary),
  };
  const groups = CONCLUSION_KINDS.map((kind) => byKind[kind].toSorted((a, b) => b.size - a.size));
  const rounds = Math.max(...groups.map(({ length }) => length));
  return Array.from(
    { length: rounds },
    (_, round) => groups.flatMap((group) => group.slice(round, round + 1)),
  )
    .flat()
    .map(({ kind, sentence, places, cells, evidence }) => ({
      kind,
      sentence,
      places,
      cells,
      ...(evidence === undefined ? {} : { evidence }),
    }));
}

function placedPhases({ sections }: RunSummary): PlacedPhase[] {
  return sections.flatMap((section) =>
    section.phases.map(({ name }): PlacedPhase => ({
      place: { ...placeOf(section), phase: name },
      text: `${sectionText(section, sections)}, ${name}`,
      cells: section.cells.flatMap((cell) => {
        const phase = cell.phases.find((one) => one.name === name);
        return cell.status !== "verified" || phase === undefined ? [] : [{ cell, phase }];
      }),
    }))
  );
}

function placeOf({ key, scale }: WorkloadSection): ConclusionPlace {
  return { workload: key, scale };
}

/** The scale is said where the run has several. */
function sectionText({ key, scale }: WorkloadSection, all: readonly WorkloadSection[]): string {
  return all.some((other) => other.scale !== scale) ? `${key} (${scale})` : key;
}

/** Cells by name, over all sections, that `isMeant` picks. */
function cellsByName(
  { sections }: RunSummary,
  isMeant: (cell: CellSummary) => boolean,
): [name: string, cells: { cell: CellSummary; section: WorkloadSection; text: string }[]][] {
  const placed = sections.flatMap((section) =>
    section.cells.filter(isMeant).map((cell) => ({ cell, section, text: sectionText(section, sections) }))
  );
  return [...Map.groupBy(placed, ({ cell }) => cell.name)];
}

function wrongAnswers(record: RunRecord, summary: RunSummary): Sized[] {
  const blocks = Map.groupBy(
    record.results.filter((block): block is MeasuredBlock => block.status === "measured"),
    ({ cellKey }) => cellKey,
  );
  return cellsByName(summary, ({ status }) => status === "wrong").map(([name, cells]) => {
    const parts = cells.map(({ cell, text }) => {
      const own = blocks.get(cell.cell.key) ?? [];
      const wrong = own.filter(({ verdict }) => verdict !== "converged").length;
      const verdict = cell.verdict ?? "error";
      return `${text}, where it ${WRONG_WORDS[verdict]} (${verdictWord(verdict)}, in ${
        ofBlocks(wrong, own.length)
      })`;
    });
    return {
      kind: "wrong",
      size: cells.reduce((sum, { cell }) => sum + cell.findingCount, 0),
      sentence: `${name} was wrong in ${parts.join("; and in ")}: no speed of it is shown there`,
      places: cells.map(({ section }) => placeOf(section)),
      cells: [name],
    };
  });
}

function failures(record: RunRecord, summary: RunSummary): Sized[] {
  const failing = cellsByName(summary, (cell) => cell.failures.length > 0);
  return failing.map(([name, cells]) => {
    const failed = cells.flatMap(({ cell }) => cell.failures);
    const keys = new Set(cells.map(({ cell }) => cell.cell.key));
    const all = record.results.filter(({ cellKey, status }) => keys.has(cellKey) && status !== "skipped");
    const reasons = [...new Set(failed.map(({ reason }) => reason))];
    const more = reasons.length === 1 ? "" : ` (one of ${reasons.length} reasons)`;
    return {
      kind: "failed",
      size: failed.length / all.length,
      sentence: `${name} failed in ${ofBlocks(failed.length, all.length)} of ${
        cells.map(({ text }) => text).join(", ")
      }: ${reasons[0]}${more}`,
      places: cells.map(({ section }) => placeOf(section)),
      cells: [name],
    };
  });
}

function pressure(blocks: readonly Block[]): Sized[] {
  const measured = blocks.filter(({ status }) => status === "measured");
  const shares = measured.flatMap(({ warnings }) =>
    warnings.flatMap((warning) => warning.kind === "cpu-pressure" ? [warning.share] : [])
  );
  if (shares.length === 0 || shares.length < measured.length * DISTURBED_SHARE) return [];
  return [{
    kind: "pressure",
    size: shares.length,
    sentence: `${ofBlocks(shares.length, measured.length)} shared the CPU with waiting work, up to ${
      formatShare(Math.round(Math.max(...shares) * 100) / 100)
    } of the time: times may be too long, and small differences say nothing`,
    places: [],
    cells: [],
  }];
}

/**
 * Who is fastest in a phase. Only cells that watch are compared where the phase has watches, and only those without a
 * failed block: the same ones that the tables rank.
 */
function ranking(
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

function hasFloors(phases: readonly PlacedPhase[]): boolean {
  return phases.some(({ cells }) => cells.some(({ phase }) => phase.unwatched));
}

function overview(
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

/** Few emissions look like economy; rows that were outdated all along say what they are. */
function starved({ place, text, cells }: PlacedPhase): Sized[] {
  return cells.flatMap(({ cell, phase }): Sized[] => {
    const [needed, delivered, outdated, wall] = [
      "emissions_needed",
      "emissions_delivered",
      "outdated_max_ns",
      "wall_ns",
    ].map((id) => phase.metrics.get(id));
    if (needed === undefined || delivered === undefined || outdated === undefined || wall === undefined) {
      return [];
    }
    const isStarved = largest(delivered) < STARVED_SHARE * smallest(needed) &&
      smallest(outdated) >= FRAME_NS && smallest(outdated) >= STARVED_SHARE * largest(wall);
    if (!isStarved) return [];
    return [{
      kind: "starved",
      size: outdated.estimate.value,
      sentence: `${text}: ${cell.name} starves its watchers: outdated rows for ${
        quantity(outdated, "ns")
      } of a burst of ${formatMiddle(wall.estimate, "ns")}, with ${
        formatCount(delivered.estimate.value)
      } of ${formatCount(needed.estimate.value)} updates (${blocksOfValue(outdated)})`,
      places: [place],
      cells: [cell.name],
      evidence: valueEvidence("outdated_max_ns", outdated),
    }];
  });
}

function storms({ place, text, cells }: PlacedPhase): Sized[] {
  return cells.flatMap(({ cell, phase }): Sized[] => {
    const needed = phase.metrics.get("emissions_needed");
    const delivered = phase.metrics.get("emissions_delivered");
    if (needed === undefined || delivered === undefined) return [];
    // In every block: what happened once may be chance.
    const isStorm = smallest(delivered) >= STORM_FACTOR * largest(needed) &&
      smallest(delivered) >= largest(needed) + STORM_EXCESS;
    if (!isStorm) return [];
    return [{
      kind: "storm",
      size: delivered.estimate.value / Math.max(1, needed.estimate.value),
      sentence: `${text}: ${cell.name} delivers ${quantity(delivered, "count")} updates where ${
        formatCount(needed.estimate.value)
      } are needed (${blocksOfValue(delivered)})`,
      places: [place],
      cells: [cell.name],
      evidence: valueEvidence("emissions_delivered", delivered),
    }];
  });
}

function blocked({ place, text, cells }: PlacedPhase): Sized[] {
  return cells.flatMap(({ cell, phase }): Sized[] => {
    const delay = phase.metrics.get("loop_delay_max_ns");
    if (delay === undefined || smallest(delay) < FRAME_NS) return [];
    return [{
      kind: "blocked",
      size: delay.estimate.value,
      sentence: `${text}: ${cell.name} ${
        phase.unwatched ? "(unwatched, as a lower bound) " : ""
      }blocks the caller's event loop for ${quantity(delay, "ns")} at its longest, a frame being ${
        formatQuantity(FRAME_NS, "ns")
      } (${blocksOfValue(delay)})`,
      places: [place],
      cells: [cell.name],
      evidence: valueEvidence("loop_delay_max_ns", delay),
    }];
  });
}

function unmeasured(summary: RunSummary): Sized[] {
  const meant = cellsByName(summary, ({ status }) => status === "skipped" || status === "missing");
  return meant.flatMap(([name, cells]) =>
    [...Map.groupBy(cells, ({ cell }) => cell.skipReason ?? "")].map(([reason, group]): Sized => ({
      kind: "unmeasured",
      size: group.length,
      sentence: `${name} was ${group[0]!.cell.status === "skipped" ? "skipped" : "not run"} in ${
        group.map(({ text }) => text).join(", ")
      }${reason === "" ? "" : `: ${reason}`}`,
      places: group.map(({ section }) => placeOf(section)),
      cells: [name],
    }))
  );
}

/** A median with both ends of its interval, where they differ. */
function quantity({ estimate }: ValueSummary, unit: Unit): string {
  const { lower, upper } = estimate.interval;
  const text = formatMiddle(estimate, unit);
  return lower === upper ? text : `${text} (${formatEnds(estimate, unit)})`;
}

function ratioEvidence(
  metric: string,
  { ratio, interval, firstCount, secondCount }: TwoSampleComparison,
): ConclusionEvidence {
  return { metric, as: "ratio", value: ratio, interval, blockCounts: [firstCount, secondCount] };
}

function valueEvidence(metric: string, { estimate }: ValueSummary): ConclusionEvidence {
  const { value, interval, sampleCount }: Estimate = estimate;
  return { metric, as: "value", value, interval, blockCounts: [sampleCount] };
}

function blocksOf({ firstCount, secondCount, interval }: TwoSampleComparison): string {
  return blocksText([firstCount, secondCount], interval.confidence);
}

function blocksOfValue({ estimate: { sampleCount, interval } }: ValueSummary): string {
  return blocksText([sampleCount], interval.confidence);
}

/** Names, the first three of them. */
function named(names: readonly string[]): string {
  const more = names.length - 3;
  return `${names.slice(0, 3).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** How much a sentence rests on. */
function blocksText(counts: readonly number[], confidence: number): string {
  const isAlike = new Set(counts).size === 1;
  const each = counts.length > 1 && isAlike ? " each" : "";
  if (isAlike && counts[0] === 1) return `one repetition${each}, no interval`;
  const blocks = isAlike ? `${counts[0]} repetitions${each}` : `${counts.join(" and ")} repetitions`;
  return `${blocks}, ${formatShare(confidence)} confidence`;
}

/** `2 of 3 repetitions`, `1 of 1 repetition`. */
function ofBlocks(some: number, all: number): string {
  return `${some} of ${repetitions(all)}`;
}

function smallest({ values }: ValueSummary): number {
  return Math.min(...values);
}

function largest({ values }: ValueSummary): number {
  return Math.max(...values);
}
