/**
 * One database in several runtimes, side by side: one comparison for each phase that some adapter ran in more than one.
 * Nothing is ranked, as rows may differ in what they store where, and rankings of one runtime do not hold in another.
 */
import { type Cell, type Metric, parameterPath, RUNTIME_IDS, runtimeOf } from "../model/mod.ts";
import { NO_VALUE } from "./format.ts";
import { classOf } from "./report_table.ts";
import type { CellSummary, PhaseSummary, RunSummary } from "./summarize_run.ts";
import { classWord } from "./wording.ts";

/** What is known of a metric that is compared. */
export type ComparedMetric = Pick<Metric, "id" | "title" | "unit">;

/** One phase of one workload, of every database that has it in several runtimes. */
export interface RuntimeComparison {
  /** Workload with its version, scale, and what else is set beside it. */
  readonly place: string;
  readonly phase: string;
  /** Times that any row has, in the order of reports; the first one is what rows of one database are divided by. */
  readonly metrics: readonly ComparedMetric[];
  /** Rows of one database stand together, in the order of runtimes. */
  readonly rows: readonly RuntimeRow[];
}

/** One database in one runtime. */
export interface RuntimeRow {
  readonly cell: CellSummary;
  /** Absent where the cell has no numbers. */
  readonly phase: PhaseSummary | undefined;
  /** The first metric over that of the database's first row; absent where one of the two has none. */
  readonly ratio: number | undefined;
}

/** What to compare by these times, in the order of the sections; nothing for a run in one runtime. */
export function compareRuntimes(
  { sections }: Pick<RunSummary, "sections">,
  times: readonly ComparedMetric[],
): RuntimeComparison[] {
  const cells = sections.flatMap((section) => section.cells);
  const alike = [...Map.groupBy(cells, ({ cell }) => placeOf(cell)).entries()];
  return alike.flatMap(([place, own]) => {
    const compared = [...Map.groupBy(own, ({ name }) => name).values()].filter((all) => all.length > 1)
      .map((all) => all.toSorted((a, b) => rankOf(a) - rankOf(b)));
    const names = new Set(compared.flat().flatMap(({ phases }) => phases.map(({ name }) => name)));
    return [...names].map((name) => comparePhase(place, name, compared, times));
  });
}

/** What cells of one table have in common: all but adapter and runtime, such as `fan-out@4/standard`. */
export function placeOf({ workload, workloadVersion, scale, parameters = {} }: Cell): string {
  const { runtime: _, ...others } = parameters;
  return `${workload}@${workloadVersion}/${scale}${parameterPath(others)}`;
}

function rankOf({ cell }: CellSummary): number {
  return RUNTIME_IDS.indexOf(runtimeOf(cell));
}

function comparePhase(
  place: string,
  phaseName: string,
  databases: readonly (readonly CellSummary[])[],
  times: readonly ComparedMetric[],
): RuntimeComparison {
  const phaseOf = ({ phases }: CellSummary): PhaseSummary | undefined =>
    phases.find(({ name }) => name === phaseName);
  const metrics = times.filter(({ id }) => databases.flat().some((cell) => phaseOf(cell)?.metrics.has(id)));
  const leadOf = (phase: PhaseSummary | undefined): number | undefined =>
    metrics[0] === undefined ? undefined : phase?.metrics.get(metrics[0].id)?.estimate.value;
  return {
    place,
    phase: phaseName,
    metrics,
    rows: databases.flatMap((cells) => {
      const first = leadOf(phaseOf(cells[0]!));
      return cells.map((cell): RuntimeRow => {
        const phase = phaseOf(cell);
        const own = leadOf(phase);
        return {
          cell,
          phase,
          ratio: own === undefined || first === undefined || first === 0 ? undefined : own / first,
        };
      });
    }),
  };
}

/** Heading of what a row is of the first row of its database. */
export function ofFirst({ title }: Pick<ComparedMetric, "title">): string {
  return `${title}, of the first`;
}

/** The class of a row as people call it. */
export function runtimeClass(cell: CellSummary, phase: PhaseSummary | undefined): string {
  return classWord(classOf({ cell, phase }));
}

/** A ratio, or that there is none. */
export function ratioText(ratio: number | undefined): string {
  return ratio === undefined ? NO_VALUE : `${ratio.toPrecision(2)}x`;
}
