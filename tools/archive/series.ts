/**
 * Series of the archive: one number of one cell over all runs of a kind of machine, where it changed its level, and where it
 * has gaps.
 */
import type { DuckDBConnection } from "@duckdb/node-api";
import { DuckDBListValue } from "@duckdb/node-api";
import { levelChanges, median, sortSamples } from "../../lib/stats/mod.ts";
import { quoted } from "./parquet_sql.ts";

/** Numbers whose level is looked at where none is named: what workloads are ranked by. */
export const LEADING_METRICS: readonly string[] = ["done_ns", "shown_p50_ns", "wall_ns"];

/** What tells series apart, as columns of `medians`. */
const KEYS = [
  "workload",
  "workload_version",
  "adapter",
  "options",
  "scale",
  "parameters",
  "phase",
  "operation",
  "metric",
  "machine_id",
  "metrics_version",
] as const;

/** See {@link KEYS}. */
export type SeriesKey = Readonly<Record<typeof KEYS[number], string | number>>;

/** A gap: so long no run had the number, although runs came more often before. */
export interface SeriesGap {
  /** Positions of the runs around it. */
  readonly before: number;
  readonly after: number;
  readonly ms: number;
}

/** A change of level in a series. */
export interface SeriesChange {
  /** Position of the first run of the new level. */
  readonly at: number;
  /** Medians of the levels. */
  readonly from: number;
  readonly to: number;
  readonly ratio: number;
  readonly pValue: number;
}

/** One number over runs. */
export interface Series {
  readonly key: SeriesKey;
  /** Oldest first, milliseconds since 1970. */
  readonly timesMs: readonly number[];
  readonly values: readonly number[];
  readonly changes: readonly SeriesChange[];
  readonly gaps: readonly SeriesGap[];
}

/** Which series are meant; an empty list means all. */
export interface SeriesChoice {
  readonly workloads: readonly string[];
  readonly adapters: readonly string[];
  readonly metrics: readonly string[];
  readonly scales: readonly string[];
  /** Beginning of a machine's id; absent for all. */
  readonly machine?: string | undefined;
}

/** A condition on `medians` for what was chosen. */
function whereSql({ workloads, adapters, metrics, scales, machine }: SeriesChoice): string {
  const among = (column: string, values: readonly string[]): string[] =>
    values.length === 0 ? [] : [`${column} IN (${values.map(quoted).join(", ")})`];
  return [
    "value > 0",
    ...among("workload", workloads),
    ...among("adapter", adapters),
    ...among("metric", metrics),
    ...among("scale", scales),
    ...(machine === undefined ? [] : [`starts_with(machine_id, ${quoted(machine)})`]),
  ].join(" AND ");
}

/** Reads series, by their names. */
export async function readSeries(connection: DuckDBConnection, choice: SeriesChoice): Promise<Series[]> {
  const keys = KEYS.map((key) => `"${key}"`).join(", ");
  const reader = await connection.runAndReadAll(
    `SELECT ${keys}, list(value ORDER BY started_at, value) AS v,
       list(epoch_ms(started_at)::DOUBLE ORDER BY started_at) AS t
     FROM medians WHERE ${whereSql(choice)} GROUP BY ${keys} ORDER BY ${keys}`,
  );
  return reader.getRows().map((row) => {
    const key = Object.fromEntries(
      KEYS.map((name, index) => [name, row[index] as string | number]),
    ) as SeriesKey;
    const [values, timesMs] = row.slice(KEYS.length).map((list) =>
      (list as DuckDBListValue).items as readonly number[]
    ) as [readonly number[], readonly number[]];
    return { key, values, timesMs, changes: changesOf(values), gaps: gapsOf(timesMs) };
  });
}

function changesOf(values: readonly number[]): SeriesChange[] {
  const found = levelChanges(values);
  return found.map(({ at, ratio, pValue }, index) => {
    const level = (start: number, end: number): number => median(sortSamples(values.slice(start, end)));
    return {
      at,
      from: level(found[index - 1]?.at ?? 0, at),
      to: level(at, found[index + 1]?.at ?? values.length),
      ratio,
      pValue,
    };
  });
}

/** A gap is longer than so many usual distances between runs ... */
const GAP_FACTOR = 8;
/** ... and longer than this, so that a pause over lunch is none. */
const LEAST_GAP_MS = 24 * 3_600_000;

/** Stretches without runs. In: times, in order. The usual distance is the median one. */
export function gapsOf(timesMs: readonly number[]): SeriesGap[] {
  if (timesMs.length < 3) return [];
  const distances = timesMs.slice(1).map((time, index) => time - timesMs[index]!);
  const least = Math.max(LEAST_GAP_MS, GAP_FACTOR * median(sortSamples(distances)));
  return distances.flatMap((ms, before) => ms > least ? [{ before, after: before + 1, ms }] : []);
}

/** Makes the table `changes` on a connection: all changes of level of the leading numbers, one row each. */
export async function addChanges(connection: DuckDBConnection): Promise<void> {
  const series = await readSeries(connection, {
    workloads: [],
    adapters: [],
    metrics: LEADING_METRICS,
    scales: [],
  });
  await connection.run(
    `CREATE TABLE changes (workload VARCHAR, workload_version INTEGER, adapter VARCHAR, options VARCHAR, scale VARCHAR,
       parameters VARCHAR, phase VARCHAR, operation VARCHAR, metric VARCHAR, machine_id VARCHAR, metrics_version INTEGER,
       started_at TIMESTAMP, "from" DOUBLE, "to" DOUBLE, ratio DOUBLE, p_value DOUBLE, run_count BIGINT, gap_days DOUBLE)`,
  );
  const rows = series.flatMap(({ key, values, timesMs, changes, gaps }) =>
    changes.map(({ at, from, to, ratio, pValue }) => {
      const gap = gaps.find(({ after }) => after === at);
      const cells = [
        ...KEYS.map((name) => typeof key[name] === "number" ? String(key[name]) : quoted(String(key[name]))),
        `epoch_ms(${timesMs[at]}::BIGINT)`,
        ...[from, to, ratio, pValue, values.length].map(String),
        gap === undefined ? "NULL" : String(gap.ms / 86_400_000),
      ];
      return `(${cells.join(", ")})`;
    })
  );
  for (let start = 0; start < rows.length; start += ROWS_PER_INSERT) {
    await connection.run(
      `INSERT INTO changes VALUES ${rows.slice(start, start + ROWS_PER_INSERT).join(", ")}`,
    );
  }
}

const ROWS_PER_INSERT = 500;
