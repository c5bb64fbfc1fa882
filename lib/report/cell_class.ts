/**
 * What kind of system a cell is: readers compare like with like. A store that forgets everything has less to do than
 * one that keeps a file, and whoever has a server pays for the way there.
 */
import type { Capabilities } from "../model/mod.ts";

/**
 * In the order of tables. `durable file`: acknowledged writes survive a killed process. `relaxed file`: they may not.
 * `memory`: nothing survives. `server`: work is done in another process. `floor`: nothing was watched. `unknown`: the
 * record does not say.
 */
export const CELL_CLASSES = ["durable file", "relaxed file", "memory", "server", "floor", "unknown"] as const;

/** See {@link CELL_CLASSES}. */
export type CellClass = typeof CELL_CLASSES[number];

/** The class of a cell, by what the record says that it can do. */
export function cellClass(capabilities: Capabilities | undefined): Exclude<CellClass, "floor"> {
  if (capabilities === undefined) return "unknown";
  const { worksOn, durability } = capabilities;
  if (worksOn === "server") return "server";
  return durability === "none" ? "memory" : durability === "relaxed" ? "relaxed file" : "durable file";
}
