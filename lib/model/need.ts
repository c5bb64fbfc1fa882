/** What a workload may ask of an adapter besides reads, writes and batches of integers and text. */
import type { Capabilities } from "./adapter.ts";

/**
 * `real`, `blob`: columns of such values. `transactions`: several statements with reads between them as one.
 * `savepoints`: a part of a transaction can be undone. `durability`: what is written outlives the process. `rawRows`:
 * rows are read as lists of values.
 */
export type Need = "real" | "blob" | "transactions" | "savepoints" | "durability" | "rawRows";

/** All needs, each in words. */
export const NEEDS: Readonly<Record<Need, string>> = {
  real: "numbers with fractions",
  blob: "byte arrays",
  transactions: "transactions of several statements",
  savepoints: "transactions of which a part can be undone",
  durability: "data that outlives its process",
  rawRows: "rows as lists of values, without objects",
};

/** The first need that is not met, in the order of {@link NEEDS}; `undefined` when all are. */
export function missingNeed(needs: readonly Need[], capabilities: Capabilities): Need | undefined {
  const { columnTypes = [], durability, transactions, rawRows = false } = capabilities;
  const met: Readonly<Record<Need, boolean>> = {
    real: columnTypes.includes("real"),
    blob: columnTypes.includes("blob"),
    transactions: transactions !== undefined,
    savepoints: transactions === "nested",
    durability: durability !== "none",
    rawRows,
  };
  return (Object.keys(NEEDS) as Need[]).find((need) => needs.includes(need) && !met[need]);
}
