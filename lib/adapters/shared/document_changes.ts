/** What a write does to the documents of a collection, for stores that take whole sets of documents. */
import type { WriteStatement } from "../../model/statement.ts";
import type { Args, Row, Value } from "../../model/value.ts";
import type { DocumentTable } from "./document_table.ts";
import { assignedColumns, keyArgument, updatedColumns } from "./document_table.ts";

/** The three kinds of change. A document occurs in one of them, once; only a replaced one in two. */
export interface DocumentChanges {
  /** Whole new documents, in the order of the arguments. */
  readonly inserted: Record<string, Value>[];
  /** Columns with their new values, by the key of a document that exists. */
  readonly updated: Map<Value, Record<string, Value>>;
  /** Keys of documents that exist. They go before new ones come. */
  readonly removed: Set<Value>;
}

/**
 * Finds the document that has this value in the key column or another unique one, as it was before the write.
 */
export type FindDocument = (column: string, value: Value) => Row | undefined;

/**
 * The changes of running a statement once per argument list, folded: later lists see what earlier ones did.
 *
 * `find` is asked for whatever the statement may meet: never for inserts, else for the column and values of {@link sought}.
 */
export function documentChanges(
  documents: DocumentTable,
  statement: WriteStatement,
  rows: readonly Args[],
  find: FindDocument,
): DocumentChanges {
  const changes: DocumentChanges = { inserted: [], updated: new Map(), removed: new Set() };
  const { inserted, updated, removed } = changes;
  const { keyColumn } = documents;
  switch (statement.kind) {
    case "insert":
      for (const args of rows) inserted.push(documents.document(statement.columns, args));
      break;
    case "update":
      for (const args of rows) {
        const found = find(statement.keyColumn, keyArgument(args));
        if (found === undefined) continue;
        const earlier = updated.get(found[keyColumn]!);
        const current = earlier === undefined ? found : { ...found, ...earlier };
        updated.set(found[keyColumn]!, { ...earlier, ...assignedColumns(statement, args, current) });
      }
      break;
    case "delete":
      for (const args of rows) {
        const found = find(statement.keyColumn, keyArgument(args));
        if (found !== undefined) removed.add(found[keyColumn]!);
      }
      break;
    case "upsert": {
      const { columns, conflictColumn, mode } = statement;
      const position = columns.indexOf(conflictColumn);
      const touched = new Map<Value, Record<string, Value>>();
      for (const args of rows) {
        const value = args[position] ?? null;
        const earlier = touched.get(value);
        const isReplaced = mode === "replace";
        if (earlier !== undefined) {
          Object.assign(
            earlier,
            isReplaced ? documents.document(columns, args) : updatedColumns(columns, conflictColumn, args),
          );
          continue;
        }
        // NULL conflicts with nothing.
        const found = value === null ? undefined : find(conflictColumn, value);
        let document = found === undefined || isReplaced
          ? documents.document(columns, args)
          : updatedColumns(columns, conflictColumn, args);
        if (found === undefined) {
          inserted.push(document);
        } else if ((document[keyColumn] ?? found[keyColumn]) === found[keyColumn]) {
          updated.set(found[keyColumn]!, document);
        } else {
          // A document cannot change its key: another one takes its place. What a library keeps in the old one besides
          // the columns stays behind.
          const kept: Record<string, Value> = {};
          for (const { name } of documents.table.columns) kept[name] = found[name] ?? null;
          document = Object.assign(kept, document);
          removed.add(found[keyColumn]!);
          inserted.push(document);
        }
        if (value !== null) touched.set(value, document);
      }
      break;
    }
  }
  return changes;
}

/** The column by which a statement finds documents, and the values that it seeks. */
export function sought(
  statement: WriteStatement,
  rows: readonly Args[],
): { readonly column: string; readonly values: readonly Value[] } | undefined {
  switch (statement.kind) {
    case "insert":
      return undefined;
    case "upsert": {
      const position = statement.columns.indexOf(statement.conflictColumn);
      return { column: statement.conflictColumn, values: rows.map((args) => args[position] ?? null) };
    }
    case "update":
    case "delete":
      return { column: statement.keyColumn, values: rows.map(keyArgument) };
  }
}
