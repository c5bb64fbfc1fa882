/** What `--list` and `--dry-run` print. */
import Table from "cli-table3";
import { type Adapter, defaultOptions, type Workload, workloadKey } from "../model/mod.ts";
import type { PlannedBlock } from "../runner/mod.ts";
import { type SelectedCell, skipReason } from "./select_cells.ts";

/** Workloads with their questions; slow ones and older versions are marked. */
export function describeWorkloads(workloads: readonly Workload[]): string {
  const newest = new Map<string, number>();
  for (const { id, version } of workloads) newest.set(id, Math.max(version, newest.get(id) ?? 0));
  return grid(
    ["workload", "runs", "phases", "question"],
    workloads.map((workload) => [
      workloadKey(workload),
      workload.version < newest.get(workload.id)! ? "by version" : workload.slow ? "when named" : "yes",
      workload.phases.map(({ name }) => name).join(", "),
      workload.question,
    ]),
    [, , , 70],
  );
}

/** Adapters with what they can do at their default options. */
export function describeAdapters(adapters: readonly Adapter[]): string {
  return grid(
    ["adapter", "package", "live grain", "durability", "works on", "options", "permissions"],
    adapters.map((adapter) => {
      const { liveQueries, durability, worksOn } = adapter.capabilities(defaultOptions(adapter));
      const [driver] = Object.entries(adapter.drivers);
      return [
        adapter.id,
        driver === undefined ? "built in" : `${driver[0]} ${driver[1]}`,
        liveQueries,
        durability,
        worksOn,
        Object.entries(adapter.options).map(([name, { values }]) => `${name}=${values.join("|")}`).join("\n"),
        Object.keys(adapter.permissions).join(", "),
      ];
    }),
  );
}

/** The blocks in order of execution, with the cells that will be skipped and why. */
export function describePlan(planned: readonly PlannedBlock[], cells: readonly SelectedCell[]): string {
  const lines = planned.map(({ position, blockIndex, cell }) =>
    `${position + 1}. ${cell.key} block ${blockIndex}`
  );
  const skips = cells.flatMap((choice) => {
    const reason = skipReason(choice);
    return reason === undefined ? [] : [`Skipped: ${choice.cell.key}: ${reason}`];
  });
  return [`${planned.length} blocks of ${cells.length} cells`, ...lines, ...skips].join("\n");
}

function grid(
  head: readonly string[],
  rows: readonly string[][],
  widths: readonly (number | undefined)[] = [],
): string {
  const table = new Table({
    head: [...head],
    colWidths: widths.map((width) => width ?? null),
    wordWrap: true,
    style: { head: [], border: [] },
  });
  table.push(...rows);
  return table.toString();
}
