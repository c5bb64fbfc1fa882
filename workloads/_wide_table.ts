import type { Row, Seed, Table, UpdateStatement } from "../lib/model/mod.ts";
import { update } from "../lib/model/mod.ts";

const LETTERS = Array.from("abcdefghijklmnopqrst");

/** A key and twenty text columns, `a` to `t`, of which watched queries read the first two. */
export const wideTable: Table = {
  name: "wide",
  columns: [
    { name: "id", type: "integer" },
    ...LETTERS.map((name) => ({ name, type: "text" as const })),
  ],
  primaryKey: "id",
  indexes: [],
};

/** Rows with the keys 0 to `rowCount - 1`, each of whose columns holds `v<key>`. */
export function wideSeed(rowCount: number): Seed {
  return {
    table: wideTable.name,
    rowCount,
    firstKey: 0,
    row: (index) => {
      const row: Record<string, Row[string]> = { id: index };
      for (const letter of LETTERS) row[letter] = `v${index}`;
      return row;
    },
    batchSize: rowCount,
  };
}

/** Sets a column that no watched query reads. */
export const updateUnwatchedColumn: UpdateStatement = updateColumn("c");

/** Sets a column that every watched query reads. */
export const updateWatchedColumn: UpdateStatement = updateColumn("a");

function updateColumn(column: string): UpdateStatement {
  return update({ table: wideTable.name, set: [{ column, param: column }], keyColumn: "id" });
}
