import type {
  Adapter,
  Observer,
  OpenContext,
  Session,
  Subscription,
  TransactionStep,
} from "../model/adapter.ts";
import type { Query, SelectQuery, WriteStatement } from "../model/statement.ts";
import type { Args, Row, Value } from "../model/value.ts";
import { compileDocumentQuery } from "./shared/document_query.ts";
import { assignedColumns, indexedColumns, keyArgument, updatedColumns } from "./shared/document_table.ts";
import { loadDriver } from "./shared/load_driver.ts";
import { inTransaction } from "./shared/play_transaction.ts";
import type { Cell, Indexes, Queries, Store, TinyBase } from "./shared/tinybase_library.ts";
import { keepStore } from "./shared/tinybase_persistence.ts";
import { TinyBaseQueries } from "./shared/tinybase_queries.ts";
import { TinyBaseReads } from "./shared/tinybase_reads.ts";
import { TinyBaseTables } from "./shared/tinybase_tables.ts";

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
  runtimes: ["deno", "node", "bun", "chromium", "firefox"],
  drivers: { tinybase: "10.0.1" },
  options: {
    persister: {
      values: ["none", "sqlite", "indexeddb", "opfs"],
      default: "none",
      only: {
        sqlite: ["deno", "node", "bun"],
        indexeddb: ["chromium", "firefox"],
        opfs: ["chromium", "firefox"],
      },
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

class TinyBaseSession implements Session {
  readonly #store: Store;
  readonly #definitions: Queries;
  readonly #indexes: Indexes;
  readonly #tables: TinyBaseTables;
  readonly #reads: TinyBaseReads;
  readonly #queries: TinyBaseQueries;
  /** Deliveries of slices that wait for the end of a transaction: several listeners may ask for one of them. */
  readonly #waiting = new Set<() => void>();
  #hasDeliverer = false;
  #stopKeeping: (() => Promise<void>) | undefined;

  constructor(library: TinyBase, { tables }: OpenContext) {
    this.#store = library.createStore();
    this.#definitions = library.createQueries(this.#store);
    this.#indexes = library.createIndexes(this.#store);
    this.#tables = new TinyBaseTables(this.#store, this.#indexes, tables);
    this.#reads = new TinyBaseReads(this.#tables);
    this.#queries = new TinyBaseQueries(this.#definitions, this.#tables);
  }

  write(statement: WriteStatement, args: Args): void {
    const { table } = statement;
    const documents = this.#tables.of(table);
    switch (statement.kind) {
      case "insert": {
        const document = documents.document(statement.columns, args);
        this.#store.setRow(table, String(document[documents.keyColumn]), cells(document));
        return;
      }
      case "upsert": {
        const key = args[statement.columns.indexOf(statement.conflictColumn)] ?? null;
        const rowId = this.#tables.rowId(documents, statement.conflictColumn, key);
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
        const rowId = this.#tables.rowId(documents, statement.keyColumn, keyArgument(args));
        if (rowId === undefined || !this.#store.hasRow(table, rowId)) return;
        const readsOld = statement.set.some((assignment) => "increment" in assignment);
        const current = readsOld ? this.#store.getRow(table, rowId) as Row : {};
        this.#store.setPartialRow(table, rowId, cells(assignedColumns(statement, args, current)));
        return;
      }
      case "delete": {
        const rowId = this.#tables.rowId(documents, statement.keyColumn, keyArgument(args));
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
    return this.#reads.read(query, args);
  }

  watch(query: Query, callerArgs: Args, observer: Observer): Subscription {
    const args = Array.from(callerArgs);
    const sole = query.kind === "select" ? this.#soleEquality(query, args) : undefined;
    if (query.kind === "select" && sole !== undefined) {
      const documents = this.#tables.of(query.table);
      if (sole.column === documents.keyColumn) {
        return this.#watchRow(query, args, String(sole.value), observer);
      }
      if (query.limit === undefined && indexedColumns(documents.table).has(sole.column)) {
        return this.#watchSlice(query, args, sole, observer);
      }
    }
    return this.#queries.watch(query, args, observer);
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
    const index = this.#tables.index(query.table, column, query.orderBy[0]?.column);
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
    for (const documents of this.#tables.all) {
      const { name, primaryKey, autoKey } = documents.table;
      if (!autoKey) continue;
      for (const rowId of this.#store.getRowIds(name)) {
        documents.continueAfter(Number((this.#store.getRow(name, rowId) as Row)[primaryKey]));
      }
    }
  }

  async close(): Promise<void> {
    this.#definitions.destroy();
    this.#indexes.destroy();
    await this.#stopKeeping?.();
  }
}

/** A condition that a column equals a value. */
interface Equality {
  readonly column: string;
  readonly value: Value;
}

function cells(document: Record<string, Value>): Record<string, Cell> {
  return document as Record<string, Cell>;
}
