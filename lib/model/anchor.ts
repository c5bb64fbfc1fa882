import type { Cell } from "./record.ts";

/**
 * What every run measures in every round: a synchronous database inside the runtime, which no change of a database
 * under test touches. A block of it takes a third of a second, and a smaller scale is too short to be steady.
 */
export const ANCHOR = { workload: "keyed-pk", adapter: "node-sqlite", scale: "standard" } as const;

/** The anchor among cells: the one that the bench added, or the same cell where it was asked for; else `undefined`. */
export function anchorOf(cells: readonly Cell[]): Cell | undefined {
  return cells.find(({ anchor }) => anchor === true) ?? cells.findLast(isAnchor);
}

/** Whether a cell is what {@link ANCHOR} names, as it is registered. */
export function isAnchor(
  { workload, adapter, scale, parameters, options, adapterModule, workloadModule }: Cell,
): boolean {
  return workload === ANCHOR.workload && adapter === ANCHOR.adapter && scale === ANCHOR.scale &&
    parameters === undefined && Object.keys(options).length === 0 && adapterModule === undefined &&
    workloadModule === undefined;
}
