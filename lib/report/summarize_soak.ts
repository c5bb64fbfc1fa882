/**
 * What changed while blocks went on for a while. In: a record. Out: per block, phase and metric the values window by
 * window, the first quarter of the windows against the last, and the trend. Pure.
 */
import type { Cell, MeasuredBlock, Metric, RunRecord, SoakWindow, Unit } from "../model/mod.ts";
import { estimateTrend, median, sortSamples, type Trend } from "../stats/mod.ts";
import type { CellSummary, RunSummary, WorkloadSection } from "./summarize_run.ts";

/** One number over time. */
export interface SoakSeries {
  /** Name of the phase; empty for memory, which is the block's. */
  readonly phase: string;
  /** Id of the metric; `memory_bytes` for resident memory. */
  readonly id: string;
  /** Heading. */
  readonly title: string;
  /** How it is written. */
  readonly unit: Unit;
  /** In order; `atMs` is the end of the window. */
  readonly points: readonly { readonly atMs: number; readonly value: number }[];
  /** Median over the windows of the first quarter and of the last. */
  readonly quarters: readonly [first: number, last: number];
  /** Per minute; absent for too few windows. */
  readonly perMinute?: Trend;
  /** It is beyond doubt more, or less, at the end than at the beginning, and by a tenth at least. */
  readonly isDrifting: boolean;
}

/** One block. */
export interface SoakSummary {
  /** Id and version of the workload, and what was set. */
  readonly workload: string;
  /** Of the cell. */
  readonly scale: Cell["scale"];
  /** Adapter with its options. */
  readonly name: string;
  /** Counts from 0 within the cell. */
  readonly blockIndex: number;
  /** From the beginning to the end of the last window. */
  readonly durationMs: number;
  /** How often the workload was gone through. */
  readonly lapCount: number;
  /** Memory first, then by phase in the order of the metrics. */
  readonly series: readonly SoakSeries[];
}

/** A smaller change from the first quarter to the last is none that anybody would notice. */
const NOTICED_SHARE = 0.1;

/** All blocks that went on for a while, in the order of the plan. `metrics` are those that are followed. */
export function summarizeSoaks(
  record: Pick<RunRecord, "results">,
  { sections }: Pick<RunSummary, "sections">,
  metrics: readonly Pick<Metric, "id" | "title" | "unit">[],
): SoakSummary[] {
  const blocks = Map.groupBy(record.results, ({ cellKey }) => cellKey);
  return sections.flatMap((section) =>
    section.cells.filter(({ status }) => status === "verified").flatMap((cell) =>
      (blocks.get(cell.cell.key) ?? [])
        .filter((block): block is MeasuredBlock => block.status === "measured")
        .flatMap((block) => soakOf(section, cell, block, metrics))
    )
  );
}

function soakOf(
  { key, scale }: WorkloadSection,
  { name }: CellSummary,
  { soak, blockIndex }: MeasuredBlock,
  metrics: readonly Pick<Metric, "id" | "title" | "unit">[],
): SoakSummary[] {
  const last = soak?.at(-1);
  if (soak === undefined || last === undefined) return [];
  const phases = [...new Set(soak.flatMap(({ phases }) => phases.map(({ name }) => name)))];
  const memory = { phase: "", id: "memory_bytes", title: "memory", unit: "bytes" } as const;
  return [{
    workload: key,
    scale,
    name,
    blockIndex,
    durationMs: last.endMs,
    lapCount: soak.reduce((sum, { lapCount }) => sum + lapCount, 0),
    series: [
      ...seriesOf(memory, soak, ({ memoryBytes }) => memoryBytes),
      ...phases.flatMap((phase) =>
        metrics.flatMap(({ id, title, unit }) =>
          seriesOf(
            { phase, id, title, unit },
            soak,
            ({ phases }) => phases.find(({ name }) => name === phase)?.metrics[id],
          )
        )
      ),
    ],
  }];
}

function seriesOf(
  what: Pick<SoakSeries, "phase" | "id" | "title" | "unit">,
  windows: readonly SoakWindow[],
  read: (window: SoakWindow) => number | undefined,
): SoakSeries[] {
  const points = windows.flatMap((window) => {
    const value = read(window);
    return value === undefined ? [] : [{ atMs: window.endMs, value }];
  });
  const quarter = Math.floor(points.length / 4);
  if (quarter === 0) return [];
  const middle = (some: typeof points): number => median(sortSamples(some.map(({ value }) => value)));
  const quarters = [middle(points.slice(0, quarter)), middle(points.slice(-quarter))] as const;
  const perMinute = estimateTrend(points.map(({ atMs, value }) => ({ x: atMs / 60_000, y: value })));
  const isSure = perMinute !== undefined && (perMinute.interval.lower > 0 || perMinute.interval.upper < 0);
  const change = Math.abs(quarters[1] - quarters[0]);
  return [{
    ...what,
    points,
    quarters,
    ...(perMinute === undefined ? {} : { perMinute }),
    isDrifting: isSure && change > NOTICED_SHARE * Math.abs(quarters[0]),
  }];
}
