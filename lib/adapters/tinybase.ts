import type {
  Adapter,
  Observer,
  OpenContext,
  Session,
  Subscription,
  TransactionStep,
} from "../model/adapter.ts";
import type { Table } from "../model/schema.ts";
import { tableNamed } from "../model/schema.ts";
import type {
  CountQuery,
  OrderTerm,
  Query,
  SelectQuery,
  SumQuery,
  WriteStatement,
} from "../model/statement.ts";
import { unqualified } from "../model/statement.ts";
import type { Args, Row, Value } from "../model/value.ts";
import type { DocumentQuery } from "./shared/document_query.ts";
import { compileDocumentQuery, compileOrder, compileProjection } from "./shared/document_query.ts";
import {
  assignedColumns,
  DocumentTable,
  indexedColumns,
  keyArgument,
  updatedColumns,
} from "./shared/document_table.ts";
import { loadDriver } from "./shared/load_driver.ts";
import { inTransaction } from "./shared/play_transaction.ts";
import { keepStore } from "./shared/tinybase_persistence.ts";

/** TinyBase: a reactive store in memory whose queries are kept current row by row. */
export const tinybase: Adapter = {
  id: "tinybase",
  title: "TinyBase",
  about:
    "A reactive tabular store in memory. A row by its key is watched with a row listener, rows of one value of an " +
    "indexed column with a slice listener and row listeners, all others by query definitions with result listeners, " +
    "ordered windows with getResultSortedRowIds and its own listener; counts without conditions are row count " +
    "listeners. One-time reads use its indexes on the columns that the schema indexes, defined when first needed. A " +
    "batch is one transaction. A table whose keys the database would assign is keyed by its unique column.",
  unfair:
    "Without its persister nothing is stored durably, and nothing crosses a thread, so its writes pay for neither. With " +
    "it, writes are acknowledged before they are saved, and a failed save is ignored. It checks no " +
    "constraints: an insert with a key that exists replaces the row.",
  homepage: "https://tinybase.org",
  idioms: {
    write: {
      how: "`setRow`, `setPartialRow` or `delRow`, each of which is a transaction of its own.",
      link: "https://tinybase.org/api/the-essentials/setting-data/setrow/",
    },
    batch: {
      how: "One `transaction` around one call per row: listeners run once, when it is over.",
      link: "https://tinybase.org/guides/the-basics/transactions/",
    },
    readPage: {
      how:
        "`getSliceRowIds` of an index that is sorted by the first column of the order, and `getRow` up to the limit.",
      link: "https://tinybase.org/guides/using-indexes/creating-an-index/",
    },
    readKey: {
      how: "`getRow` by the row's id.",
      link: "https://tinybase.org/api/the-essentials/getting-data/getrow/",
    },
    join: {
      how:
        "For one-time reads `getRow` of the partner by its id; live joins are `join` in a query definition.",
      link: "https://tinybase.org/guides/using-queries/tinyql/",
    },
    watchRow: {
      how: "`addRowListener` on the table and the row's id.",
      link: "https://tinybase.org/api/the-essentials/listening-for-changes/addrowlistener/",
      tried: "A query definition per row, which is compared with every written row: several times slower.",
    },
    watchList: {
      how:
        "`addSliceRowIdsListener` and an `addRowListener` for each row of the slice, delivered when the transaction " +
        "has finished; windows, ranges and joins are query definitions.",
      link:
        "https://tinybase.org/api/indexes/interfaces/indexes/indexes/methods/listener/addslicerowidslistener/",
      tried: "Query definitions for lists by an indexed column, too: slower to subscribe and to write under.",
    },
    watchCount: {
      how:
        "`addRowCountListener` of the table, or `addResultRowCountListener` of a query definition with conditions; a sum " +
        "is `group` of one.",
      link: "https://tinybase.org/api/store/interfaces/store/store/methods/listener/addrowcountlistener/",
    },
  },
  objection:
    "Its users mostly go through hooks such as useRow and useSliceRowIds, which render single rows instead of putting " +
    "whole results together; the contract wants the whole result each time.",
  runsIn: ["deno", "node", "bun", "browser", "react-native"],
  runtimes: ["deno", "node", "bun", "chromium"],
  drivers: { tinybase: "10.0.1" },
  options: {
    persister: {
      values: ["none", "sqlite", "indexeddb", "opfs"],
      default: "none",
      only: { sqlite: ["deno", "node", "bun"], indexeddb: ["chromium"], opfs: ["chromium"] },
      meaning:
        "sqlite also saves each change to a file behind the writes, by autosave of the tabular persister for " +
        "node:sqlite; indexeddb does so in a browser by the persister for IndexedDB, and opfs by the one for a file " +
        "in the origin private file system, both of which save all tables each time; nobody waits for any",
    },
  },
  pageImports: ({ persister }) => ({
    page: {
      tinybase: ["createStore", "createQueries", "createIndexes"],
      ...(persister === "indexeddb"
        ? { "tinybase/persisters/persister-indexed-db": ["createIndexedDbPersister"] }
        : persister === "opfs"
        ? { "tinybase/persisters/persister-browser": ["createOpfsPersister"] }
        : {}),
    },
  }),
  permissions: {},
  capabilities: ({ persister = "none" }) => ({
    liveQueries: "incremental",
    sql: false,
    joins: true,
    atomicBatch: true,
    interactiveTransaction: true,
    durability: persister === "none" ? "none" : "relaxed",
    worksOn: "caller",
    columnTypes: ["real"],
    transactions: "flat",
  }),
  delay: () => ({ atMostMs: 0, isDefault: true }),
  counters: [],
  knownGaps: [{
    scenario: "listener/writes-to-its-own-table",
    reason:
      "tinybase 10.0.1 drops what a listener writes, without an error, unless it was added as a mutator " +
      "listener (docs/known-gaps/tinybase-write-in-listener.ts)",
  }, {
    scenario: "listener/writes-to-another-table",
    reason:
      "tinybase 10.0.1 drops what a listener writes, without an error, unless it was added as a mutator " +
      "listener (docs/known-gaps/tinybase-write-in-listener.ts)",
  }, {
    scenario: "values/integers-beyond-safe-range",
    reason: "tinybase 10.0.1 leaves a cell away that is a bigint",
  }],
  async open(context) {
    const library: TinyBase = await loadDriver(
      "tinybase",
      // @ts-ignore: resolved by drivers/tinybase/deno.json
      () => import("tinybase"),
    );
    const session = new TinyBaseSession(library, context);
    await session.keep(context);
    return session;
  },
};

// What is used of the library, so that the file is checked without it as well.
type Cell = Exclude<Value, bigint | Uint8Array>;
type GetTableCell = (tableOrCell: string, cell?: string) => unknown;

interface TinyBase {
  createStore(): Store;
  createQueries(store: Store): Queries;
  createIndexes(store: Store): Indexes;
}

interface Store {
  hasRow(table: string, row: string): boolean;
  getRow(table: string, row: string): object;
  getRowIds(table: string): string[];
  getRowCount(table: string): number;
  setRow(table: string, row: string, cells: Record<string, Cell>): unknown;
  setPartialRow(table: string, row: string, cells: Record<string, Cell>): unknown;
  delRow(table: string, row: string): unknown;
  transaction(actions: () => void): void;
  startTransaction(): unknown;
  finishTransaction(doRollback: () => boolean): unknown;
  addRowListener(table: string, row: string, listener: () => void): string;
  addRowCountListener(table: string, listener: () => void): string;
  addDidFinishTransactionListener(listener: () => void): string;
  delListener(listener: string): unknown;
}

interface Queries {
  setQueryDefinition(
    query: string,
    table: string,
    define: (keywords: {
      select: {
        (cell: string): { as(name: string): void };
        (table: string, cell: string): { as(name: string): void };
        (compute: (getCell: GetTableCell) => Cell): { as(name: string): void };
      };
      join: (table: string, on: (getCell: (cell: string) => unknown) => string) => { as(name: string): void };
      where: { (cell: string, equals: Cell): void; (condition: (getCell: GetTableCell) => boolean): void };
      group: (cell: string, aggregate: "sum") => { as(name: string): void };
    }) => void,
  ): unknown;
  delQueryDefinition(query: string): unknown;
  getResultRow(query: string, row: string): object;
  getResultRowCount(query: string): number;
  getResultRowIds(query: string): string[];
  getResultSortedRowIds(
    query: string,
    cell?: string,
    descending?: boolean,
    offset?: number,
    limit?: number,
  ): string[];
  addResultTableListener(query: string, listener: () => void): string;
  addResultRowCountListener(query: string, listener: () => void): string;
  addResultRowListener(
    query: string,
    row: null,
    listener: (queries: unknown, query: string, row: string) => void,
  ): string;
  addResultSortedRowIdsListener(
    query: string,
    cell: string,
    descending: boolean,
    offset: number,
    limit: number | undefined,
    listener: () => void,
  ): string;
  delListener(listener: string): unknown;
  destroy(): void;
}

interface Indexes {
  setIndexDefinition(
    index: string,
    table: string,
    slice: string | (() => string),
    sortKey?: string,
  ): unknown;
  getSliceRowIds(index: string, slice: string): string[];
  addSliceRowIdsListener(index: string, slice: string, listener: () => void): string;
  delListener(listener: string): unknown;
  destroy(): void;
}

/** How a one-time read finds its rows. */
interface ReadPlan {
  readonly query: DocumentQuery;
  /** Candidates in the order of the first term when `isOrdered`. */
  rowIds(args: Args): readonly string[];
  readonly isOrdered: boolean;
}

class TinyBaseSession implements Session {
  readonly #store: Store;
  readonly #queries: Queries;
  readonly #indexes: Indexes;
  readonly #tables: readonly Table[];
  readonly #documents = new Map<string, DocumentTable>();
  readonly #plans = new WeakMap<Query, ReadPlan>();
  readonly #indexIds = new Set<string>();
  /** Deliveries of slices that wait for the end of a transaction: several listeners may ask for one of them. */
  readonly #waiting = new Set<() => void>();
  #hasDeliverer = false;
  #queryCount = 0;
  #stopKeeping: (() => Promise<void>) | undefined;

  constructor(library: TinyBase, { tables }: OpenContext) {
    this.#store = library.createStore();
    this.#queries = library.createQueries(this.#store);
    this.#indexes = library.createIndexes(this.#store);
    this.#tables = tables;
    for (const table of tables) this.#documents.set(table.name, new DocumentTable(table));
  }

  write(statement: WriteStatement, args: Args): void {
    const { table } = statement;
    const documents = this.#documentsOf(table);
    switch (statement.kind) {
      case "insert": {
        const document = documents.document(statement.columns, args);
        this.#store.setRow(table, String(document[documents.keyColumn]), cells(document));
        return;
      }
      case "upsert": {
        const key = args[statement.columns.indexOf(statement.conflictColumn)] ?? null;
        const rowId = this.#rowId(documents, statement.conflictColumn, key);
        if (rowId !== undefined && this.#store.hasRow(table, rowId)) {
          if (statement.mode === "update") {
            const changes = updatedColumns(statement.columns, statement.conflictColumn, args);
            this.#store.setPartialRow(table, rowId, cells(changes));
            return;
          }
          if (statement.conflictColumn !== documents.keyColumn) this.#store.delRow(table, rowId);
        }
        const document = documents.document(statement.columns, args);
        this.#store.setRow(table, String(document[documents.keyColumn]), cells(document));
        return;
      }
      case "update": {
        const rowId = this.#rowId(documents, statement.keyColumn, keyArgument(args));
        if (rowId === undefined || !this.#store.hasRow(table, rowId)) return;
        const readsOld = statement.set.some((assignment) => "increment" in assignment);
        const current = readsOld ? this.#store.getRow(table, rowId) as Row : {};
        this.#store.setPartialRow(table, rowId, cells(assignedColumns(statement, args, current)));
        return;
      }
      case "delete": {
        const rowId = this.#rowId(documents, statement.keyColumn, keyArgument(args));
        if (rowId !== undefined) this.#store.delRow(table, rowId);
        return;
      }
    }
  }

  batch(statement: WriteStatement, rows: readonly Args[]): void {
    this.#store.transaction(() => {
      for (const args of rows) this.write(statement, args);
    });
  }

  transaction(steps: readonly TransactionStep[]): Promise<readonly (readonly Row[])[]> {
    return inTransaction(async (play) => {
      let isWhole = false;
      this.#store.startTransaction();
      try {
        await play({
          write: (statement, args) => this.write(statement, args),
          read: (query, args) => this.read(query, args),
        });
        isWhole = true;
      } finally {
        this.#store.finishTransaction(() => !isWhole);
      }
    }, steps);
  }

  read(query: Query, args: Args): readonly Row[] {
    if (query.kind === "count" && query.where.length === 0) {
      return [{ [query.as]: this.#store.getRowCount(query.table) }];
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
    const { keyColumn, table } = this.#documentsOf(query.table);
    const isTextKey = table.columns.some(({ name, type }) => name === keyColumn && type === "text");
    const keyMatches = isTextKey ? undefined : plan.query.columnMatcher(keyColumn, args);
    for (const rowId of plan.rowIds(args)) {
      if (keyMatches !== undefined && !keyMatches(Number(rowId))) continue;
      const row = this.#store.getRow(query.table, rowId) as Row;
      const isFull = limit !== undefined && kept.length >= limit;
      // Rows that tie with the last one may still sort before it by the other terms.
      if (isFull && (limit === 0 || row[leading!] !== kept[kept.length - 1]![leading!])) break;
      if (matches(row) && this.#hasPartner(query, row)) kept.push(row);
    }
    return plan.query.result(kept, args, findJoined);
  }

  watch(query: Query, callerArgs: Args, observer: Observer): Subscription {
    const args = Array.from(callerArgs);
    if (query.kind === "count") return this.#watchCount(query, args, observer);
    if (query.kind === "sum") return this.#watchSum(query, args, observer);
    const sole = this.#soleEquality(query, args);
    if (sole !== undefined) {
      const documents = this.#documentsOf(query.table);
      if (sole.column === documents.keyColumn) {
        return this.#watchRow(query, args, String(sole.value), observer);
      }
      if (query.limit === undefined && indexedColumns(documents.table).has(sole.column)) {
        return this.#watchSlice(query, args, sole, observer);
      }
    }
    return this.#watchRows(query, args, observer);
  }

  /** The column and value of a query whose only condition is that they are equal. */
  #soleEquality(query: SelectQuery, args: Args): Equality | undefined {
    if (query.join !== undefined || query.where.length !== 1) return undefined;
    const [equal] = compileDocumentQuery(query).equalities(args);
    if (equal === undefined || equal[1] === null) return undefined;
    return { column: equal[0], value: equal[1] };
  }

  #watchRow(query: SelectQuery, args: Args, rowId: string, observer: Observer): Subscription {
    const compiled = compileDocumentQuery(query);
    const matches = compiled.matcher(args);
    const deliver = () => {
      const row = this.#store.getRow(query.table, rowId) as Row;
      observer.next(
        this.#store.hasRow(query.table, rowId) && matches(row) ? compiled.result([row], args) : [],
      );
    };
    const listener = this.#store.addRowListener(query.table, rowId, deliver);
    deliver();
    return { close: () => void this.#store.delListener(listener) };
  }

  /** The rows of one slice of an index: it tells who enters and leaves, each row tells its changes itself. */
  #watchSlice(query: SelectQuery, args: Args, { column, value }: Equality, observer: Observer): Subscription {
    const compiled = compileDocumentQuery(query);
    const matches = compiled.matcher(args);
    const index = this.#index(query.table, column, query.orderBy[0]?.column);
    const slice = String(value);
    const rowListeners = new Map<string, string>();
    let rowIds: readonly string[] = [];
    const deliver = () => {
      const rows = rowIds.map((rowId) => this.#store.getRow(query.table, rowId) as Row);
      // Slices are named by text: that of 1 is that of "1".
      observer.next(compiled.result(rows.filter(matches), args));
    };
    this.#deliverWaiting();
    const wait = () => void this.#waiting.add(deliver);
    const followSlice = () => {
      rowIds = this.#indexes.getSliceRowIds(index, slice);
      const kept = new Set(rowIds);
      for (const [rowId, listener] of rowListeners) {
        if (kept.has(rowId)) continue;
        this.#store.delListener(listener);
        rowListeners.delete(rowId);
      }
      for (const rowId of rowIds) {
        if (!rowListeners.has(rowId)) {
          rowListeners.set(rowId, this.#store.addRowListener(query.table, rowId, wait));
        }
      }
    };
    followSlice();
    const sliceListener = this.#indexes.addSliceRowIdsListener(index, slice, () => {
      followSlice();
      wait();
    });
    deliver();
    return {
      close: () => {
        this.#waiting.delete(deliver);
        this.#indexes.delListener(sliceListener);
        for (const listener of rowListeners.values()) this.#store.delListener(listener);
      },
    };
  }

  /** Makes the end of each transaction deliver what waits for it, once somebody does. */
  #deliverWaiting(): void {
    if (this.#hasDeliverer) return;
    this.#hasDeliverer = true;
    this.#store.addDidFinishTransactionListener(() => {
      if (this.#waiting.size === 0) return;
      const deliveries = Array.from(this.#waiting);
      this.#waiting.clear();
      for (const deliver of deliveries) deliver();
    });
  }

  /** Loads what an existing database holds, and saves the store there from now on, as the options say. */
  async keep(context: OpenContext): Promise<void> {
    this.#stopKeeping = await keepStore(this.#store, context);
    if (context.database === "existing") this.#continueKeys();
  }

  /** Assigned keys go on behind those of the rows that were loaded. */
  #continueKeys(): void {
    for (const documents of this.#documents.values()) {
      const { name, primaryKey, autoKey } = documents.table;
      if (!autoKey) continue;
      for (const rowId of this.#store.getRowIds(name)) {
        documents.continueAfter(Number((this.#store.getRow(name, rowId) as Row)[primaryKey]));
      }
    }
  }

  async close(): Promise<void> {
    this.#queries.destroy();
    this.#indexes.destroy();
    await this.#stopKeeping?.();
  }

  #watchCount(query: CountQuery, args: Args, observer: Observer): Subscription {
    if (query.where.length === 0) {
      const { table, as } = query;
      const deliver = () => observer.next([{ [as]: this.#store.getRowCount(table) }]);
      const listener = this.#store.addRowCountListener(table, deliver);
      deliver();
      return { close: () => void this.#store.delListener(listener) };
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
    const finished = this.#store.addDidFinishTransactionListener(() => {
      if (isOutdated) deliver();
    });
    const { close } = this.#listen(queryId, listeners, deliver);
    return {
      close: () => {
        this.#store.delListener(finished);
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
    const documents = this.#documentsOf(query.table);
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
        const partner = this.#documentsOf(join.table);
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
    const table = tableNamed(this.#tables, isJoined ? query.join!.table : query.table);
    return table.columns.find((candidate) => candidate.name === unqualified(column));
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
    const documents = this.#documentsOf(query.table);
    const equal = query.where.flatMap((filter) =>
      filter.kind === "equal" && isOnFirstTable(query, filter.column) ? [unqualified(filter.column)] : []
    );
    const valueOf = (args: Args, column: string) => compiled.equalities(args).get(column) ?? null;
    if (equal.includes(documents.keyColumn)) {
      const rowIds = (args: Args) => {
        const rowId = String(valueOf(args, documents.keyColumn));
        return this.#store.hasRow(query.table, rowId) ? [rowId] : [];
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
      const index = this.#index(query.table, sliced, sortKey);
      const rowIds = (args: Args) =>
        turned(this.#indexes.getSliceRowIds(index, String(valueOf(args, sliced))));
      return { query: compiled, rowIds, isOrdered: sortKey !== undefined };
    }
    if (sortKey !== undefined && indexed.has(sortKey)) {
      const index = this.#index(query.table, undefined, sortKey);
      return {
        query: compiled,
        rowIds: () => turned(this.#indexes.getSliceRowIds(index, WHOLE)),
        isOrdered: true,
      };
    }
    return { query: compiled, rowIds: () => this.#store.getRowIds(query.table), isOrdered: false };
  }

  /** Defines an index on first use: slices by a column, or one slice of all rows; sorted by another column. */
  #index(table: string, slice: string | undefined, sortKey: string | undefined): string {
    const indexId = `${table}/${slice ?? ""}/${sortKey ?? ""}`;
    if (!this.#indexIds.has(indexId)) {
      this.#indexes.setIndexDefinition(indexId, table, slice ?? (() => WHOLE), sortKey);
      this.#indexIds.add(indexId);
    }
    return indexId;
  }

  /** The row that has this value in a key or unique column. */
  #rowId(documents: DocumentTable, column: string, value: Value): string | undefined {
    if (column === documents.keyColumn) return String(value);
    const index = this.#index(documents.table.name, column, undefined);
    return this.#indexes.getSliceRowIds(index, String(value))[0];
  }

  #findJoined(query: Query): ((key: Value) => Row | undefined) | undefined {
    const join = query.kind === "select" ? query.join : undefined;
    if (join === undefined) return undefined;
    return (key) =>
      this.#store.hasRow(join.table, String(key))
        ? this.#store.getRow(join.table, String(key)) as Row
        : undefined;
  }

  #hasPartner(query: Query, row: Row): boolean {
    if (query.kind !== "select" || query.join === undefined) return true;
    return this.#store.hasRow(query.join.table, String(row[unqualified(query.join.left)]));
  }

  #documentsOf(table: string): DocumentTable {
    return this.#documents.get(table) ?? new DocumentTable(tableNamed(this.#tables, table));
  }
}

/** A condition that a column equals a value. */
interface Equality {
  readonly column: string;
  readonly value: Value;
}

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
const WHOLE = "";

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

function isOnFirstTable(query: Query, column: string): boolean {
  return query.kind !== "select" || query.join === undefined ||
    column.startsWith(`${query.as ?? query.table}.`);
}

function filteredColumns(query: Query): string[] {
  return query.where.flatMap((filter) => filter.kind === "before" ? filter.columns : [filter.column]);
}

/** All conditions of a query, over rows whose columns are named as the conditions name them. */
function matcherOf(query: Query, args: Args): (row: Row) => boolean {
  const { table, where, params } = query;
  return compileDocumentQuery({ kind: "count", table, as: "n", where, params, sql: "" }).matcher(args);
}

function cells(document: Record<string, Value>): Record<string, Cell> {
  return document as Record<string, Cell>;
}
