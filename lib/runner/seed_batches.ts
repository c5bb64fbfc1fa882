/** The rows of a seed as writes, in the pieces that it asks for. */
import type { Seed, Table } from "../model/schema.ts";
import { insert, type WriteStatement } from "../model/statement.ts";
import type { Args } from "../model/value.ts";

/** One batch of a seed. */
export interface SeedBatch {
  readonly statement: WriteStatement;
  readonly rows: readonly Args[];
}

/** Every batch of a seed, in order, each built when it is asked for. Keys that the database assigns are left out. */
export function* seedBatches(seed: Seed, table: Table): Generator<SeedBatch> {
  const names = table.columns.map((column) => column.name);
  const columns = table.autoKey ? names.filter((name) => name !== table.primaryKey) : names;
  const statement = insert({ table: table.name, columns });
  for (let first = 0; first < seed.rowCount; first += seed.batchSize) {
    const rows = Array.from({ length: Math.min(seed.batchSize, seed.rowCount - first) }, (_, offset) => {
      const row = seed.row(first + offset);
      return columns.map((column) => row[column]!);
    });
    yield { statement, rows };
  }
}
