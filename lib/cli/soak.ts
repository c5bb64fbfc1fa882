/** What `--duration` asks for: blocks that go on for a while on one session. */
import { type Cell, UsageError, workloadKey } from "../model/mod.ts";
import type { SelectedWorkload } from "./select_cells.ts";
import { durationText } from "./duration.ts";

/** Name of the parameter in a cell. */
const NAME = "duration";
/** A trend over time needs ten windows, and none is shorter than a second. */
const SHORTEST_MS = 15_000;
const LONGEST_MS = 24 * 3_600_000;

/** The parameter of cells that go on for so many milliseconds. Throws a UsageError for a time that says nothing. */
export function durationParameter(durationMs: number | undefined): { readonly [NAME]?: string } {
  if (durationMs === undefined) return {};
  if (durationMs >= SHORTEST_MS && durationMs <= LONGEST_MS) return { [NAME]: `${durationMs / 1000}s` };
  throw new UsageError(
    `Cannot go on for ${durationMs / 1000}s as --duration must be from ${durationText(SHORTEST_MS)} to ${
      durationText(LONGEST_MS)
    }: a trend needs ten windows of a second or more`,
  );
}

/** How long each block with numbers of a cell goes on, milliseconds; `undefined` where it ends with its program. */
export function durationOf({ parameters }: Pick<Cell, "parameters">): number | undefined {
  const match = /^(\d+(?:\.\d+)?)s$/.exec(parameters?.[NAME] ?? "");
  return match === null ? undefined : Number(match[1]) * 1000;
}

/** Throws a UsageError unless every workload can be gone through again and again on one session. */
export function requireRepeats(workloads: readonly SelectedWorkload[]): void {
  for (const { workload, module } of workloads) {
    if (workload.repeats === true && module === undefined) continue;
    const why = module === undefined
      ? "it inserts rows, begins sessions, or does not say that it can"
      : "the programs of workloads from outside are built in a process of their own";
    throw new UsageError(
      `Cannot run ${workloadKey(workload)} for a duration as its program must repeat on one session: ${why}`,
    );
  }
}
