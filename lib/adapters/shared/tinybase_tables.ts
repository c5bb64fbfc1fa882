/** The tables of a session of TinyBase, and the indexes on them. */
import { type Table, tableNamed } from "../../model/schema.ts";
import type { Value } from "../../model/value.ts";
import { DocumentTable } from "./document_table.ts";
import type { Indexes, Store } from "./tinybase_library.ts";

/** The one slice of an index that has all rows. */
export const WHOLE = "";

/** Finds rows by their table, and by what is indexed. */
export class TinyBaseTables {
  readonly store: Store;
  readonly indexes: Indexes;
  readonly tables: readonly Table[];
  readonly #documents = new Map<string, DocumentTable>();
  readonly #indexIds = new Set<string>();

  constructor(store: Store, indexes: Indexes, tables: readonly Table[]) {
    this.store = store;
    this.indexes = indexes;
    this.tables = tables;
    for (const table of tables) this.#documents.set(table.name, new DocumentTable(table));
  }

  /** Those of the schema. */
  get all(): Iterable<DocumentTable> {
    return this.#documents.values();
  }

  /** One of them. */
  of(table: string): DocumentTable {
    return this.#documents.get(table) ?? new DocumentTable(tableNamed(this.tables, table));
  }

  /** Defines an index on first use: slices by a column, or one slice of all rows; sorted by another column. */
  index(table: string, slice: string | undefined, sortKey: string | undefined): string {
    const indexId = `${table}/${slice ?? ""}/${sortKey ?? ""}`;
    if (!this.#indexIds.has(indexId)) {
      this.indexes.setIndexDefinition(indexId, table, slice ?? (() => WHOLE), sortKey);
      this.#indexIds.add(indexId);
    }
    return indexId;
  }

  /** The row that has this value in a key or unique column. */
  rowId(documents: DocumentTable, column: string, value: Value): string | undefined {
    if (column === documents.keyColumn) return String(value);
    const index = this.index(documents.table.name, column, undefined);
    return this.indexes.getSliceRowIds(index, String(value))[0];
  }
}
