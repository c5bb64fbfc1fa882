/**
 * How costs grow with a size that a run swept. In: the summary of a run. Out: per workload, phase and swept parameter
 * the values of every cell at every size, and the power law through them. Pure.
 */
import { type AdapterClass, type Cell, type Metric, parameterText } from "../model/mod.ts";
import { fitPowerLaw, type PowerLawFit, seededIndex } from "../stats/mod.ts";
import type { CellSummary, RunSummary, ValueSummary, WorkloadSection } from "./summarize_run.ts";

/** What has to be known of a metric to find its values. */
export type SweepableMetric = Pick<Metric, "id" | "scope">;

/** One metric of one cell over all sizes. */
export interface SweptMetric {
  /** As many as there are sizes; absent where a cell was not verified or has no value. */
  readonly values: readonly (ValueSummary | undefined)[];
  /** The power law, or why there is none. */
  readonly fit: PowerLawFit;
}

/** One adapter with its options over all sizes. */
export interface SweptCell {
  /** As tables name it. */
  readonly name: string;
  /** What it may be compared with. */
  readonly cellClass: AdapterClass;
  /** By metric id; metrics without a value at any size are left out. */
  readonly metrics: ReadonlyMap<string, SweptMetric>;
}

/** One phase of a workload over the sizes of one parameter. */
export interface SweepSummary {
  /** Id and version, and what else was set: `scaling@1`, `scaling@1 pacing=4`. */
  readonly workload: string;
  /** Of all cells. */
  readonly scale: Cell["scale"];
  /** Name of the parameter. */
  readonly parameter: string;
  /** What there is more of. */
  readonly meaning: string;
  /** The phase, with its title. */
  readonly phase: { readonly name: string; readonly title: string };
  /** Values of the parameter, ascending. */
  readonly sizes: readonly number[];
  /** In the order of the plan; those without a value at any size are left out. */
  readonly cells: readonly SweptCell[];
}

/** A section, and the value that a parameter has in it. */
interface SweptSection {
  readonly parameter: string;
  readonly size: number;
  readonly workload: string;
  readonly section: WorkloadSection;
}

/** Draws of every fit are the same each time a report is made. */
const SEED = 1;

/** All sweeps of a run, in the order of the plan; none where no cell sets a size. `metrics` are those to look at. */
export function summarizeSweeps(
  { sections }: Pick<RunSummary, "sections">,
  metrics: readonly SweepableMetric[],
): SweepSummary[] {
  const swept = Map.groupBy(
    sections.flatMap(sweptSections),
    ({ parameter, workload, section: { scale } }) => JSON.stringify([workload, scale, parameter]),
  );
  return [...swept.values()].flatMap((points) => {
    const [{ parameter, workload, section }] = points as [SweptSection];
    const ascending = points.toSorted((a, b) => a.size - b.size);
    return section.phases.map((phase): SweepSummary => ({
      workload,
      scale: section.scale,
      parameter,
      meaning: section.workload?.sweeps?.[parameter] ?? "",
      phase,
      sizes: ascending.map(({ size }) => size),
      cells: sweptCells(ascending, phase.name, metrics),
    }));
  });
}

function sweptSections(section: WorkloadSection): SweptSection[] {
  const { parameters = {}, workload: id, workloadVersion: version } = section.cells[0]!.cell;
  return Object.keys(section.workload?.sweeps ?? {}).flatMap((parameter) => {
    if (!Object.hasOwn(parameters, parameter)) return [];
    const { [parameter]: value, ...others } = parameters;
    const workload = `${id}@${version} ${parameterText(others)}`.trimEnd();
    return [{ parameter, size: Number(value), workload, section }];
  });
}

function sweptCells(
  points: readonly SweptSection[],
  phaseName: string,
  metrics: readonly SweepableMetric[],
): SweptCell[] {
  const names = new Set(points.flatMap(({ section }) => section.cells.map(({ name }) => name)));
  return [...names].flatMap((name) => {
    const own = points.map(({ section }) => section.cells.find((cell) => cell.name === name));
    const [first] = own.filter((cell) => cell !== undefined);
    const isFloor = own.some((cell) => phaseOf(cell, phaseName)?.unwatched === true);
    const swept = new Map(metrics.flatMap((metric) => {
      const values = own.map((cell) => valueOf(cell, phaseName, metric));
      if (values.every((value) => value === undefined)) return [];
      const sizes = points.map(({ size }, index) => ({ size, values: values[index]?.values ?? [] }));
      return [[metric.id, { values, fit: fitPowerLaw(sizes, seededIndex(SEED)) }] as const];
    }));
    if (swept.size === 0) return [];
    return [{ name, cellClass: isFloor ? "floor" : first!.cellClass, metrics: swept }];
  });
}

function valueOf(
  cell: CellSummary | undefined,
  phase: string,
  { id, scope }: SweepableMetric,
): ValueSummary | undefined {
  return scope === "block" ? cell?.metrics.get(id) : phaseOf(cell, phase)?.metrics.get(id);
}

function phaseOf(cell: CellSummary | undefined, name: string): CellSummary["phases"][number] | undefined {
  return cell?.phases.find((phase) => phase.name === name);
}
