/** What a comparison says, in sentences: one about the machine, one about each workload. Not escaped. */
import type { RatioEstimate } from "../stats/mod.ts";
import type { MetricComparison, RunComparison } from "./compare_runs.ts";
import { formatRatio, formatRatioInterval, formatShare } from "./format.ts";

/**
 * `better`, `worse`: something is claimed, all of it in one direction; `mixed`: in both. `no-difference`: every leading
 * comparison is narrow around 1. `cannot-tell`: some are not, or nothing was compared.
 */
export type WorkloadVerdict = "better" | "worse" | "mixed" | "no-difference" | "cannot-tell";

/** What became of one workload at one scale. */
export interface WorkloadSentence {
  /** Id, version and scale, such as `keyed-pk@2, standard`. */
  readonly workload: string;
  /** What it says, in a word. */
  readonly verdict: WorkloadVerdict;
  /** One sentence without final period. */
  readonly sentence: string;
}

/** The ratio that is shown: corrected for the anchor where there is one. */
export function shownRatio({ corrected, comparison }: MetricComparison): RatioEstimate | undefined {
  return corrected ?? comparison;
}

/** One sentence per workload, in the order of the second run, from what leads: done and shown p50. */
export function workloadSentences({ cells, differences }: RunComparison): WorkloadSentence[] {
  const forbidding = differences.filter(({ forbidsTimes }) => forbidsTimes).map(({ what }) => what);
  const otherwise = forbidding.length > 0
    ? `the runs differ in ${forbidding.join(", ")}`
    : "they share no times";
  const byWorkload = Map.groupBy(cells.filter(({ isSkipped }) => !isSkipped), ({ cellKey }) => {
    const [workload, , ...rest] = cellKey.split("/");
    return [workload, ...rest].join(", ");
  });
  return [...byWorkload].map(([workload, own]) => {
    const leading = own.flatMap(({ name, metrics }) =>
      metrics.filter(({ leads }) => leads).map((one) => ({ name, one }))
    );
    const claimed = (verdict: "better" | "worse") => leading.filter(({ one }) => one.verdict === verdict);
    const [better, worse] = [claimed("better"), claimed("worse")];
    const calm = leading.filter(({ one: { verdict } }) => verdict === "no-difference" || verdict === "equal");
    const verdict: WorkloadVerdict = better.length > 0 && worse.length > 0
      ? "mixed"
      : worse.length > 0
      ? "worse"
      : better.length > 0
      ? "better"
      : calm.length === leading.length && leading.length > 0
      ? "no-difference"
      : "cannot-tell";
    const rest = leading.length - better.length - worse.length - calm.length;
    const parts = [
      ...(worse.length === 0 ? [] : [`worse: ${listed(worse)}`]),
      ...(better.length === 0 ? [] : [`better: ${listed(better)}`]),
      ...(calm.length === 0
        ? []
        : [`no difference found in ${calm.length} of ${leading.length} comparisons`]),
      ...(rest === 0 ? [] : [`cannot tell in ${rest} of ${leading.length}: ${reasonOf(leading)}`]),
      ...(leading.length === 0
        ? [
          `cannot tell: ${own.find(({ reason }) => reason !== undefined)?.reason ?? otherwise}`,
        ]
        : []),
    ];
    return { workload, verdict, sentence: `${workload}: ${parts.join("; ")}` };
  });
}

const SHOWN_CLAIMS = 4;

function listed(claims: readonly { readonly name: string; readonly one: MetricComparison }[]): string {
  const farthest = claims.toSorted((a, b) => sizeOf(b.one) - sizeOf(a.one));
  const shown = farthest.slice(0, SHOWN_CLAIMS).map(({ name, one }) => {
    const { ratio, interval } = shownRatio(one)!;
    return `${name} ${one.phase} ${one.metric.title} ${formatRatio(ratio)} (${
      formatRatioInterval(interval)
    })`;
  });
  const more = claims.length - shown.length;
  return shown.join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function sizeOf(one: MetricComparison): number {
  return Math.abs(Math.log(shownRatio(one)?.ratio ?? 1));
}

/** The most common reason among what cannot be told. */
function reasonOf(leading: readonly { readonly one: MetricComparison }[]): string {
  const reasons = leading.filter(({ one: { verdict } }) => verdict === "undecided" || verdict === "no-ratio")
    .map(({ one: { forbidden, verdict } }) =>
      forbidden ?? (verdict === "no-ratio" ? "a value is 0" : "intervals are too wide for so few repetitions")
    );
  const counts = [...Map.groupBy(reasons, (reason) => reason)].sort((a, b) => b[1].length - a[1].length);
  return counts[0]![0];
}

/** What the anchor, and the pressure on the CPU, say of the machine; sentences without final period. */
export function machineSentences(
  { anchor, pressure, areTimesComparable, areInterleaved }: RunComparison,
): string[] {
  if (!areTimesComparable) return [];
  const shares = pressure?.map((share) => formatShare(Number(share.toFixed(2)))).join(" and ");
  return [
    areInterleaved
      ? "Both sides were measured in turns, so that whatever the machine did, it did to both"
      : anchor === undefined
      ? "No anchor was measured often enough in both runs: nothing tells whether the machine changed, and no ratio is corrected"
      : `${
        anchor.hasChanged ? "The machine changed" : "The machine did not change as far as the anchor tells"
      }: ${anchor.cellKey} took ${formatRatio(anchor.comparison.ratio)} (${
        formatRatioInterval(anchor.comparison.interval)
      }) as long`,
    ...(shares === undefined ? [] : [`Tasks waited for a CPU ${shares} of the time`]),
  ];
}
