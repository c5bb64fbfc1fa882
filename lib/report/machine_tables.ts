/** The machines of a fleet, and how far times differ between them, as rows of text. */
import type { Fleet, RunRecord } from "../model/mod.ts";
import { formatCount, formatQuantity, formatShare, NO_VALUE } from "./format.ts";

/** A table of plain texts. */
export interface TextTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What the columns of the spread say. */
export const SPREAD_SENTENCE =
  "Between machines and within one: standard deviations of the logarithms of times, so that 5 % is a factor of about 1.05. " +
  "What blocks on one machine make up by chance is taken off the first one.";

/** One row per machine, those that were set aside included. */
export function machineTable({ machines }: Fleet): TextTable {
  return {
    head: ["machine", "CPU", "rounds", "anchor", "calibration", "used"],
    rows: machines.map(({ name, environment, roundCount, anchorNs, calibration, aside }) => [
      name,
      `${environment.cpuModel}, ${formatCount(environment.coreCount)} cores`,
      formatCount(roundCount),
      anchorNs === undefined ? NO_VALUE : formatQuantity(anchorNs, "ns"),
      calibration?.slice(0, 12) ?? NO_VALUE,
      aside === undefined ? "yes" : `no: ${aside}`,
    ]),
  };
}

/** One row per cell and phase that two machines or more measured twice or more; the widest first. */
export function spreadTable({ fleet, results }: Pick<RunRecord, "fleet" | "results">): TextTable {
  const machinesOf = (key: string): number =>
    new Set(results.filter(({ cellKey }) => cellKey === key).map(({ machine }) => machine)).size;
  return {
    head: ["cell", "phase", "machines", "between machines", "within one"],
    rows: (fleet?.spread ?? []).toSorted((a, b) => b.betweenShare - a.betweenShare).map((one) => [
      one.cellKey,
      one.phase,
      formatCount(machinesOf(one.cellKey)),
      formatShare(one.betweenShare),
      formatShare(one.withinShare),
    ]),
  };
}
