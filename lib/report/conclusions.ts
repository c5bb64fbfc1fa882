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
import type { Block, MeasuredBlock, RunRecord, Verdict } from "../model/mod.ts";
import {
  blocksText,
  type Conclusion,
  CONCLUSION_KINDS,
  type ConclusionEvidence,
  type ConclusionKind,
  type ConclusionPlace,
  largest,
  type PlacedPhase,
  quantity,
  type Sized,
  smallest,
} from "./conclusion.ts";
import { formatCount, formatMiddle, formatQuantity, formatShare } from "./format.ts";
import { measuresOf, overview, ranking } from "./phase_ranking.ts";
import type { CellSummary, RunSummary, ValueSummary, WorkloadSection } from "./summarize_run.ts";
import { repetitions, verdictWord } from "./wording.ts";

/** How many conclusions reports for people show. */
export const SHOWN_CONCLUSIONS = 3;

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
  const measures = measuresOf(summary.metricsVersion);
  const hasFloors = phases.some(({ cells }) => cells.some(({ phase }) => phase.unwatched));
  const rankings = phases.flatMap((phase) => ranking(phase, record.capabilities, measures));
  const fastest = rankings.filter(({ kind }) => kind === "fastest");
  const undecided = rankings.filter(({ kind }) => kind === "undecided");
  const isOnlyOne = rankings.length < 2;
  const byKind: Readonly<Record<ConclusionKind, readonly Sized[]>> = {
    wrong: wrongAnswers(record, summary),
    failed: failures(record, summary),
    pressure: pressure(record.results),
    overview: isOnlyOne ? rankings : [overview(fastest, undecided, hasFloors, measures)],
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

function valueEvidence(metric: string, { estimate }: ValueSummary): ConclusionEvidence {
  const { value, interval, sampleCount } = estimate;
  return { metric, as: "value", value, interval, blockCounts: [sampleCount] };
}

function blocksOfValue({ estimate: { sampleCount, interval } }: ValueSummary): string {
  return blocksText([sampleCount], interval.confidence);
}

/** `2 of 3 repetitions`, `1 of 1 repetition`. */
function ofBlocks(some: number, all: number): string {
  return `${some} of ${repetitions(all)}`;
}
