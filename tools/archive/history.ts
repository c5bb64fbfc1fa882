/** `archive history`: numbers over the runs of an archive, where they changed their level, and where runs are missing. */
import type { DuckDBConnection } from "@duckdb/node-api";
import { markdownTable } from "markdown-table";
import { METRICS } from "../../lib/metrics/mod.ts";
import { didYouMean, type Unit, UsageError } from "../../lib/model/mod.ts";
import { formatCount, formatQuantity, formatRatio } from "../../lib/report/format.ts";
import { safeText } from "../../lib/report/safe_text.ts";
import { LEADING_METRICS, readSeries, type Series, type SeriesChoice } from "./series.ts";

/** What is asked. */
export interface HistoryQuestion extends SeriesChoice {
  /** So many runs of a series are shown. */
  readonly last: number;
}

/**
 * The history as text. Without a metric, those that workloads are ranked by. Throws a UsageError for a name that no run of the
 * archive has.
 */
export async function historyText(connection: DuckDBConnection, question: HistoryQuestion): Promise<string> {
  const series = await chosenSeries(connection, question);
  return series.map((one) => seriesText(one, question.last)).join("\n\n");
}

/** The same for programs: series with their changes and gaps. */
export async function historyJson(connection: DuckDBConnection, question: HistoryQuestion): Promise<string> {
  return JSON.stringify({ series: await chosenSeries(connection, question) });
}

async function chosenSeries(connection: DuckDBConnection, question: HistoryQuestion): Promise<Series[]> {
  const metrics = question.metrics.length === 0 ? LEADING_METRICS : question.metrics;
  const series = await readSeries(connection, { ...question, metrics });
  if (series.length === 0) await refuse(connection, question);
  return series;
}

/** Says which name is the one that no run has. */
async function refuse(connection: DuckDBConnection, question: HistoryQuestion): Promise<never> {
  const names = async (column: string): Promise<string[]> =>
    (await connection.runAndReadAll(`SELECT DISTINCT ${column} FROM medians ORDER BY 1`)).getRows().map((
      [name],
    ) => String(name));
  const asked: readonly (readonly [string, string, readonly string[]])[] = [
    ["workload", "workload", question.workloads],
    ["adapter", "adapter", question.adapters],
    ["metric", "metric", question.metrics],
    ["scale", "scale", question.scales],
  ];
  for (const [what, column, values] of asked) {
    const known = values.length === 0 ? [] : await names(column);
    const stranger = values.find((value) => !known.includes(value));
    if (stranger === undefined) continue;
    throw new UsageError(
      `Cannot find ${what} "${safeText(stranger, 60)}" in the archive${didYouMean(stranger, known)}: it has ${
        known.slice(0, 12).join(", ") || "none"
      }`,
    );
  }
  throw new UsageError("Cannot tell a history as one run must have all that was asked: none has");
}

function seriesText({ key, values, timesMs, changes, gaps }: Series, last: number): string {
  const unit: Unit = METRICS.find(({ id }) => id === key.metric)?.unit ?? "count";
  const quantity = (value: number): string => formatQuantity(value, unit);
  const place = [
    `${key.workload}@${key.workload_version}`,
    key.scale,
    optionText(key.adapter, key.options),
    key.phase,
    key.operation,
  ]
    .filter((part) => part !== "").join(" · ");
  const parameters = key.parameters === "{}" ? "" : ` ${key.parameters}`;
  const lines = [
    `${safeText(place + parameters, 300)} · ${key.metric}, machine ${String(key.machine_id).slice(0, 8)}: ${
      formatCount(values.length)
    } runs, ${day(timesMs[0]!)} to ${day(timesMs.at(-1)!)}`,
    ...changes.slice(-last).map(({ at, from, to, ratio }) =>
      `  ${moment(timesMs[at]!)}  ${quantity(from)} → ${quantity(to)} (${formatRatio(ratio)})`
    ),
    ...(changes.length > last
      ? [`  and ${formatCount(changes.length - last)} changes before: --last shows more`]
      : []),
    ...(changes.length === 0 ? ["  no change of level"] : []),
    ...gaps.slice(-last).map(({ before, after, ms }) =>
      `  gap of ${(ms / 86_400_000).toFixed(1)} days: no run from ${day(timesMs[before]!)} to ${
        day(timesMs[after]!)
      }`
    ),
  ];
  const from = Math.max(0, values.length - last);
  const table = markdownTable([
    ["run of", String(key.metric)],
    ...values.slice(from).map((value, index) => [moment(timesMs[from + index]!), quantity(value)]),
  ], { align: ["l", "r"] });
  return `${lines.join("\n")}\n\n${table}`;
}

function optionText(adapter: string | number, options: string | number): string {
  const values = Object.entries(JSON.parse(String(options)) as Record<string, string>);
  return values.length === 0
    ? String(adapter)
    : `${adapter} ${values.map(([name, value]) => `${name}=${value}`).join(",")}`;
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function moment(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace("T", " ");
}
