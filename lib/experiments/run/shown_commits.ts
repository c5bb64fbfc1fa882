/** Which commit a live count shows, for traces of libraries that do not number their commits. Pure. */
import type { SessionEvent } from "../../model/adapter.ts";
import type { Operation, Phase } from "../../model/workload.ts";
import type { ProbedStep } from "./peer_probes.ts";

/** What was noted from outside while a phase ran, in milliseconds on one clock. */
export interface OutsideNotes {
  /** Of each operation, in order: when it was called, and when it was acknowledged. */
  readonly operations: readonly { readonly calledMs: number; readonly acknowledgedMs: number }[];
  /** What the library told of itself, in order. */
  readonly steps: readonly { readonly atMs: number; readonly step: ProbedStep }[];
  /** Counts that were shown, in order. */
  readonly shown: readonly { readonly atMs: number; readonly count: number }[];
}

/**
 * Rows after each operation beyond those that were there before, for a phase of inserts. Throws a RangeError for a phase
 * whose watched count would not tell which operation it shows.
 */
export function insertedCounts({ name, watches }: Phase, operations: readonly Operation[]): number[] {
  const [only, ...others] = watches;
  const isCount = only?.query.kind === "count" && others.length === 0 && only.query.where.length === 0;
  const isInserts = operations.every((one) => "statement" in one && one.statement.kind === "insert");
  if (!isCount || !isInserts) {
    throw new RangeError(
      `Cannot trace phase "${name}" from outside as it must insert under one watched count of all rows: it does not`,
    );
  }
  let total = 0;
  return operations.map((one) => total += one.kind === "batch" ? one.rows.length : 1);
}

/**
 * Events of the phase as an engine with a trace would have kept them, commits numbered from 1. A change is that of the
 * operation that was called last; of several notes of one operation the first counts. A re-query is that of the next
 * result, and shows what that shows.
 */
export function outsideEvents(notes: OutsideNotes, insertedAfter: readonly number[]): SessionEvent[] {
  const { operations, steps, shown } = notes;
  const stream = 1;
  const baseCount = shown[0]?.count ?? 0;
  const commits = operations.map(({ acknowledgedMs }, index): SessionEvent => ({
    atMs: acknowledgedMs,
    kind: "commit",
    stream: null,
    commit: index + 1,
  }));
  const calledBy = (atMs: number): number => operations.findLastIndex(({ calledMs }) => calledMs <= atMs) + 1;
  const invalidations = new Map<number, SessionEvent>();
  for (const { atMs, step } of steps) {
    const commit = calledBy(atMs);
    if (step !== "invalidate" || commit === 0 || invalidations.has(commit)) continue;
    invalidations.set(commit, { atMs, kind: "invalidate", stream, commit });
  }
  // The first count is that of before the operations.
  const deliveries = shown.slice(1).map(({ atMs, count }): SessionEvent => ({
    atMs,
    kind: "deliver",
    stream,
    commit: insertedAfter.findLastIndex((inserted) => baseCount + inserted <= count) + 1,
  }));
  const requeries = deliveries.flatMap(({ atMs, commit }, index): SessionEvent[] => {
    const after = deliveries[index - 1]?.atMs ?? -Infinity;
    const start = steps.findLast((one) =>
      one.step === "requery-start" && one.atMs <= atMs && one.atMs > after
    );
    return start === undefined ? [] : [{ atMs: start.atMs, kind: "requery-start", stream, commit }];
  });
  return [...commits, ...invalidations.values(), ...requeries, ...deliveries]
    .sort((a, b) => a.atMs - b.atMs);
}
