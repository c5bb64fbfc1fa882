/** What the chart of a timeline says about a mark. */
import { formatCount } from "../../lib/report/format.ts";
import type { PhaseMarks, StreamMarks } from "../pages/timeline_marks.ts";
import { timeText } from "../pages/timeline_numbers.ts";

/** A moment of the phase, to the microsecond. */
export function momentText(us: number): string {
  return Math.abs(us) < 1000 ? `${us} us` : `${(us / 1000).toFixed(3)} ms`;
}

/** What an operation did. */
export function operationText({ phase, operations }: PhaseMarks, index: number): string {
  const { label, startUs, ackUs } = operations[index]!;
  const { kind, label: name } = phase.labels[label]!;
  const warmup = index < phase.recordedFrom ? ", a warm-up that is not counted" : "";
  return `Operation ${index} of ${operations.length}, ${name} (${kind}${warmup}): ${momentText(startUs)} to ${
    momentText(ackUs)
  }, took ${timeText(ackUs - startUs)}`;
}

/** What an emission showed. */
export function emissionText({ changes, emissions }: StreamMarks, index: number): string {
  const { atUs, shown, newCount, kind } = emissions[index]!;
  const head = `${index === 0 ? "First result" : `Update ${index} of ${emissions.length - 1}`} at ${
    momentText(atUs)
  }`;
  if (kind === "phantom") return `${head} equals no committed state`;
  if (kind === "regressed") return `${head} goes back to an older state`;
  const state = shown === 0
    ? "the state at the start"
    : `commit ${formatCount(shown)} of ${formatCount(changes.length)}`;
  if (kind === "repeated") return `${head} shows nothing new: ${state}`;
  const skipped = newCount > 1 ? `, ${formatCount(newCount)} commits at once` : "";
  return `${head} shows ${state}${skipped}${lateText(changes[shown - 1]?.ackUs, atUs)}`;
}

function lateText(ackUs: number | undefined, atUs: number): string {
  if (ackUs === undefined) return "";
  return atUs > ackUs
    ? `, ${timeText(atUs - ackUs)} after its acknowledgement`
    : ", before its acknowledgement";
}

/** What became of a commit. */
export function changeText({ changes }: StreamMarks, index: number): string {
  const { operation, ackUs, isShown } = changes[index]!;
  return `Commit ${formatCount(index + 1)} of ${
    formatCount(changes.length)
  } by operation ${operation}, acknowledged at ${momentText(ackUs)}: ${
    isShown ? "shown" : "not shown by itself"
  }`;
}
