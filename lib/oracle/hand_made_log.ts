/** Logs of phases as a runner would write them, at round times, told by rows instead of digests. For tests. */
import type { PhaseLog, ShownResult, StreamLog } from "../model/measurement.ts";
import type { PhaseJudgement } from "../model/verdict.ts";
import { type BoundQuery, type Operation, type Phase, watchedIn } from "../model/workload.ts";
import type { Row } from "../model/value.ts";
import { Digester } from "../protocol/digester.ts";
import { resultColumns } from "../protocol/result_columns.ts";
import { describeQuery } from "./describe_difference.ts";
import type { PhaseExpectation } from "./phase_expectation.ts";
import type { Truth } from "./truth.ts";

/** One delivery to a watch. */
export interface Shown {
  readonly atNs: number;
  readonly rows: readonly Row[];
}

/** A log with rows where the real one has digests. */
export interface RowLog extends Omit<PhaseLog, "streams" | "reads" | "finalReads" | "rows"> {
  readonly streams: readonly (readonly Shown[])[];
  /** Errors of the first streams; none where it is absent. */
  readonly errors?: readonly StreamLog["errors"][];
  readonly reads: ReadonlyMap<number, readonly Row[]>;
  readonly finalReads: readonly (readonly Row[])[];
}

/** What a truth expects of a phase, with what it was made for. */
export interface Expected {
  readonly expectation: PhaseExpectation;
  readonly phase: Phase;
  readonly operations: readonly Operation[];
}

const digester = new Digester({ a: 0x12345678, b: 0x9abcdef0 });

/** A phase that watches nothing and runs nothing, except for what is given. */
export function phaseOf(given: Partial<Phase>): Phase {
  return {
    name: "burst",
    watches: [],
    operations: () => [],
    warmupOperationCount: 0,
    pacing: { turns: 0 },
    checks: [],
    ...given,
  };
}

/** Has a truth replay operations. */
export function expectOf(truth: Truth, phase: Phase, operations: readonly Operation[]): Expected {
  return { expectation: truth.advance(phase, operations, digester), phase, operations };
}

/** A log of operations that start at 100, 200, ... and take 50 each, and of what the streams showed. */
export function logOf(operationCount: number, streams: readonly (readonly Shown[])[]): RowLog {
  return {
    startNs: Float64Array.from({ length: operationCount }, (_, k) => 100 * k + 100),
    endNs: Float64Array.from({ length: operationCount }, (_, k) => 100 * k + 150),
    reads: new Map(),
    streams,
    finalReads: [],
    subscribeNs: 0,
    callerCpuNs: 0,
    callerCpuUntilQuietNs: 0,
    processCpuUntilQuietNs: 0,
    listenerNs: 0,
    loopDelayMaxNs: 0,
    framesMissed: 0,
    lateNs: 0,
    counters: {},
  };
}

/** The same as a child writes it; its rows are kept unless told otherwise. */
export function digested(
  { phase, operations }: Omit<Expected, "expectation">,
  log: RowLog,
  { keepsRows = true }: { readonly keepsRows?: boolean } = {},
): PhaseLog {
  const rows = new Map<number, readonly Row[]>();
  const digest = (bound: BoundQuery | undefined, result: readonly Row[]): ShownResult => {
    const rowDigests = new Float64Array(result.length);
    const columns = bound === undefined ? [] : resultColumns(bound.query);
    const digest = digester.result(result, columns, rowDigests);
    rows.set(digest, result);
    return { digest, rowDigests };
  };
  return {
    ...log,
    reads: new Map(
      [...log.reads].map(([index, result]) => [index, digest(operations[index] as BoundQuery, result)]),
    ),
    streams: log.streams.map((shown, index) => ({
      atNs: shown.map(({ atNs }) => atNs),
      results: shown.map((each) => digest(watchedIn(phase, operations)[index], each.rows)),
      errors: log.errors?.[index] ?? [],
    })),
    finalReads: log.finalReads.map((result, index) =>
      digest([...phase.watches, ...phase.checks][index], result)
    ),
    ...(keepsRows ? { rows } : {}),
  };
}

/** Judges as the first iteration of phase "burst". */
export function judge(
  expected: Expected,
  log: RowLog,
  kept?: { readonly keepsRows?: boolean },
): PhaseJudgement {
  return expected.expectation.judge(digested(expected, log, kept), { phase: "burst", iteration: 0 });
}

/** Whether rows are the final state of a watch. */
export function isFinal(expected: Expected, watchIndex: number, rows: readonly Row[]): boolean {
  const { watches, checks } = expected.phase;
  const watch = watches[watchIndex]!;
  const { findings } = judge(expected, {
    ...logOf(expected.operations.length, []),
    finalReads: [...watches, ...checks].map(() => rows),
  });
  return !findings.some(({ query, detail }) =>
    query === describeQuery(watch) && /^The fresh read/.test(detail)
  );
}
