/** One-time reads of TinyBase, by row ids and the indexes of the schema. */
import { type Query, unqualified } from "../../model/statement.ts";
import type { Args, Row, Value } from "../../model/value.ts";
import { compileDocumentQuery, type DocumentQuery } from "./document_query.ts";
import { indexedColumns } from "./document_table.ts";
import { type TinyBaseTables, WHOLE } from "./tinybase_tables.ts";

/** How a one-time read finds its rows. */
interface ReadPlan {
  readonly query: DocumentQuery;
  /** Candidates in the order of the first term when `isOrdered`. */
  rowIds(args: Args): readonly string[];
  readonly isOrdered: boolean;
}

/** Answers queries, each by a plan that is made once. */
export class TinyBaseReads {
  readonly #tables: TinyBaseTables;
  readonly #plans = new WeakMap<Query, ReadPlan>();

  constructor(tables: TinyBaseTables) {
    this.#tables = tables;
  }

  /** The result of now. */
  read(query: Query, args: Args): readonly Row[] {
    if (query.kind === "count" && query.where.length === 0) {
      return [{ [query.as]: this.#tables.store.getRowCount(query.table) }];
    }
    const plan = this.#planOf(query);
    const matches = plan.query.matcher(args);
    const limit = plan.isOrdered ? plan.query.limit(args) : undefined;
    const findJoined = this.#findJoined(query);
    const leading = query.kind === "select" && query.orderBy[0]
      ? unqualified(query.orderBy[0].column)
      : undefined;
    const kept: Row[] = [];
    // Row ids are keys as text: rows outside a range of keys are not fetched.
    const { keyColumn, table } = this.#tables.of(query.table);
    const isTextKey = table.columns.some(({ name, type }) => name === keyColumn && type === "text");
    const keyMatches = isTextKey ? undefined : plan.query.columnMatcher(keyColumn, args);
    for (const rowId of plan.rowIds(args)) {
      if (keyMatches !== undefined && !keyMatches(Number(rowId))) continue;
      const row = this.#tables.store.getRow(query.table, rowId) as Row;
      const isFull = limit !== undefined && kept.length >= limit;
      // Rows that tie with the last one may still sort before it by the other terms.
      if (isFull && (limit === 0 || row[leading!] !== kept[kept.length - 1]![leading!])) break;
      if (matches(row) && this.#hasPartner(query, row)) kept.push(row);
    }
    return plan.query.result(kept, args, findJoined);
  }

  #planOf(query: Query): ReadPlan {
    let plan = this.#plans.get(query);
    if (plan === undefined) {
      plan = this.#plan(query);
      this.#plans.set(query, plan);
    }
    return plan;
  }

  #plan(query: Query): ReadPlan {
    const compiled = compileDocumentQuery(query);
    const documents = this.#tables.of(query.table);
    const equal = query.where.flatMap((filter) =>
      filter.kind === "equal" && isOnFirstTable(query, filter.column) ? [unqualified(filter.column)] : []
    );
    const valueOf = (args: Args, column: string) => compiled.equalities(args).get(column) ?? null;
    if (equal.includes(documents.keyColumn)) {
      const rowIds = (args: Args) => {
        const rowId = String(valueOf(args, documents.keyColumn));
        return this.#tables.store.hasRow(query.table, rowId) ? [rowId] : [];
      };
      return { query: compiled, rowIds, isOrdered: false };
    }
    const { table } = documents;
    const indexed = indexedColumns(table);
    const first = query.kind === "select" ? query.orderBy[0] : undefined;
    // An index sorts rows without the cell, which are those with NULL, among the texts.
    const sortsNull = first !== undefined &&
      table.columns.some(({ name, nullable }) => name === unqualified(first.column) && nullable);
    const canStopEarly = first !== undefined && !sortsNull && isOnFirstTable(query, first.column) &&
      query.where.every((filter) =>
        (filter.kind === "before" ? filter.columns : [filter.column]).every((column) =>
          isOnFirstTable(query, column)
        )
      );
    const sortKey = canStopEarly ? unqualified(first.column) : undefined;
    const turned = (rowIds: string[]) =>
      sortKey !== undefined && first!.descending ? rowIds.reverse() : rowIds;
    const sliced = equal.find((column) => indexed.has(column));
    if (sliced !== undefined) {
      const index = this.#tables.index(query.table, sliced, sortKey);
      const rowIds = (args: Args) =>
        turned(this.#tables.indexes.getSliceRowIds(index, String(valueOf(args, sliced))));
      return { query: compiled, rowIds, isOrdered: sortKey !== undefined };
    }
    if (sortKey !== undefined && indexed.has(sortKey)) {
      const index = this.#tables.index(query.table, undefined, sortKey);
      return {
        query: compiled,
        rowIds: () => turned(this.#tables.indexes.getSliceRowIds(index, WHOLE)),
        isOrdered: true,
      };
    }
    return { query: compiled, rowIds: () => this.#tables.store.getRowIds(query.table), isOrdered: false };
  }

  #findJoined(query: Query): ((key: Value) => Row | undefined) | undefined {
    const join = query.kind === "select" ? query.join : undefined;
    if (join === undefined) return undefined;
    return (key) =>
      this.#tables.store.hasRow(join.table, String(key))
        ? this.#tables.store.getRow(join.table, String(key)) as Row
        : undefined;
  }

  #hasPartner(query: Query, row: Row): boolean {
    if (query.kind !== "select" || query.join === undefined) return true;
    return this.#tables.store.hasRow(query.join.table, String(row[unqualified(query.join.left)]));
  }
}

function isOnFirstTable(query: Query, column: string): boolean {
  return query.kind !== "select" || query.join === undefined ||
    column.startsWith(`${query.as ?? query.table}.`);
}
