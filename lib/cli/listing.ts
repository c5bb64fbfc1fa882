/** What `--list` and `--dry-run` print. */
import Table from "cli-table3";
import { type Adapter, defaultOptions, type Workload } from "../model/mod.ts";
import type { PlannedBlock } from "../runner/mod.ts";
import { formatQuantity } from "../report/format.ts";
import type { Probe } from "./probe_adapter.ts";
import { type SelectedCell, skipReason } from "./select_cells.ts";

/** Workloads with their questions; slow ones are marked, older versions listed. */
export function describeWorkloads(workloads: readonly Workload[]): string {
  const versions = Map.groupBy(workloads, ({ id }) => id);
  return grid(
    ["workload", "versions", "runs", "phases", "question"],
    [...versions].map(([id, all]) => {
      const newest = all.at(-1)!;
      return [
        id,
        all.map(({ version }) => version).join(", "),
        newest.slow ? "when named" : "yes",
        newest.phases.map(({ name }) => name).join(", "),
        newest.question,
      ];
    }),
    [, , , , 60],
  );
}

/** Adapters with what they can do at their default options, and whether they run here, by adapter id. */
export function describeAdapters(adapters: readonly Adapter[], probes: ReadonlyMap<string, Probe>): string {
  return grid(
    ["adapter", "package", "live grain", "durability", "works on", "options", "permissions", "opens here"],
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
        describeProbe(probes.get(adapter.id)!),
      ];
    }),
  );
}

function describeProbe(probe: Probe): string {
  return probe.isAvailable ? `in ${formatQuantity(probe.openNs, "ns")}` : `no: ${probe.reason}`;
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
