/** Latencies of the operations of one label within a phase, from the call to the acknowledgement. */
import type { Fold } from "../model/mod.ts";
import { fewestSamplesFor, type OperationMetric, TIME } from "./declare.ts";

export const OPERATION_METRICS: readonly OperationMetric[] = [
  {
    ...latency("latency_p10_ns", "p10", 0.1, "median"),
    meaning:
      "10th percentile: the low quantile that comparisons of CPU cost use; the median over the iterations of a " +
      "repetition",
    shown: { operations: 10 },
    shownBefore: { operations: 10 },
  },
  {
    ...latency("latency_low_ns", "low", 0.1, "min"),
    meaning:
      "10th percentile of the iteration where it is lowest: what an operation costs while nothing else has the CPU",
    shown: {},
    shownBefore: {},
  },
  {
    ...latency("latency_p50_ns", "p50", 0.5, "pooled"),
    alsoCalled: ["latency"],
    meaning: "Median time from the call to the acknowledgement",
    meaningBefore:
      "Median time from the call to the acknowledgement; the median over the iterations of a repetition",
    shown: { detail: 30, operations: 20 },
    shownBefore: { headline: 30, operations: 20 },
  },
  {
    ...latency("latency_p90_ns", "p90", 0.9, "pooled"),
    meaning: "90th percentile of the same",
    meaningBefore: "90th percentile of the same; the median over the iterations of a repetition",
    shown: { operations: 30 },
    shownBefore: { operations: 30 },
  },
  {
    ...latency("latency_p99_ns", "p99", 0.99, "pooled"),
    meaning: "99th percentile of the same",
    meaningBefore:
      "99th percentile of the same, of few samples close to their maximum; the median over the " +
      "iterations of a repetition",
    shown: { detail: 40, operations: 40 },
    shownBefore: { headline: 40, operations: 40 },
  },
  {
    ...latency("latency_max_ns", "max", 1, "pooled"),
    meaning: "Longest of the same",
    meaningBefore: "Longest of the same; the median over the iterations of a repetition",
    shown: { operations: 50 },
    shownBefore: { operations: 50 },
  },
];

function latency(
  id: string,
  title: string,
  share: number,
  fold: Fold,
): Omit<OperationMetric, "meaning" | "shown"> {
  return { id, scope: "operation", title, ...TIME, fold, fewestSamples: fewestSamplesFor(share), share };
}
