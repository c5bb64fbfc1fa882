/** The page of what the engine is meant to reach. */
import { markdownTable } from "markdown-table";
import type { StreamsSample } from "../../lib/engine/bench/streams_bench.ts";
import type { RunRecord } from "../../lib/model/mod.ts";
import type { readEnvironment } from "../../lib/record/mod.ts";
import { formatEnds, formatMiddle, formatQuantity } from "../../lib/report/format.ts";
import { summarizeRun } from "../../lib/report/summarize_run.ts";
import { type EngineOptions, engineTargets, type TargetResult, verdictOf } from "./targets.ts";

/** What the targets are asked of. */
export const CONFIGURATIONS: readonly { readonly title: string; readonly options: EngineOptions }[] = [
  { title: "As it comes", options: {} },
  { title: "Writes on the calling thread, results patched", options: { writer: "auto", patch: "on" } },
];

/** The file that holds every sample. */
export interface EngineBench {
  /** ISO 8601. */
  readonly startedAt: string;
  /** What it was measured on, and at which commit. */
  readonly environment: ReturnType<typeof readEnvironment>;
  /** One per process. */
  readonly samples: readonly StreamsSample[];
  /** Ids of stored runs with peers and floors. */
  readonly runs: readonly string[];
}

/** Markdown. `runs` are the stored ones that `bench` names, in its order. */
export function enginePage(bench: EngineBench, runs: readonly RunRecord[]): string {
  const { startedAt, environment, samples } = bench;
  const summaries = runs.map(summarizeRun);
  return [
    "# What the engine is meant to reach",
    "",
    `${startedAt}, ${environment.cpuModel}, ${environment.coreCount} cores, Deno ${environment.deno}. ` +
    `${samples.length} processes with live queries alone; peers and floors are from ` +
    `${bench.runs.map((id) => `\`${id}\``).join(" and ") || "no stored run"}.`,
    "",
    ...CONFIGURATIONS.flatMap(({ title, options }) => [
      `${title}:`,
      "",
      markdownTable([
        ["target", "wanted", "measured", "interval", "verdict"],
        ...engineTargets(options, samples, summaries).map(rowOf),
      ]),
      "",
    ]),
    "Ratios are medians over repetitions of one run, or over processes; an interval is one of 95 %, or as near as so few " +
    "samples come. A target is met or missed where the whole interval says so, else open. `acknowledged` ends with the last " +
    "answer to a write, `done` with the last result that must be shown as well.",
    "",
  ].join("\n");
}

function rowOf(target: TargetResult): string[] {
  const { title, bar, unit, measured } = target;
  const wanted = `${bar.side} ${formatQuantity(bar.value, unit)}`;
  return typeof measured === "string"
    ? [title, wanted, measured, "", verdictOf(target)]
    : [title, wanted, formatMiddle(measured, unit), formatEnds(measured, unit), verdictOf(target)];
}
