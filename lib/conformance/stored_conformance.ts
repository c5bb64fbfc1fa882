/**
 * Conformance as it is stored: what every adapter kept in every runtime, by kind of scenario, and what it did not, with the
 * reason.
 *
 * A kind is the first part of a scenario's key. `deno task conformance --out` adds what it tried to what is there, and
 * writes the JSON and the page beside it.
 */
import { z } from "zod";
import { messageOf } from "../model/errors.ts";
import { DEFAULT_RUNTIME, RUNTIME_IDS, type RuntimeId } from "../model/runtime.ts";
import type { ConformanceReport } from "./spawn_conformance.ts";

const SCHEMA_VERSION = 2;

const stored = z.strictObject({
  schemaVersion: z.literal(SCHEMA_VERSION),
  /** Invocations of the suite that results are from, in the order in which they ended. */
  runs: z.array(z.strictObject({
    /** When it ended, ISO 8601. */
    endedAt: z.string(),
    /** What was tried, and where. */
    environment: z.strictObject({
      commit: z.string().optional(),
      isDirty: z.boolean().optional(),
      deno: z.string(),
      /** Versions of runtimes besides Deno. */
      runtimes: z.partialRecord(z.enum(RUNTIME_IDS), z.string()).optional(),
      os: z.string(),
      cpuModel: z.string(),
    }),
  })),
  adapters: z.array(z.strictObject({
    adapter: z.string(),
    /** Chosen value of each option. */
    options: z.record(z.string(), z.string()),
    /** Absent for Deno. */
    runtime: z.enum(RUNTIME_IDS).optional(),
    /** Index of the run that tried it. */
    run: z.number().int().nonnegative(),
    /** npm packages and versions. */
    drivers: z.record(z.string(), z.string()),
    /** Why the driver could not be used; there are no results then. */
    unavailable: z.string().optional(),
    results: z.array(z.strictObject({
      key: z.string(),
      verdict: z.enum(["passed", "failed", "skipped", "known-gap", "closed-gap", "stale-gap"]),
      /** Empty for what passed. */
      reason: z.string(),
    })),
  })),
});

/** See the schema: what `results/conformance.json` holds. */
export type StoredConformance = z.infer<typeof stored>;

/** One adapter of it, in one runtime. */
export type StoredAdapter = StoredConformance["adapters"][number];

/** One run of it. */
export type StoredConformanceRun = StoredConformance["runs"][number];

/** A report, and the drivers that it was made with. */
export interface DrivenReport extends ConformanceReport {
  readonly drivers: Readonly<Record<string, string>>;
}

/** Puts the reports of one run together for the disk. */
export function storeConformance(
  reports: readonly DrivenReport[],
  environment: StoredConformanceRun["environment"],
  endedAt: Date,
): StoredConformance {
  return {
    schemaVersion: SCHEMA_VERSION,
    runs: [{ endedAt: endedAt.toISOString(), environment }],
    adapters: reports.map(({ adapter, options, runtime, drivers, unavailable, results }) => ({
      adapter,
      options: { ...options },
      ...(runtime === undefined ? {} : { runtime }),
      run: 0,
      drivers: { ...drivers },
      ...(unavailable === undefined ? {} : { unavailable }),
      results: results.map(({ key, verdict, reason }) => ({ key, verdict, reason })),
    })),
  };
}

/**
 * Adds the table of a new run to what was stored. A row takes the place of the one with the same adapter, options and runtime,
 * and of those of this adapter and runtime whose options are no longer the adapter's; where the adapter could not be tried now,
 * what it did before stays. `isWhole`: everything was tried in the runtimes of the new table, so that no other row of
 * theirs stays.
 */
export function mergeConformance(
  before: StoredConformance | undefined,
  fresh: StoredConformance,
  isWhole: boolean,
): StoredConformance {
  if (before === undefined) return fresh;
  const old = new Map(before.adapters.map((row) => [rowKey(row), row]));
  const next = new Map(fresh.adapters.map((row) => {
    const known = old.get(rowKey(row));
    const isKept = row.unavailable !== undefined && known !== undefined && known.unavailable === undefined;
    return [rowKey(row), isKept ? known : { ...row, run: row.run + before.runs.length }];
  }));
  const tried = new Map(
    fresh.adapters.map((row) => [`${row.adapter} ${runtimeOfRow(row)}`, optionNames(row)]),
  );
  const runtimes = new Set(fresh.adapters.map(runtimeOfRow));
  const kept = before.adapters.flatMap((row) => {
    const key = rowKey(row);
    if (isWhole && runtimes.has(runtimeOfRow(row))) return [];
    const replacing = next.get(key);
    if (replacing !== undefined) {
      next.delete(key);
      return [replacing];
    }
    const names = tried.get(`${row.adapter} ${runtimeOfRow(row)}`);
    return names === undefined || names === optionNames(row) ? [row] : [];
  });
  return withoutUnusedRuns([...before.runs, ...fresh.runs], [...kept, ...next.values()]);
}

function withoutUnusedRuns(
  runs: readonly StoredConformanceRun[],
  adapters: readonly StoredAdapter[],
): StoredConformance {
  const used = runs.map((_, index) => index).filter((index) => adapters.some(({ run }) => run === index));
  return {
    schemaVersion: SCHEMA_VERSION,
    runs: used.map((index) => runs[index]!),
    adapters: adapters.map((row) => ({ ...row, run: used.indexOf(row.run) }))
      .toSorted((a, b) => RUNTIME_IDS.indexOf(runtimeOfRow(a)) - RUNTIME_IDS.indexOf(runtimeOfRow(b))),
  };
}

/** Where a row was tried. */
export function runtimeOfRow({ runtime = DEFAULT_RUNTIME }: Pick<StoredAdapter, "runtime">): RuntimeId {
  return runtime;
}

function rowKey(row: StoredAdapter): string {
  const options = Object.entries(row.options).toSorted(([a], [b]) => a < b ? -1 : 1);
  return JSON.stringify([row.adapter, runtimeOfRow(row), options]);
}

function optionNames({ options }: StoredAdapter): string {
  return Object.keys(options).toSorted().join();
}

/** Reads what {@link storeConformance} made, and what it made before there were several runs. Throws a SyntaxError that names the first fault. */
export function parseConformance(text: string, file: string): StoredConformance {
  try {
    return stored.parse(brought(JSON.parse(text)));
  } catch (error) {
    const issue = error instanceof z.ZodError ? error.issues[0] : undefined;
    const what = issue === undefined
      ? messageOf(error)
      : `${issue.path.map(String).join(".")}: ${issue.message}`;
    throw new SyntaxError(`Cannot read "${file}" as it must hold a conformance table: ${what}`, {
      cause: error,
    });
  }
}

/** Version 1 was one run. */
function brought(table: unknown): unknown {
  const { schemaVersion, endedAt, environment, adapters, ...others } = table as Record<string, unknown>;
  if (schemaVersion !== 1 || !Array.isArray(adapters)) return table;
  return {
    ...others,
    schemaVersion: SCHEMA_VERSION,
    runs: [{ endedAt, environment }],
    adapters: adapters.map((row: unknown) => ({ ...row as object, run: 0 })),
  };
}

/** The kind of a scenario: the first part of its key. */
export function kindOf(key: string): string {
  return key.slice(0, key.indexOf("/"));
}
