/**
 * How long the whole work took. Spans over several operations say nothing about the database where the caller waited for
 * a timer between them: they have no value there.
 */
import type { Operation, TransactionStep } from "../model/mod.ts";
import { type IterationMetric, type PhaseEvidence, TIME } from "./declare.ts";

export const DONE_METRICS: readonly IterationMetric[] = [
  {
    id: "done_ns",
    scope: "phase",
    title: "done",
    alsoCalled: ["total time"],
    ...TIME,
    meaning:
      "From the first recorded operation until the last was acknowledged and every watched result showed its " +
      "last change, whichever is later; without operations, from opening again, or else from the first watch " +
      "call, until every live query had shown a result",
    shown: { headline: 10, sweep: 10, soak: 10, chart: 10, snippet: 10, progress: 10 },
    compute: doneNs,
  },
  {
    id: "done_per_operation_ns",
    scope: "phase",
    title: "done/op",
    ...TIME,
    meaning: "The same, divided by the number of recorded operations",
    shown: { headline: 20 },
    compute: (evidence) => {
      const totalNs = doneNs(evidence);
      const operationCount = recordedOperations(evidence).length;
      return totalNs === undefined || operationCount === 0 ? undefined : totalNs / operationCount;
    },
  },
  {
    id: "wall_ns",
    scope: "phase",
    title: "wall",
    ...TIME,
    meaning:
      "From the first recorded operation to the last acknowledgement, turns between operations included; " +
      "never a quiet window",
    shown: { detail: 10 },
    shownBefore: { headline: 10, chart: 10, snippet: 10 },
    compute: (evidence) => spanNs(evidence, lastAckNs(evidence)),
  },
  {
    id: "writes_per_second",
    scope: "phase",
    title: "writes/s",
    ...TIME,
    unit: "per-second",
    direction: "higher",
    meaning: "Rows written in recorded operations, divided by wall; a batch counts its rows",
    shown: { detail: 20 },
    shownBefore: { headline: 20 },
    compute: (evidence) => {
      const wallNs = spanNs(evidence, lastAckNs(evidence));
      const rowCount = recordedOperations(evidence).reduce(
        (sum, operation) => sum + writtenRows(operation),
        0,
      );
      return wallNs === undefined || rowCount === 0 ? undefined : rowCount / (wallNs / 1e9);
    },
  },
  {
    id: "reads_per_second",
    scope: "phase",
    title: "reads/s",
    ...TIME,
    unit: "per-second",
    direction: "higher",
    meaning: "Reads among recorded operations, divided by wall, each looked at value by value",
    shown: { detail: 25 },
    compute: (evidence) => {
      const wallNs = spanNs(evidence, lastAckNs(evidence));
      const readCount = recordedOperations(evidence).filter(({ kind }) => kind === "read").length;
      return wallNs === undefined || readCount === 0 ? undefined : readCount / (wallNs / 1e9);
    },
  },
  {
    id: "settle_ns",
    scope: "phase",
    title: "settle",
    ...TIME,
    meaning: "From the last acknowledgement to the last update; 0 when nothing came later",
    shown: { detail: 80 },
    shownBefore: { headline: 90 },
    compute: ({ judgement }) => judgement.streams?.settleNs,
  },
];

function doneNs(evidence: PhaseEvidence): number | undefined {
  const { log, operations, judgement: { streams } } = evidence;
  if (operations.length === 0) {
    return log.streams.length === 0 ? undefined : (log.reopenNs ?? 0) + log.subscribeNs;
  }
  return spanNs(evidence, Math.max(lastAckNs(evidence), streams?.lastShownAtNs ?? -Infinity));
}

/** From the first recorded operation to a moment; the one place that knows where such a span has a meaning. */
function spanNs(
  { log, firstRecorded, isTimerPaced, operations }: PhaseEvidence,
  toNs: number,
): number | undefined {
  return isTimerPaced || firstRecorded >= operations.length ? undefined : toNs - log.startNs[firstRecorded]!;
}

function lastAckNs({ log, operations }: PhaseEvidence): number {
  return log.endNs[operations.length - 1]!;
}

function recordedOperations({ operations, firstRecorded }: PhaseEvidence): readonly Operation[] {
  return operations.slice(firstRecorded);
}

/** Rows that an operation writes; of a transaction, its steps whether they are kept or not. */
function writtenRows(operation: Operation): number {
  switch (operation.kind) {
    case "write":
      return 1;
    case "batch":
      return operation.rows.length;
    case "transaction":
      return writtenSteps(operation.steps);
    default:
      return 0;
  }
}

function writtenSteps(steps: readonly TransactionStep[]): number {
  return steps.reduce((sum, step) => {
    if (step.kind === "savepoint") return sum + writtenSteps(step.steps);
    return step.kind === "write" ? sum + 1 : sum;
  }, 0);
}
