/** What a workload may ask of an adapter besides reads, writes and batches of integers and text. */
import type { Capabilities } from "./adapter.ts";

/**
 * `real`, `blob`: columns of such values. `transactions`: several statements with reads between them as one.
 * `savepoints`: a part of a transaction can be undone.
 */
export type Need = "real" | "blob" | "transactions" | "savepoints";

/** All needs, each in words. */
export const NEEDS: Readonly<Record<Need, string>> = {
  real: "numbers with fractions",
  blob: "byte arrays",
  transactions: "transactions of several statements",
  savepoints: "transactions of which a part can be undone",
};

/** The first need that is not met, in the order of {@link NEEDS}; `undefined` when all are. */
export function missingNeed(needs: readonly Need[], capabilities: Capabilities): Need | undefined {
  const { columnTypes = [], transactions } = capabilities;
  const met: Readonly<Record<Need, boolean>> = {
    real: columnTypes.includes("real"),
    blob: columnTypes.includes("blob"),
    transactions: transactions !== undefined,
    savepoints: transactions === "nested",
  };
  return (Object.keys(NEEDS) as Need[]).find((need) => needs.includes(need) && !met[need]);
}
