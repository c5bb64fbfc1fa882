/** Tables and records of WatermelonDB: their names and keys, and records that may not be there. */
import type { Observer, Subscription } from "../../model/adapter.ts";
import type { Column, Index, Table } from "../../model/schema.ts";
import type { SelectQuery } from "../../model/statement.ts";
import type { Args, Row, Value } from "../../model/value.ts";
import { compileDocumentQuery } from "./document_query.ts";
import { DocumentTable } from "./document_table.ts";
import type { Clause, Collection, StoredRecord, TableSchema } from "./watermelondb_library.ts";

/** The library's own key is text: it cannot stand for the integer, which gets a column. */
export const RECORD_KEY = "id";
const INTEGER_KEY = "row_id";

/** The library's name of a column. */
export function storedName(column: string): string {
  return column === RECORD_KEY ? INTEGER_KEY : column;
}

/** The library's schema of a table; indexes of several columns are made by its SQL. */
export function tableSchema(table: Table): TableSchema {
  const [single, several] = [1, 2].map((most) =>
    table.indexes.filter(({ columns }) => Math.min(columns.length, 2) === most)
  ) as [Index[], Index[]];
  const indexed = new Set(single.map(({ columns }) => columns[0]!.column));
  const isIndexed = ({ name, unique }: Column) => unique || name === table.primaryKey || indexed.has(name);
  return {
    name: table.name,
    columns: table.columns.map((column) => ({
      name: storedName(column.name),
      type: column.type === "text" ? "string" : "number",
      ...(isIndexed(column) ? { isIndexed: true } : {}),
      ...(column.nullable ? { isOptional: true } : {}),
    })),
    unsafeSql: (sql) =>
      sql + several.map(({ name, columns }) => {
        const terms = columns.map(({ column, descending }) =>
          `"${storedName(column)}"${descending ? " desc" : ""}`
        );
        return `create index "${name}" on "${table.name}" (${terms.join(", ")});`;
      }).join(""),
  };
}

/** One table as the library stores it. */
export class RecordTable {
  readonly documents: DocumentTable;
  readonly collection: Collection;
  readonly columns: readonly string[];

  constructor(table: Table, collection: Collection) {
    this.documents = new DocumentTable(table);
    this.collection = collection;
    this.columns = table.columns.map(({ name }) => storedName(name));
  }

  /** The library's key of a document. Where the key column is NULL, the assigned integer takes its place. */
  recordKey(document: Row): string {
    const { keyColumn, table } = this.documents;
    const key = document[keyColumn] ?? null;
    return key === null ? `#${document[table.primaryKey]}` : String(key);
  }

  encode(document: Row): Record<string, Value> {
    const raw: Record<string, Value> = { [RECORD_KEY]: this.recordKey(document) };
    for (const column in document) raw[storedName(column)] = document[column]!;
    return raw;
  }

  decode({ _raw }: StoredRecord): Row {
    const document: Record<string, Value> = {};
    for (const { name } of this.documents.table.columns) document[name] = _raw[storedName(name)] ?? null;
    return document;
  }
}

/**
 * Watches one record by its key. The library can do that for a record that is there; where it is not, or no longer, a
 * query for the key takes over.
 */
export function watchRecord(
  table: RecordTable,
  query: SelectQuery,
  args: Args,
  key: string,
  conditions: readonly Clause[],
  observer: Observer,
): Subscription {
  const compiled = compileDocumentQuery(query);
  const show = (records: readonly StoredRecord[]) =>
    observer.next(compiled.result(records.map((record) => table.decode(record)), args));
  let isClosed = false;
  let follower: { unsubscribe(): void } | undefined;
  const followQuery = () => {
    if (isClosed) return;
    follower = table.collection.query(...conditions).observeWithColumns(query.columns.map(storedName))
      .subscribe({
        next: show,
        error: (error) => observer.error(error),
      });
  };
  const first = table.collection.findAndObserve(key).subscribe({
    next: (record) => show([record]),
    error: (error) => isNotFound(error) ? followQuery() : observer.error(error),
    complete: followQuery,
  });
  return {
    close: () => {
      isClosed = true;
      first.unsubscribe();
      follower?.unsubscribe();
    },
  };
}

/** The library rejects for a record that does not exist. */
export async function found(record: Promise<StoredRecord>): Promise<StoredRecord | undefined> {
  try {
    return await record;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && error.message.endsWith("not found");
}
