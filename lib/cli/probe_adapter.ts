/** Finds out whether an adapter runs here, by opening it once in a process of its own. */
import { count, defaultOptions, insert, type Table, UsageError, type Workload } from "../model/mod.ts";
import type { Adapter, Phase } from "../model/mod.ts";
import { runBlockProcess } from "./block_process.ts";

/** What came of opening an adapter. */
export type Probe =
  | { readonly isAvailable: true; readonly openNs: number }
  | { readonly isAvailable: false; readonly reason: string };

const TIMEOUT_MS = 30_000;

const table: Table = {
  name: "items",
  columns: [{ name: "id", type: "integer" }],
  primaryKey: "id",
  indexes: [],
};

const phase: Phase = {
  name: "write",
  watches: [],
  operations: () => [{
    kind: "write",
    label: "insert",
    statement: insert({ table: "items", columns: ["id"] }),
    args: [1],
  }],
  warmupOperationCount: 0,
  pacing: { turns: 1 },
  checks: [{ query: count({ table: "items", as: "c", where: [] }), args: [] }],
};

const NO_PARAMETERS = { smoke: {}, standard: {}, large: {} };

/** The smallest workload that shows that an adapter works: open, write one row, count it. */
export const workload: Workload = {
  id: "probe",
  version: 1,
  title: "Probe",
  question: "Does it run here?",
  unfair: "It measures nothing.",
  slow: true,
  withoutLiveQueries: "floor",
  phases: [{ name: "write", title: "One write" }],
  parameters: NO_PARAMETERS,
  program: () => ({
    tables: [table],
    seeds: [],
    iterations: [{ warmup: false, freshSession: true, phases: [phase] }],
  }),
};

/**
 * Opens an adapter with its default options. Downloads nothing: a driver that is not there yet is said to be so.
 * `tempDirectory` is an existing directory of its own.
 */
export async function probeAdapter(adapter: Adapter, tempDirectory: string): Promise<Probe> {
  const cell = {
    key: `probe@1/${adapter.id}/smoke`,
    workload: workload.id,
    workloadVersion: workload.version,
    adapter: adapter.id,
    options: defaultOptions(adapter),
    scale: "smoke" as const,
  };
  const { ending, output } = await runBlockProcess({ cell, adapter, workload }, {
    cell,
    evidence: "digests",
    blockIndex: 0,
    position: 0,
  }, {
    tempDirectory,
    keepTemp: false,
    seed: 0,
    timeoutMs: TIMEOUT_MS,
    signal: new AbortController().signal,
    downloads: false,
  }, () => {});
  switch (ending.kind) {
    case "result": {
      const { verdict, metrics, findings } = ending.result;
      if (verdict === "converged") return { isAvailable: true, openNs: metrics["open_ns"] ?? 0 };
      return { isAvailable: false, reason: findings[0]?.detail ?? verdict };
    }
    case "skip":
      return { isAvailable: false, reason: explain(ending.reason) };
    case "failed":
      return { isAvailable: false, reason: explain([...output, ending.reason].join("\n")) };
    case "interrupted":
      throw new UsageError("Cannot probe adapters as the user interrupted");
  }
}

/** The runtime's own message about a package that was never downloaded says nothing to a user. */
function explain(reason: string): string {
  return /--cached-only|not found in the cache|npm package .* not found/i.test(reason)
    ? "not downloaded yet: its first run downloads it"
    : reason.split("\n")[0]!;
}
