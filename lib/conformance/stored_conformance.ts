/**
 * Conformance as it is stored: what every adapter kept, by kind of scenario, and what it did not, with the reason.
 *
 * A kind is the first part of a scenario's key. `deno task conformance --out` writes the JSON and the page beside it.
 */
import { z } from "zod";
import { messageOf } from "../model/errors.ts";
import { RUNTIME_IDS } from "../model/runtime.ts";
import type { ConformanceReport } from "./spawn_conformance.ts";

const SCHEMA_VERSION = 1;

const stored = z.strictObject({
  schemaVersion: z.literal(SCHEMA_VERSION),
  /** When the suite ended, ISO 8601. */
  endedAt: z.string(),
  /** What was tried, and where. */
  environment: z.strictObject({
    commit: z.string().optional(),
    isDirty: z.boolean().optional(),
    deno: z.string(),
    os: z.string(),
    cpuModel: z.string(),
  }),
  adapters: z.array(z.strictObject({
    adapter: z.string(),
    /** Chosen value of each option. */
    options: z.record(z.string(), z.string()),
    /** Absent for Deno. */
    runtime: z.enum(RUNTIME_IDS).optional(),
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

/** One adapter of it. */
export type StoredAdapter = StoredConformance["adapters"][number];

/** A report, and the drivers that it was made with. */
export interface DrivenReport extends ConformanceReport {
  readonly drivers: Readonly<Record<string, string>>;
}

/** Puts reports together for the disk. */
export function storeConformance(
  reports: readonly DrivenReport[],
  environment: StoredConformance["environment"],
  endedAt: Date,
): StoredConformance {
  return {
    schemaVersion: SCHEMA_VERSION,
    endedAt: endedAt.toISOString(),
    environment,
    adapters: reports.map(({ adapter, options, runtime, drivers, unavailable, results }) => ({
      adapter,
      options: { ...options },
      ...(runtime === undefined ? {} : { runtime }),
      drivers: { ...drivers },
      ...(unavailable === undefined ? {} : { unavailable }),
      results: results.map(({ key, verdict, reason }) => ({ key, verdict, reason })),
    })),
  };
}

/** Reads what {@link storeConformance} made. Throws a SyntaxError that names the first fault. */
export function parseConformance(text: string, file: string): StoredConformance {
  try {
    return stored.parse(JSON.parse(text));
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

/** The kind of a scenario: the first part of its key. */
export function kindOf(key: string): string {
  return key.slice(0, key.indexOf("/"));
}
