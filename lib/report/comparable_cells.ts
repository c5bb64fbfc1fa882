/** Which cell of one run is which cell of another, and whether their numbers may be compared. */
import { type Cell, parameterPath, type RunRecord } from "../model/mod.ts";
import { cellOptionText, type CellSummary } from "./summarize_run.ts";

/** What makes a cell the same in two runs. The version is not in it: a cell of another version is found and refused. */
export function identity(cell: Cell): string {
  return JSON.stringify([
    cell.workload,
    cell.adapter,
    cellOptionText(cell),
    cell.scale,
    parameterPath(cell.parameters),
  ]);
}

/** Why nothing about a cell of both runs is compared; `undefined` when it is. */
export function whyNotComparable(
  first: RunRecord,
  second: RunRecord,
  before: CellSummary,
  after: CellSummary,
): string | undefined {
  const versions = [before.cell.workloadVersion, after.cell.workloadVersion];
  if (versions[0] !== versions[1]) {
    return `the workload has version ${versions[0]} in the first run and ${versions[1]} in the second`;
  }
  const sizes = [sizesOf(first, before.cell), sizesOf(second, after.cell)];
  if (sizes[0] !== sizes[1]) {
    return `its sizes are ${sizes[0]} in the first run and ${sizes[1]} in the second`;
  }
  const statuses = [before, after].map(({ status, verdict }) =>
    status === "wrong" ? `wrong (${verdict})` : status
  );
  if (statuses.every((status) => status === "verified")) return undefined;
  return `it must be verified in both runs: it is ${statuses[0]} in the first and ${
    statuses[1]
  } in the second`;
}

function sizesOf({ workloads }: RunRecord, cell: Cell): string {
  const { workload, workloadVersion, scale } = cell;
  const found = workloads.find(({ id, version }) => id === workload && version === workloadVersion);
  const sizes = Object.entries(cell.sizes ?? found?.parameters[scale] ?? {}).sort(([a], [b]) =>
    a < b ? -1 : 1
  );
  return sizes.length === 0 ? "unknown" : sizes.map(([name, value]) => `${name} ${value}`).join(", ");
}
