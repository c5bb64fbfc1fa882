import type { RunHeader } from "../model/mod.ts";
import { repeatCommands } from "./repeat_command.ts";
import { shellWord } from "./safe_text.ts";
import { runKind } from "./run_kind.ts";

/** A run that was measured to learn about the machine or the statistics, by its label. */
const CALIBRATIONS: Readonly<Record<string, string>> = {
  calibrate: "deno task calibrate",
  compare: "deno task calibrate --compare",
  power: "deno task calibrate --power",
};

/**
 * The commands that measure the like of a run again. `bench` repeats benches only: what others mark their cells with, such
 * as a planted slowdown, is no option of an adapter. None for two revisions, which a record does not name.
 */
export function runCommands(header: RunHeader): string[] {
  const { label, settings: { cells } } = header;
  switch (runKind(label)) {
    case "bench":
      return repeatCommands(header);
    case "experiment":
      return [`deno task experiment --id ${shellWord(label.split("-")[1]!)}`];
    case "comparison":
      return [];
    case "calibration": {
      const command = CALIBRATIONS[label]!;
      if (label !== "calibrate") return [command];
      const list = (values: readonly string[]): string => shellWord([...new Set(values)].join(","));
      const workloads = list(cells.map(({ workload, workloadVersion }) => `${workload}@${workloadVersion}`));
      return [`${command} -w ${workloads} -a ${list(cells.map(({ adapter }) => adapter))}`];
    }
  }
}
