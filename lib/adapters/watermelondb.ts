import type { Adapter, Observer, OpenContext, Session, Subscription } from "../model/adapter.ts";
import type { Filter, Query, SelectQuery, WriteStatement } from "../model/statement.ts";
import { unqualified } from "../model/statement.ts";
import type { Args, Awaitable, Row, Value } from "../model/value.ts";
import { copyRows } from "./shared/copy_rows.ts";
import { documentChanges, sought } from "./shared/document_changes.ts";
import { compileDocumentQuery } from "./shared/document_query.ts";
import { filterValues, firstTableFilters } from "./shared/filter_values.ts";
import { enterProductionMode } from "./shared/production_mode.ts";
import { ResumedKeys } from "./shared/resumed_keys.ts";
import { type Engine, type Opened, openFile, openInBrowser } from "./shared/watermelondb_engine.ts";
import type {
  Clause,
  Database,
  PreparedRecord,
  RecordQuery,
  StoredRecord,
  Watermelon,
} from "./shared/watermelondb_library.ts";
import { found, RECORD_KEY, RecordTable, storedName, watchRecord } from "./shared/watermelondb_records.ts";
import { watchJoin } from "./shared/watch_join.ts";

/** WatermelonDB: observable records over SQLite, made for React Native. */
export const watermelondb: Adapter = {
  id: "watermelondb",
  title: "WatermelonDB",
  about:
    "Observable records over SQLite, through its adapter for Node, which runs better-sqlite3 in the caller's thread. A " +
    "row by its key is watched as a record (findAndObserve), rows are observeWithColumns with the selected columns, " +
    "counts observeCount. A query without limit is matched against each changed record and ordered here; one with a " +
    "limit is sortBy and take, which runs again whenever its table changes. Joins combine two live queries. A batch is " +
    "one database.batch. Indexes of several columns are made through unsafeSql, as its schema has none. Its file is " +
    "set to WAL with synchronous=NORMAL through the connection, as this adapter of the library has no setting for it. In a " +
    "browser it is its adapter for LokiJS, which has all records in memory and saves changes to IndexedDB every 500 ms.",
  unfair:
    "On phones, for which it is made, its work is done by native code; this adapter exists for its tests. It keeps " +
    "every record that was ever read in memory, and reads by key come from there. Records have text as keys. Counts " +
    "are not throttled, unlike by its default, which loses the last one. In a browser writes are acknowledged before they " +
    "are saved, a batch that fails leaves what came before the failure, and only single columns have indexes.",
  homepage: "https://watermelondb.dev",
  idioms: {
    write: {
      how: "`database.write` around `batch` of one prepared create, update or destroy.",
      link: "https://watermelondb.dev/docs/CRUD",
    },
    batch: {
      how: "`database.batch` of prepared records in one `database.write`.",
      link: "https://watermelondb.dev/docs/Writers",
    },
    readPage: {
      how: "`collection.query` with `Q.where`, `Q.sortBy` and `Q.take`, then `fetch`.",
      link: "https://watermelondb.dev/docs/Query",
      tried:
        "Indexes of single columns, as its schema declares them: three times slower on pages of a conversation.",
    },
    readKey: {
      how: "`collection.find`, which answers from the cache of records where it can.",
      link: "https://watermelondb.dev/docs/CRUD",
    },
    join: {
      how:
        "`collection.find` of each partner, as a relation of a record does it; live joins combine two queries.",
      link: "https://watermelondb.dev/docs/Relation",
      tried:
        "One query for all partners by `Q.oneOf`, which asks the database for records that are in memory.",
    },
    watchRow: {
      how: "`collection.findAndObserve`; a query for the key while there is no such record.",
      link: "https://watermelondb.dev/docs/Query",
      tried: "A query for each key from the start, which looks at every change of the table.",
    },
    watchList: {
      how: "`query.observeWithColumns` with the columns that the result shows or is ordered by.",
      link: "https://watermelondb.dev/docs/Components",
    },
    watchCount: {
      how:
        "`query.observeCount(false)`, which does not throttle; a sum is added up from `observeWithColumns`.",
      link: "https://watermelondb.dev/docs/Query",
      tried: "The default, a throttle of 250 ms, never shows the last count of a burst.",
    },
  },
  objection:
    "In an app its users hand records to components that observe them, so that no list is decoded and copied as a whole.",
  runsIn: ["deno", "node", "browser", "react-native"],
  runtimes: ["deno", "node", "chromium", "firefox"],
  otherRuntimes: "Bun gives its CommonJS modules no default export as Node does.",
  drivers: { "@nozbe/watermelondb": "0.28.0", "better-sqlite3": "13.2.0" },
  // It requires better-sqlite3 without declaring it.
  nodeModules: true,
  options: {
    adapter: {
      values: ["sqlite", "lokijs"],
      default: "sqlite",
      defaultIn: { chromium: "lokijs", firefox: "lokijs" },
      only: { sqlite: ["deno", "node"], lokijs: ["chromium", "firefox"] },
      meaning:
        "The library's adapter: for SQLite in Node, or for LokiJS with incremental IndexedDB in browsers",
    },
  },
  pageImports: () => ({
    page: {
      "@nozbe/watermelondb": ["Database", "Model", "Q", "appSchema", "tableSchema"],
      "@nozbe/watermelondb/adapters/lokijs": ["default"],
    },
  }),
  permissions: {
    ffi: true,
    read: ["driver"],
    env: ["NODE_ENV"],
    sys: ["cpus", "hostname", "networkInterfaces"],
  },
  capabilities: ({ adapter = "sqlite" }) => ({
    liveQueries: "row",
    sql: false,
    joins: false,
    // Its LokiJS has no transactions.
    atomicBatch: adapter === "sqlite",
    // Each batch is a transaction of its own; a writer block can neither be undone nor read what it has not written.
    interactiveTransaction: false,
    durability: adapter === "sqlite" ? "wal-normal" : "relaxed",
    worksOn: "caller",
    columnTypes: ["real"],
  }),
  delay: () => ({
    atMostMs: 0,
    isDefault: false,
    reason: "The default of observeCount, a throttle of 250 ms, never shows the last count of a burst in " +
      "@nozbe/watermelondb 0.28.0, so that the documented observeCount(false) is used",
  }),
  counters: [],
  knownGaps: [{
    scenario: "values/text-with-zero-character",
    when: { adapter: "sqlite" },
    reason: "@nozbe/watermelondb 0.28.0 writes texts into its SQL, where SQLite takes U+0000 for the end " +
      "(docs/known-gaps/watermelondb-zero-character.ts)",
  }, {
    scenario: "listener/leaves-by-itself",
    reason:
      "@nozbe/watermelondb 0.28.0 does not tell the subscriber behind one that leaves while it is told " +
      "(docs/known-gaps/watermelondb-leaving-subscriber.ts)",
  }, {
    scenario: "listener/closes-another",
    reason:
      "@nozbe/watermelondb 0.28.0 does not tell the subscriber behind one that leaves while it is told " +
      "(docs/known-gaps/watermelondb-leaving-subscriber.ts)",
  }, {
    scenario: "pace/live-queries-that-begin-during-a-write",
    reason: "A record that is asked for while the write that creates it is under way cannot be read with " +
      "@nozbe/watermelondb 0.28.0 (docs/known-gaps/watermelondb-watch-during-write.ts)",
    traits: ["watch", "overlap"],
  }, {
    scenario: "found/two-listeners-of-a-deleted-row",
    reason:
      "Of several subscribers to one record, @nozbe/watermelondb 0.28.0 does not tell every second one that it was " +
      "deleted (docs/known-gaps/watermelondb-deleted-record.ts)",
    traits: ["watch", "row", "twice", "delete"],
  }, {
    scenario: "found/listener-leaves-before-another",
    reason:
      "@nozbe/watermelondb 0.28.0 does not tell the subscriber behind one that leaves while it is told " +
      "(docs/known-gaps/watermelondb-leaving-subscriber.ts)",
    traits: ["leaves"],
  }, {
    scenario: "values/integers-beyond-safe-range",
    reason: "@nozbe/watermelondb 0.28.0 stores 0 for a bigint, as its columns hold numbers only",
  }],
  async open(context) {
    enterProductionMode();
    const isInBrowser = context.options["adapter"] === "lokijs";
    const opened = await (isInBrowser ? openInBrowser(context) : openFile(context));
    const session = new WatermelonSession(opened, context);
    if (opened.confirm !== undefined) {
      await session.ready();
      opened.confirm();
    }
    return session;
  },
};

class WatermelonSession implements Session {
  readonly #library: Watermelon;
  readonly #engine: Engine;
  readonly #database: Database;
  readonly #tables: ReadonlyMap<string, RecordTable>;
  /** Absent for a new database. */
  readonly #keys: ResumedKeys | undefined;

  constructor({ library, adapter, engine }: Opened, { tables, database }: OpenContext) {
    this.#library = library;
    this.#engine = engine;
    const modelClasses = tables.map(({ name }) =>
      class extends library.Model {
        static readonly table = name;
      }
    );
    this.#database = new library.Database({ adapter, modelClasses });
    this.#tables = new Map(
      tables.map((table) => [table.name, new RecordTable(table, this.#database.get(table.name))]),
    );
    this.#keys = database === "new" ? undefined : new ResumedKeys(async (name) => {
      const table = this.#at(name);
      return (await table.collection.query().fetch()).map((record) => table.decode(record));
    });
  }

  /** Resolves when the library can be asked: it queues what comes before. */
  async ready(): Promise<void> {
    for (const { collection } of this.#tables.values()) await collection.query().fetchCount();
  }

  write(statement: WriteStatement, args: Args): Promise<void> {
    return this.batch(statement, [args]);
  }

  batch(statement: WriteStatement, callerRows: readonly Args[]): Promise<void> {
    const rows = copyRows(callerRows);
    const table = this.#at(statement.table);
    return this.#database.write(async () => {
      if (this.#keys !== undefined) await this.#keys.ready(table.documents, statement);
      const met = sought(statement, rows);
      const records = met === undefined ? [] : await this.#having(table, met.column, met.values);
      const byValue = new Map(records.map((record) => {
        const document = table.decode(record);
        return [document[met!.column] ?? null, { record, document }];
      }));
      const byKey = new Map(records.map((record) => [record.id, record]));
      const changes = documentChanges(
        table.documents,
        statement,
        rows,
        (_, value) => byValue.get(value)?.document,
      );
      const operations: PreparedRecord[] = [];
      for (const key of changes.removed) {
        operations.push(byKey.get(String(key))!.prepareDestroyPermanently());
      }
      for (const document of changes.inserted) {
        operations.push(table.collection.prepareCreateFromDirtyRaw(table.encode(document)));
      }
      for (const [key, columns] of changes.updated) {
        operations.push(
          byKey.get(String(key))!.prepareUpdate((record) => {
            for (const column in columns) record._setRaw(storedName(column), columns[column]!);
          }),
        );
      }
      await this.#database.batch(operations);
    });
  }

  async read(query: Query, callerArgs: Args): Promise<readonly Row[]> {
    const args = Array.from(callerArgs);
    const table = this.#at(query.table);
    const { collection, documents } = table;
    const conditions = this.#conditions(query, args);
    if (query.kind === "count") {
      return [{ [query.as]: await collection.query(...conditions).fetchCount() }];
    }
    if (query.kind === "sum") {
      const records = await collection.query(...conditions).fetch();
      return compileDocumentQuery(query).result(records.map((record) => table.decode(record)), args);
    }
    const [only] = query.where;
    const isByKey = query.join === undefined && query.where.length === 1 && only?.kind === "equal" &&
      only.column === documents.keyColumn;
    if (isByKey) {
      const records = await this.#having(table, only.column, filterValues(query, args)[0]!);
      return compileDocumentQuery(query).result(records.map((record) => table.decode(record)), args);
    }
    const limited = collection.query(...conditions, ...this.#window(query, args));
    const rows = await this.#readRows(query, args, limited);
    const limit = compileDocumentQuery(query).limit(args);
    if (query.join === undefined || limit === undefined || rows.length === limit) return rows;
    // A row without a partner may have taken a place among the first rows.
    return await this.#readRows(query, args, collection.query(...conditions));
  }

  async #readRows(query: SelectQuery, args: Args, wanted: RecordQuery): Promise<readonly Row[]> {
    const table = this.#at(query.table);
    const found = (await wanted.fetch()).map((record) => table.decode(record));
    const compiled = compileDocumentQuery(query);
    if (query.join === undefined) return compiled.result(found, args);
    const left = unqualified(query.join.left);
    const right = unqualified(query.join.right);
    const partners = this.#at(query.join.table);
    const keys = found.map((document) => document[left] ?? null);
    const known = Array.from(new Set(keys));
    const records = right === partners.documents.keyColumn
      ? await this.#known(partners, known)
      : await this.#having(partners, right, known);
    const byKey = new Map(records.map((record) => {
      const document = partners.decode(record);
      return [document[right] ?? null, document];
    }));
    return compiled.result(found, args, (key) => byKey.get(key));
  }

  watch(query: Query, callerArgs: Args, observer: Observer): Subscription | Promise<Subscription> {
    const args = Array.from(callerArgs);
    const table = this.#at(query.table);
    const conditions = this.#conditions(query, args);
    const error = (thrown: unknown) => observer.error(thrown);
    if (query.kind === "count") {
      const next = (total: number) => observer.next([{ [query.as]: total }]);
      const live = table.collection.query(...conditions);
      const subscription = live.observeCount(false).subscribe({ next, error });
      return { close: () => subscription.unsubscribe() };
    }
    const watchRecords = (
      source: RecordTable,
      found: RecordQuery,
      columns: readonly string[],
      deliver: (documents: readonly Row[]) => void,
    ) => {
      const next = (records: StoredRecord[]) => deliver(records.map((record) => source.decode(record)));
      const subscription = found.observeWithColumns(columns).subscribe({ next, error });
      return () => subscription.unsubscribe();
    };
    if (query.kind === "sum") {
      const compiled = compileDocumentQuery(query);
      const live = table.collection.query(...conditions);
      const close = watchRecords(table, live, [storedName(query.column)], (documents) => {
        observer.next(compiled.result(documents, args));
      });
      return { close };
    }
    if (query.join !== undefined) {
      const partners = this.#at(query.join.table);
      const column = unqualified(query.join.right);
      return watchJoin(query, args, observer, {
        left: (deliver) => {
          return watchRecords(table, table.collection.query(...conditions), table.columns, deliver);
        },
        right: (keys, deliver) => {
          const wanted = partners.collection.query(this.#oneOf(partners, column, keys));
          return watchRecords(partners, wanted, partners.columns, deliver);
        },
      });
    }
    const [only] = query.where;
    if (query.where.length === 1 && only?.kind === "equal" && only.column === table.documents.keyColumn) {
      const key = filterValues(query, args)[0]![0]!;
      if (key !== null) return watchRecord(table, query, args, String(key), conditions, observer);
    }
    const compiled = compileDocumentQuery(query);
    const columns = [...query.columns, ...query.orderBy.map((term) => term.column)].map(storedName);
    const live = table.collection.query(...conditions, ...this.#window(query, args));
    const close = watchRecords(table, live, Array.from(new Set(columns)), (documents) => {
      observer.next(compiled.result(documents, args));
    });
    return { close };
  }

  facts(): Readonly<Record<string, string>> {
    return this.#engine.facts();
  }

  close(): Awaitable<void> {
    return this.#engine.close();
  }

  /** The conditions on the first table. */
  #conditions(query: Query, args: Args): Clause[] {
    const table = this.#at(query.table);
    return firstTableFilters(query, args).flatMap(({ filter, values }) =>
      this.#condition(table, filter, values)
    );
  }

  /** Order and limit, where the first table alone decides which rows come first. */
  #window(query: SelectQuery, args: Args): Clause[] {
    const { Q } = this.#library;
    const limit = compileDocumentQuery(query).limit(args);
    const columns = [
      ...query.orderBy.map((term) => term.column),
      ...query.where.flatMap((filter) => filter.kind === "before" ? filter.columns : [filter.column]),
    ];
    if (limit === undefined || !columns.every((column) => isOnFirstTable(query, column))) return [];
    const order = query.orderBy.map(({ column, descending }) =>
      Q.sortBy(storedName(unqualified(column)), descending ? "desc" : "asc")
    );
    return [...order, Q.take(limit)];
  }

  #condition(table: RecordTable, filter: Filter, values: readonly Value[]): Clause[] {
    const { Q } = this.#library;
    // Nothing is equal to, above or below NULL.
    if (values.includes(null)) return [Q.where(RECORD_KEY, Q.oneOf([]))];
    switch (filter.kind) {
      case "equal":
        return [this.#equal(table, unqualified(filter.column), values[0]!)];
      case "range": {
        const column = storedName(unqualified(filter.column));
        return [
          ...(filter.from === undefined ? [] : [Q.where(column, Q.gte(values[0]!))]),
          ...(filter.below === undefined ? [] : [Q.where(column, Q.lt(values.at(-1)!))]),
        ];
      }
      case "before": {
        const columns = filter.columns.map((column) => storedName(unqualified(column)));
        // The first clause follows from the second; it is the one that an index can serve.
        return [
          Q.where(columns[0]!, Q.lte(values[0]!)),
          Q.or(...columns.map((column, index) =>
            Q.and(
              ...columns.slice(0, index).map((earlier, position) => Q.where(earlier, values[position]!)),
              Q.where(column, Q.lt(values[index]!)),
            )
          )),
        ];
      }
    }
  }

  #equal({ documents }: RecordTable, column: string, value: Value): Clause {
    return column === documents.keyColumn
      ? this.#library.Q.where(RECORD_KEY, String(value))
      : this.#library.Q.where(storedName(column), value);
  }

  #oneOf({ documents }: RecordTable, column: string, values: readonly Value[]): Clause {
    const { Q } = this.#library;
    const known = values.filter((value) => value !== null);
    return column === documents.keyColumn
      ? Q.where(RECORD_KEY, Q.oneOf(known.map(String)))
      : Q.where(storedName(column), Q.oneOf(known));
  }

  /** Records that have one of the values in the column. */
  async #having(table: RecordTable, column: string, values: readonly Value[]): Promise<StoredRecord[]> {
    const [only] = values;
    if (values.length === 1 && only !== null && column === table.documents.keyColumn) {
      return await this.#known(table, values);
    }
    return await table.collection.query(this.#oneOf(table, column, values)).fetch();
  }

  /** Records by their keys, each from memory where it is there. */
  async #known({ collection }: RecordTable, keys: readonly Value[]): Promise<StoredRecord[]> {
    const records = await Promise.all(
      keys.filter((key) => key !== null).map((key) => found(collection.find(String(key)))),
    );
    return records.filter((record) => record !== undefined);
  }

  #at(table: string): RecordTable {
    return this.#tables.get(table)!;
  }
}

function isOnFirstTable(query: Query, column: string): boolean {
  return query.kind !== "select" || query.as === undefined || column.startsWith(`${query.as}.`);
}
