/**
 * Which run the page "Which database?" is made from.
 *
 * The newest one that is complete, was made to bench, and covers at least half as many databases times workloads as the
 * one that covers most: a quick look at three databases does not take the place of a run of everyone. Pairs count when
 * they were asked at standard scale, with nothing set beside it, and gave an answer in 3 blocks or more, by today's
 * meaning of the numbers.
 */
import { METRICS_VERSION } from "../../lib/model/mod.ts";
import { FEWEST_BLOCKS_FOR_BEST } from "../../lib/report/best_value.ts";
import type { RunSummary, WorkloadSection } from "../../lib/report/summarize_run.ts";
import type { RunLine } from "./view.ts";

/** What decides. */
export type RunCandidate = Pick<RunLine, "status" | "kind" | "cover" | "startedAt">;

/** Whether a section is asked as everybody is asked: at standard scale, at no rate, in the default runtime. */
export function isPlainSection({ scale, cells }: Pick<WorkloadSection, "scale" | "cells">): boolean {
  return scale === "standard" && Object.keys(cells[0]?.cell.parameters ?? {}).length === 0;
}

/** How many databases times workloads a run answers for; 0 for runs whose numbers meant something else. */
export function coverOf({ metricsVersion, sections }: RunSummary): number {
  if (metricsVersion < METRICS_VERSION) return 0;
  return sections.filter(isPlainSection).flatMap(({ cells }) => cells)
    .filter(({ measuredBlockCount }) => measuredBlockCount >= FEWEST_BLOCKS_FOR_BEST).length;
}

/** The run by the rule above; `undefined` where none covers anything. Equal times: the first one. */
export function chooseRun<Run extends RunCandidate>(runs: readonly Run[]): Run | undefined {
  const candidates = runs.filter(({ status, kind, cover }) =>
    status === "complete" && kind === "bench" && cover > 0
  );
  const most = Math.max(0, ...candidates.map(({ cover }) => cover));
  return candidates.filter(({ cover }) => 2 * cover >= most)
    .reduce<Run | undefined>(
      (best, run) => best === undefined || run.startedAt > best.startedAt ? run : best,
      undefined,
    );
}
