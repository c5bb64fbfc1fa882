import type { Row, Seed } from "../lib/model/mod.ts";
import { columnsOf, seedOf, setByKey, table } from "./_schema.ts";

/** A key and twenty text columns, `a` to `t`, of which watched queries read the first two. */
export const wideTable = table("wide", {
  id: "integer",
  ...Object.fromEntries(Array.from("abcdefghijklmnopqrst", (letter) => [letter, "text" as const])),
});

/** Rows with the keys 0 to `rowCount - 1`, each of whose columns holds `v<key>`. */
export function wideSeed(rowCount: number): Seed {
  const letters = columnsOf(wideTable).slice(1);
  const row = (index: number): Row => {
    const values: Record<string, Row[string]> = { id: index };
    for (const letter of letters) values[letter] = `v${index}`;
    return values;
  };
  return seedOf(wideTable, rowCount, row, { firstKey: 0 });
}

/** Sets a column that no watched query reads. */
export const updateUnwatchedColumn = setByKey(wideTable, "c");

/** Sets a column that every watched query reads. */
export const updateWatchedColumn = setByKey(wideTable, "a");
