/** Live queries of TinyBase by query definitions: counts, sums, windows, joins, and whatever no index answers. */
import type { Observer, Subscription } from "../../model/adapter.ts";
import { tableNamed } from "../../model/schema.ts";
import {
  type CountQuery,
  type OrderTerm,
  type Query,
  type SelectQuery,
  type SumQuery,
  unqualified,
} from "../../model/statement.ts";
import type { Args, Row, Value } from "../../model/value.ts";
import { compileDocumentQuery, compileOrder, compileProjection } from "./document_query.ts";
import type { Cell, GetTableCell, Queries } from "./tinybase_library.ts";
import type { TinyBaseTables } from "./tinybase_tables.ts";

/** How a watched result is ordered. */
interface ResultOrder {
  /** The result cell that the library sorts by; `undefined` when the adapter must sort. */
  readonly cell: string | undefined;
  readonly descending: boolean;
  /** Columns that are selected for the order only, and the cells that hold them. */
  readonly hidden: readonly { readonly column: string; readonly name: string }[];
  /** The terms, in cells of the result. */
  readonly terms: readonly OrderTerm[];
  /** One sort key from several integer columns. */
  readonly composite?: (valueOf: (column: string) => Cell) => string;
}

const ORDER_CELL = "$order";

/** Defines a query for each watcher, and listens to what changes of its result. */
export class TinyBaseQueries {
  readonly #queries: Queries;
  readonly #tables: TinyBaseTables;
  #queryCount = 0;

  constructor(queries: Queries, tables: TinyBaseTables) {
    this.#queries = queries;
    this.#tables = tables;
  }

  /** Watches a query; the current result is delivered first. */
  watch(query: Query, args: Args, observer: Observer): Subscription {
    switch (query.kind) {
      case "count":
        return this.#watchCount(query, args, observer);
      case "sum":
        return this.#watchSum(query, args, observer);
      case "select":
        return this.#watchRows(query, args, observer);
    }
  }

  #watchCount(query: CountQuery, args: Args, observer: Observer): Subscription {
    if (query.where.length === 0) {
      const { table, as } = query;
      const deliver = () => observer.next([{ [as]: this.#tables.store.getRowCount(table) }]);
      const listener = this.#tables.store.addRowCountListener(table, deliver);
      deliver();
      return { close: () => void this.#tables.store.delListener(listener) };
    }
    const queryId = this.#define(query, args, undefined);
    const deliver = () => observer.next([{ [query.as]: this.#queries.getResultRowCount(queryId) }]);
    return this.#listen(queryId, [this.#queries.addResultRowCountListener(queryId, deliver)], deliver);
  }

  /** The library adds up the rows that a query selects, and has no result where it selects none. */
  #watchSum(query: SumQuery, args: Args, observer: Observer): Subscription {
    const queryId = this.#define(query, args, undefined);
    const deliver = () => {
      const [rowId] = this.#queries.getResultRowIds(queryId);
      const found = rowId === undefined ? {} : this.#queries.getResultRow(queryId, rowId) as Row;
      observer.next([{ [query.as]: found[query.as] ?? 0 }]);
    };
    return this.#listen(queryId, [this.#queries.addResultTableListener(queryId, deliver)], deliver);
  }

  #watchRows(query: SelectQuery, args: Args, observer: Observer): Subscription {
    const limit = compileDocumentQuery(query).limit(args);
    const order = this.#orderOf(query);
    const queryId = this.#define(query, args, order);
    const project = compileProjection(query.columns.map(unqualified));
    const rowsOf = (rowIds: readonly string[]) =>
      rowIds.map((rowId) => this.#queries.getResultRow(queryId, rowId) as Row);

    if (order === undefined || order.cell === undefined) {
      const compare = compileOrder(order?.terms ?? []);
      const deliver = () => {
        const rows = rowsOf(this.#queries.getResultRowIds(queryId)).sort(compare);
        observer.next(rows.slice(0, limit).map(project));
      };
      return this.#listen(queryId, [this.#queries.addResultTableListener(queryId, deliver)], deliver);
    }

    const { cell, descending } = order;
    const sortedRowIds = () => this.#queries.getResultSortedRowIds(queryId, cell, descending, 0, limit);
    if (limit === undefined) {
      const deliver = () => observer.next(rowsOf(sortedRowIds()).map(project));
      return this.#listen(queryId, [this.#queries.addResultTableListener(queryId, deliver)], deliver);
    }

    // A window changes when rows enter, leave or move, and when a row inside it changes. Both may happen in one
    // transaction, which is one emission: hence the delivery when the transaction is over. It
    // listens for that behind its definition, which works its changes in when the transaction finishes, too.
    let shown = new Set<string>();
    let isOutdated = false;
    const deliver = () => {
      const rowIds = sortedRowIds();
      shown = new Set(rowIds);
      isOutdated = false;
      observer.next(rowsOf(rowIds).map(project));
    };
    const listeners = [
      this.#queries.addResultSortedRowIdsListener(queryId, cell, descending, 0, limit, () => {
        isOutdated = true;
      }),
      this.#queries.addResultRowListener(queryId, null, (_queries, _query, rowId) => {
        if (shown.has(rowId)) isOutdated = true;
      }),
    ];
    const finished = this.#tables.store.addDidFinishTransactionListener(() => {
      if (isOutdated) deliver();
    });
    const { close } = this.#listen(queryId, listeners, deliver);
    return {
      close: () => {
        this.#tables.store.delListener(finished);
        return close();
      },
    };
  }

  /** Delivers the current result and returns what takes the listeners and the definition away. */
  #listen(queryId: string, listeners: readonly string[], deliver: () => void): Subscription {
    deliver();
    return {
      close: () => {
        for (const listener of listeners) this.#queries.delListener(listener);
        this.#queries.delQueryDefinition(queryId);
      },
    };
  }

  #define(query: Query, args: Args, order: ResultOrder | undefined): string {
    const queryId = `q${++this.#queryCount}`;
    const compiled = compileDocumentQuery(query);
    const documents = this.#tables.of(query.table);
    const join = query.kind === "select" ? query.join : undefined;
    const alias = query.kind === "select" && query.as !== undefined ? `${query.as}.` : "";
    const cellOf = (getCell: GetTableCell, column: string): unknown =>
      join === undefined || column.startsWith(alias)
        ? getCell(unqualified(column))
        : getCell(join.as, unqualified(column));

    const selected = query.kind === "select"
      ? query.columns
      : [query.kind === "sum" ? query.column : documents.keyColumn];
    this.#queries.setQueryDefinition(queryId, query.table, ({ select, join: joinTable, where, group }) => {
      if (query.kind === "sum") group(query.column, "sum").as(query.as);
      for (const column of selected) {
        const name = unqualified(column);
        if (join === undefined || column.startsWith(alias)) select(name).as(name);
        else select(join.as, name).as(name);
      }
      for (const { column, name } of order?.hidden ?? []) {
        select((getCell) => cellOf(getCell, column) as Cell).as(name);
      }
      if (order?.composite) {
        const { composite } = order;
        select((getCell) => composite((column) => cellOf(getCell, column) as Cell)).as(ORDER_CELL);
      }
      if (join !== undefined) {
        const partner = this.#tables.of(join.table);
        const left = unqualified(join.left);
        // Row ids are text. A number in the cell joins as well, but changes of the joined row go unnoticed then.
        joinTable(join.table, (getCell) => String(getCell(left))).as(join.as);
        // The library's joins keep rows without a partner.
        where((getCell) => getCell(join.as, partner.keyColumn) !== undefined);
      }
      const [only] = query.where;
      if (only?.kind === "equal" && query.where.length === 1 && join === undefined) {
        const value = compiled.equalities(args).get(only.column) ?? null;
        if (value === null) where(() => false);
        else where(only.column, value as Cell);
      } else if (query.where.length > 0) {
        const columns = filteredColumns(query);
        const matches = matcherOf(query, args);
        where((getCell) => {
          const row: Record<string, Value> = {};
          for (const column of columns) row[column] = (cellOf(getCell, column) ?? null) as Value;
          return matches(row);
        });
      }
    });
    return queryId;
  }

  /** How the result of a query is ordered: by one of its cells where the library can do it. */
  #orderOf(query: SelectQuery): ResultOrder | undefined {
    const [first, ...others] = query.orderBy;
    if (first === undefined) return undefined;
    const terms = query.orderBy.map(({ column, descending }, index) => ({
      column: query.columns.includes(column) ? unqualified(column) : `${ORDER_CELL}${index}`,
      descending,
    }));
    const hidden = query.orderBy.flatMap(({ column }, index) =>
      query.columns.includes(column) ? [] : [{ column, name: `${ORDER_CELL}${index}` }]
    );
    const { descending } = first;
    const declared = query.orderBy.map(({ column }) => this.#columnOf(query, column));
    if (others.length === 0 && !declared[0]?.nullable) {
      return { cell: terms[0]!.column, descending, hidden, terms };
    }
    if (declared.every((column) => column?.type === "integer")) {
      const composite = compositeKey(query.orderBy);
      return { cell: ORDER_CELL, descending, hidden: [], terms, composite };
    }
    return { cell: undefined, descending, hidden, terms };
  }

  #columnOf(query: SelectQuery, column: string) {
    const isJoined = query.join !== undefined && column.startsWith(`${query.join.as}.`);
    const table = tableNamed(this.#tables.tables, isJoined ? query.join!.table : query.table);
    return table.columns.find((candidate) => candidate.name === unqualified(column));
  }
}

/**
 * One text per row that sorts as several integer columns do, in the direction of the first: the library sorts by one
 * cell only. 53 bits are 14 hexadecimal digits; the digit before them is the sign.
 */
function compositeKey(orderBy: readonly OrderTerm[]): (valueOf: (column: string) => Cell) => string {
  const turned = orderBy.map(({ descending }) => descending !== orderBy[0]!.descending);
  return (valueOf) => {
    let key = "";
    for (const [index, { column }] of orderBy.entries()) {
      const value = valueOf(column) ?? null;
      if (value === null) {
        key += turned[index] ? "~" : " ";
        continue;
      }
      const number = turned[index] ? -Number(value) : Number(value);
      const digits = number < 0 ? Number.MAX_SAFE_INTEGER + number : number;
      key += (number < 0 ? "0" : "1") + digits.toString(16).padStart(14, "0");
    }
    return key;
  };
}

function filteredColumns(query: Query): string[] {
  return query.where.flatMap((filter) => filter.kind === "before" ? filter.columns : [filter.column]);
}

/** All conditions of a query, over rows whose columns are named as the conditions name them. */
function matcherOf(query: Query, args: Args): (row: Row) => boolean {
  const { table, where, params } = query;
  return compileDocumentQuery({ kind: "count", table, as: "n", where, params, sql: "" }).matcher(args);
}
