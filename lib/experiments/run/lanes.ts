/** From an experiment to the cells that its rounds run. */
import { adapterById } from "../../adapters/mod.ts";
import { combineCells, type SelectedCell } from "../../cli/select_cells.ts";
import { type Arm, type Cell, type Criterion, defaultOptions, type ExperimentCell } from "../../model/mod.ts";
import type { Experiment, OptionValues } from "../../model/mod.ts";
import { findWorkload } from "../../../workloads/mod.ts";
import { criteriaOf, judgedArms } from "../rules/judged_arms.ts";

/** A cell as it is measured. */
export interface MeasuredCell extends SelectedCell {
  /** The git revision whose code runs; absent for the code at hand. */
  readonly revision?: string;
  /** A configuration with other versions of its adapter's drivers, see `LaunchOrder`; absent for those at hand. */
  readonly driverConfigPath?: string;
  /** Share by which each operation is made longer; absent for real measurements. */
  readonly slowdownShare?: number;
}

/** One arm on one cell of the experiment. */
export interface Lane {
  /** The arm. */
  readonly arm: Arm;
  /** What it runs. */
  readonly place: ExperimentCell;
  /** The same as a cell of a run. */
  readonly measured: MeasuredCell;
}

/** Everything that a round of an experiment runs. */
export interface ExperimentLanes {
  /** Every arm on every cell, cells outermost. */
  readonly lanes: readonly Lane[];
  /** Cells in groups that are compared with each other, the unchanged cell in one of its own. */
  readonly groups: readonly (readonly MeasuredCell[])[];
  /** The unchanged cell; absent when the experiment has none. */
  readonly drift?: MeasuredCell;
}

/**
 * The lanes of an experiment. The unchanged cell is left out of the groups of arms even when an arm runs the same.
 * Throws a UsageError for adapters and workloads that are not registered.
 */
export function lanesOf({ arms, cells, driftCell }: Experiment): ExperimentLanes {
  const lanes = cells.flatMap((place) =>
    arms.map((arm): Lane => ({ arm, place, measured: measuredCell(place, arm, arm.revision) }))
  );
  const drift = driftCell === undefined
    ? undefined
    : named(measuredCell(driftCell, driftCell, undefined), "drift", "yes");
  return {
    lanes,
    groups: [
      ...cells.map((place) => lanes.filter((lane) => lane.place === place).map(({ measured }) => measured)),
      ...(drift === undefined ? [] : [[drift]]),
    ],
    ...(drift === undefined ? {} : { drift }),
  };
}

/**
 * The groups of a round: cells that a relative bar compares are there as often as each side of a pair has blocks, and so
 * is the unchanged cell; where all bars are absolute or exact, one block is enough unless the experiment wants more.
 */
export function roundGroups(
  experiment: Experiment,
  { groups }: ExperimentLanes,
  blocksPerSide: number,
): MeasuredCell[][] {
  const compared = comparedPlaces(experiment);
  return groups.map((group, index) => {
    // The unchanged cell comes behind the groups of the experiment's cells.
    const place = experiment.cells[index];
    const isRepeated = experiment.rounds.repeatsAll === true || place === undefined || compared.has(place);
    return isRepeated ? repeated(group, blocksPerSide) : [...group];
  });
}

/** The cells of an experiment whose arms are compared by ratios. */
export function comparedPlaces(experiment: Experiment): Set<ExperimentCell> {
  return new Set(
    comparedCriteria(experiment).flatMap(([{ place: { workload, scale } }]) =>
      experiment.cells.find((cell) =>
        cell.workload === workload && (scale === undefined || cell.scale === scale)
      ) ?? []
    ),
  );
}

/** Criteria that need statistics, each with every arm that it holds against the control. */
export function comparedCriteria(experiment: Experiment): (readonly [Criterion, string])[] {
  return criteriaOf(experiment)
    .filter(({ bar, deterministic }) => bar.kind !== "absolute" && deterministic !== true)
    .flatMap((criterion) => judgedArms(experiment, criterion).map((arm) => [criterion, arm] as const));
}

/** Every item as often as told. */
export function repeated<T>(items: readonly T[], times: number): T[] {
  return items.flatMap((item) => Array.from({ length: times }, () => item));
}

/** The cell of a workload on an adapter with options, those not named at their default. */
export function measuredCell(
  { workload, scale }: ExperimentCell,
  { adapter: id, options = {} }: { readonly adapter: string; readonly options?: OptionValues },
  revision?: string,
): MeasuredCell {
  const adapter = adapterById(id);
  const [selected] = combineCells(
    [{ workload: findWorkload(workload) }],
    [{ adapter, options: { ...defaultOptions(adapter), ...options } }],
    [scale],
  );
  return revision === undefined ? selected! : { ...named(selected!, "revision", revision), revision };
}

/** The same cell under another key: `[name=value]` joins the options, where reports show it. */
export function named(measured: MeasuredCell, name: string, value: string): MeasuredCell {
  return { ...measured, cell: { ...measured.cell, key: markedKey(measured.cell, name, value) } };
}

function markedKey({ key, scale }: Cell, name: string, value: string): string {
  const end = `/${scale}`;
  const body = key.slice(0, -end.length);
  const marked = body.endsWith("]") ? `${body.slice(0, -1)},${name}=${value}]` : `${body}[${name}=${value}]`;
  return marked + end;
}
