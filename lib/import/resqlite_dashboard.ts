/**
 * The data of resqlite's own pages: `history.json` with many runs, `devices.json` with one run per device. One file gives
 * many results.
 */
import { z } from "zod";
import { parseCell } from "./cell_number.ts";
import type { ImportedResults, ImportedValue } from "./imported_results.ts";
import { sidecarValues } from "./resqlite_sidecar.ts";
import { columnUnit } from "./parse_resqlite.ts";
import { machineOf } from "./resqlite_sidecar.ts";

/** What one entry of such a file holds, without the file that it is from. */
export type DashboardResults = Omit<ImportedResults, "schemaVersion" | "kind" | "source" | "file">;

const historySchema = z.object({
  runs: z.array(z.object({
    id: z.string(),
    label: z.string().optional(),
    date: z.string().optional(),
    timestamp: z.string().optional(),
    environment: z.record(z.string(), z.unknown()).optional(),
    metrics: z.record(z.string(), z.number().nullable()),
    noisy: z.boolean().optional(),
    noisyReason: z.string().optional(),
  })),
});

const deviceSchema = z.object({
  name: z.string(),
  cpu: z.string().optional(),
  os: z.string().optional(),
  dart: z.string().optional(),
  date: z.string().optional(),
  by: z.string().optional(),
  benchmarks: z.array(z.object({
    key: z.string(),
    title: z.string(),
    subtitle: z.string().nullish(),
    entries: z.array(z.object({ library: z.string(), values: z.array(z.number().nullable()) })),
  })),
});

const devicesSchema = z.object({ devices: z.array(deviceSchema) });

/** Reads `history.json`, `devices.json`, or the file of one device; `undefined` when the text is none of them. */
export function parseDashboard(text: string): DashboardResults[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  const history = historySchema.safeParse(value);
  if (history.success) return history.data.runs.map(historyResults);
  const devices = devicesSchema.safeParse(value);
  if (devices.success) return devices.data.devices.map(deviceResults);
  const device = deviceSchema.safeParse(value);
  return device.success ? [deviceResults(device.data)] : undefined;
}

function historyResults(run: z.infer<typeof historySchema>["runs"][number]): DashboardResults {
  const { id, label = id, date = "", timestamp = date, environment, metrics, noisy, noisyReason } = run;
  const machine = machineOf(environment as Parameters<typeof machineOf>[0]);
  return {
    label,
    startedAt: timestamp,
    ...(machine === "" ? {} : { machine }),
    settings: noisy === true ? [{ name: "Noisy", value: noisyReason ?? "yes" }] : [],
    values: sidecarValues({ metrics }),
    skippedSections: [],
    notUnderstood: [],
  };
}

/** Values stand by position: the columns of the tables that they were taken from. */
const LAYOUTS: readonly (readonly [section: RegExp, subsection: RegExp, columns: readonly string[]])[] = [
  [/^Scaling/, /^Maps/, ["resqlite wall", "resqlite main", "sqlite3 wall", "sqlite_async wall"]],
  [/^Scaling/, /^Bytes/, ["resqlite wall", "sqlite3+json wall", "async+json wall"]],
  [/^Concurrent Reads/, /^$/, ["resqlite wall", "resqlite/query", "async wall", "async/query"]],
  [/^Concurrent Reads/, /concurrency$/, ["Wall med (ms)", "Wall p90 (ms)", "Per-query (ms)"]],
  [/^Point Query Throughput/, /^QPS \+ MDE$/, ["QPS median"]],
  [/^Streaming \(Column Granularity\)$/, /./, ["Re-emits (total)", "Wall drain (ms)", "Re-emit ratio"]],
  [/^Memory$/, /./, ["RSS delta med (MB)", "RSS delta p90 (MB)"]],
  [/^Sync Burst/, /^Stream emissions/, ["Emissions"]],
  [/^SQLite Diagnostics$/, /./, []],
];
const TIMING: readonly string[] = ["Wall med (ms)", "Wall p90 (ms)", "Main med (ms)", "Main p90 (ms)"];
const BEHIND_TIMING: readonly (readonly [section: RegExp, columns: readonly string[]])[] = [
  [/^Keyed PK/, ["Total emits", "Observed hits"]],
  [/^High-Cardinality/, ["Init drain (ms)", "Write burst (ms)", "Emissions"]],
  [/^Feed Paging/, ["Emissions"]],
];

function deviceResults(device: z.infer<typeof deviceSchema>): DashboardResults {
  const { name, cpu, os, dart, date, by, benchmarks } = device;
  const told: (readonly [string, string | undefined])[] = [["CPU", cpu], ["OS", os], ["Dart", dart], [
    "By",
    by,
  ]];
  const skipped: string[] = [];
  const seen = new Set<string>();
  const values = benchmarks.flatMap(({ title, subtitle, entries }) => {
    const subsection = subtitle ?? "";
    const columns = /\bComparison\b|^Repeat\b/.test(title)
      ? undefined
      : columnsOf(title, subsection, entries);
    if (columns === undefined || columns.length === 0) {
      skipped.push(subsection === "" ? title : `${title} / ${subsection}`);
      return [];
    }
    return entries.flatMap((entry) => entryValues(title, subsection, columns, entry));
  }).filter(({ key, column }) => {
    const id = JSON.stringify([key, column]);
    return !seen.has(id) && seen.add(id) !== undefined;
  });
  return {
    label: name,
    startedAt: date === undefined ? "" : /^\d{4}-\d{2}-\d{2}$/.test(date) ? `${date}T00:00:00` : date,
    machine: [name, cpu].filter((part) => part !== undefined).join(", "),
    settings: told.flatMap(([one, value]) => value === undefined ? [] : [{ name: one, value }]),
    values,
    skippedSections: skipped.map((title) => ({ title, line: 1 })),
    notUnderstood: [],
  };
}

/** The columns of a table, by its section and its number of values; `undefined` where no known table has so many. */
function columnsOf(
  section: string,
  subsection: string,
  entries: readonly { readonly values: readonly unknown[] }[],
): readonly string[] | undefined {
  const layout = LAYOUTS.find(([one, two]) => one.test(section) && two.test(subsection))?.[2];
  if (layout !== undefined) return layout;
  const count = Math.max(0, ...entries.map(({ values }) => values.length));
  const behind = BEHIND_TIMING.find(([one]) => one.test(section))?.[1] ?? [];
  if (count === TIMING.length) return TIMING;
  return count === TIMING.length + behind.length ? [...TIMING, ...behind] : undefined;
}

function entryValues(
  section: string,
  subsection: string,
  columns: readonly string[],
  { library, values }: { readonly library: string; readonly values: readonly (number | null)[] },
): ImportedValue[] {
  const isCount = parseCell(library) !== undefined;
  const place = [section, subsection].filter((part) => part !== "");
  return columns.flatMap((column, index): ImportedValue[] => {
    const value = values[index];
    if (value === null || value === undefined) return [];
    const isMain = column === "Main med (ms)";
    const isReaders = isCount && column === "resqlite wall" && section.startsWith("Concurrent Reads");
    return [{
      section,
      subsection,
      label: library,
      column,
      key: [...place, isReaders ? `resqlite concurrent ${library}x` : library].join(" / ") +
        (isMain ? " [main]" : ""),
      isMetric: isReaders ||
        (library.startsWith("resqlite") && (isMain || column === "Wall med (ms)") && columns.length >= 4),
      unit: columnUnit(section, column, library),
      value,
    }];
  });
}
