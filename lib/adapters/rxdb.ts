import module from "node:module";
import type { Adapter, DatabaseAge, Observer, OpenContext, Session, Subscription } from "../model/adapter.ts";
import type { Query, SelectQuery, WriteStatement } from "../model/statement.ts";
import { unqualified } from "../model/statement.ts";
import type { Args, Row, Value } from "../model/value.ts";
import { copyRows } from "./shared/copy_rows.ts";
import { documentChanges, sought } from "./shared/document_changes.ts";
import { compileDocumentQuery, compileProjection } from "./shared/document_query.ts";
import { assignedColumns, keyArgument } from "./shared/document_table.ts";
import { loadDriver } from "./shared/load_driver.ts";
import { ResumedKeys } from "./shared/resumed_keys.ts";
import type {
  BulkResult,
  Collection,
  Database,
  Document,
  Found,
  Library,
  LiveDocument,
  LiveQuery,
} from "./shared/rxdb_library.ts";
import { Store } from "./shared/rxdb_store.ts";
import { watchJoin } from "./shared/watch_join.ts";

/** RxDB: a document database over exchangeable storages, whose queries are observables. */
export const rxdb: Adapter = {
  id: "rxdb",
  title: "RxDB",
  about:
    "A document database whose queries are observables; results are kept current from change events (EventReduce) " +
    "and computed anew where that is impossible. A document by its key is watched by its own observable, where it is " +
    "there. Documents have a string as primary key, and the indexes of the " +
    "schema where their columns cannot be NULL. Batches are bulkInsert, bulkRemove and an incrementalPatch of each " +
    "document that is there; joins combine two live queries. storage=denokv is the free storage that survives the " +
    "process: one file of Deno's key-value store.",
  unfair:
    "Its strength is replication and the choice of storages, of which the fast durable ones are sold separately. " +
    "There are no transactions over several documents: watchers see half of a batch that adds and changes rows, " +
    "and with denokv of any batch over a hundred rows. The storage in memory answers a write before its documents " +
    "are in the indexes: that work is in the wall, but mostly not in the time of the write.",
  homepage: "https://rxdb.info",
  idioms: {
    write: {
      how: "`insert`, `findOne(key).incrementalPatch`, `incrementalModify` or `remove`.",
      link: "https://rxdb.info/rx-document.html",
      tried: "`findByIds` and the document's own `incrementalPatch`: no faster.",
    },
    batch: {
      how:
        "`bulkInsert` and `bulkRemove`; an `incrementalPatch` of each document that is there, which the library writes " +
        "together.",
      link: "https://rxdb.info/rx-collection.html",
    },
    readPage: {
      how: "`find` with selector, sort and limit, then `exec`.",
      link: "https://rxdb.info/rx-query.html",
    },
    readKey: {
      how: "`findOne(key).exec`, which the library answers from its cache of documents where it can.",
      link: "https://rxdb.info/rx-query.html",
    },
    join: {
      how: "A second query, `findByIds`, for the partners; live joins combine two live queries.",
      link: "https://rxdb.info/population.html",
    },
    watchRow: {
      how: "`findOne(key).exec`, then the document's `$`; `findOne(key).$` while there is no such document.",
      link: "https://rxdb.info/rx-document.html",
      tried:
        "`findOne(key).$` from the start, which looks at every change of the collection: nearly three times slower.",
    },
    watchList: {
      how: "`find` with selector, sort and limit, then `$`.",
      link: "https://rxdb.info/rx-query.html",
    },
    watchCount: {
      how: "`count` with a selector, then `$`; a sum is added up from what `find` gives.",
      link: "https://rxdb.info/rx-query.html",
    },
  },
  objection:
    "In production its users pay for another storage, such as IndexedDB without Dexie, OPFS or SQLite; none of these " +
    "runs here.",
  runsIn: ["deno", "node", "bun", "browser", "react-native"],
  runtimes: ["deno", "node", "bun", "chromium", "firefox"],
  drivers: { rxdb: "17.6.0" },
  options: {
    storage: {
      values: ["memory", "denokv", "dexie"],
      default: "memory",
      defaultIn: { chromium: "dexie", firefox: "dexie" },
      only: { denokv: ["deno"], dexie: ["chromium", "firefox"] },
      meaning:
        "Documents are in memory, in a file of Deno's key-value store with strong consistency, or, in a browser, in " +
        "IndexedDB through Dexie",
    },
    eventReduce: {
      values: ["true", "false"],
      default: "true",
      meaning: "Results are computed from change events where possible, or always by running the query again",
    },
    multiInstance: {
      values: ["true", "false"],
      default: "false",
      // The library's own default. Nobody shares the storage of a process.
      defaultIn: { chromium: "true", firefox: "true" },
      meaning: "Whether what one tab writes is told to the other tabs of a browser",
    },
    throttle: {
      values: ["0", "30"],
      default: "0",
      meaning: "liveQueryUpdateThrottleTime in milliseconds, for which changes of a result are collected",
    },
  },
  pageImports: ({ storage }) => ({
    page: {
      rxdb: ["createRxDatabase"],
      ...(storage === "dexie"
        ? { "rxdb/plugins/storage-dexie": ["getRxStorageDexie"] }
        : { "rxdb/plugins/storage-memory": ["getRxStorageMemory"] }),
    },
  }),
  permissions: { env: ["TMPDIR", "TMP", "TEMP"], unstable: ["kv"] },
  capabilities: (options) => ({
    liveQueries: options["eventReduce"] === "false" ? "table" : "incremental",
    sql: false,
    joins: false,
    atomicBatch: false,
    interactiveTransaction: false,
    // Deno syncs the file at each commit; Chromium hands a transaction to the kernel and acknowledges it.
    durability: options["storage"] === "denokv"
      ? "full"
      : options["storage"] === "dexie"
      ? "wal-normal"
      : "none",
    worksOn: "caller",
    columnTypes: ["real"],
    offsets: true,
  }),
  delay: ({ throttle }) => ({ atMostMs: Number(throttle), isDefault: throttle === "0" }),
  counters: [],
  knownGaps: [{
    scenario: "watch/delivers-current-result-first",
    reason:
      "With liveQueryUpdateThrottleTime, rxdb 17.6.0 hands a new subscriber of a query that is watched already " +
      "the result from before the interval, although writes since then were acknowledged",
    when: { throttle: "30" },
    traits: ["twice"],
  }],
  async open(context) {
    const library: Library = await loadDriver(
      "rxdb",
      // @ts-ignore: resolved by drivers/rxdb/deno.json
      () => import("rxdb"),
    );
    const database = await library.createRxDatabase({
      name: databaseName(context),
      storage: await loadDriver("rxdb", () => loadStorage(context)),
      multiInstance: context.options["multiInstance"] === "true",
      eventReduce: context.options["eventReduce"] !== "false",
      liveQueryUpdateThrottleTime: Number(context.options["throttle"]),
      // Counts by columns without an index read all documents, as in any database.
      allowSlowCount: true,
    });
    try {
      const stores = context.tables.map((table) => new Store(table));
      const schemas = stores.map(({ name, schema }) => [name, { schema }]);
      const collections = await database.addCollections(Object.fromEntries(schemas));
      return new RxdbSession(database, collections, stores, context.database);
    } catch (error) {
      await database.close();
      throw error;
    }
  },
};

/** The memory storage keeps documents by the name of their database; on a disk, a later session asks for the name again. */
function databaseName(
  { options: { storage }, directory }: Pick<OpenContext, "options" | "directory">,
): string {
  if (storage === "denokv") return "bench";
  return storage === "dexie" ? directory : `bench${++databaseCount}`;
}

let databaseCount = 0;

async function loadStorage(
  { directory, options }: Pick<OpenContext, "directory" | "options">,
): Promise<unknown> {
  if (options["storage"] === "dexie") {
    // @ts-ignore: resolved by the bundler
    const { getRxStorageDexie } = await import("rxdb/plugins/storage-dexie");
    return getRxStorageDexie();
  }
  if (options["storage"] !== "denokv") {
    // @ts-ignore: resolved by drivers/rxdb/deno.json
    const { getRxStorageMemory } = await import("rxdb/plugins/storage-memory");
    return getRxStorageMemory();
  }
  // As published, this storage takes a resolved promise from "rxdb-old", a name that only its own repository knows.
  const hooks = module.registerHooks({
    resolve: (specifier, context, next) => next(specifier === "rxdb-old" ? "rxdb" : specifier, context),
  });
  try {
    // @ts-ignore: resolved by drivers/rxdb/deno.json
    const { getRxStorageDenoKV } = await import("rxdb/plugins/storage-denokv");
    return getRxStorageDenoKV({
      consistencyLevel: "strong",
      batchSize: 100,
      openKvPath: `${directory}/data.db`,
    });
  } finally {
    hooks.deregister();
  }
}

class RxdbSession implements Session {
  readonly #database: Database;
  readonly #collections: Record<string, Collection>;
  readonly #stores: ReadonlyMap<string, Store>;
  /** Absent for a new database. */
  readonly #keys: ResumedKeys | undefined;

  constructor(
    database: Database,
    collections: Record<string, Collection>,
    stores: readonly Store[],
    age: DatabaseAge,
  ) {
    this.#database = database;
    this.#collections = collections;
    this.#stores = new Map(stores.map((store) => [store.name, store]));
    this.#keys = age === "new" ? undefined : new ResumedKeys(async (table) => {
      const { store, collection } = this.#at(table);
      return store.decodeAll(await collection.find({ selector: {} }).exec());
    });
  }

  async write(statement: WriteStatement, callerArgs: Args): Promise<void> {
    const args = Array.from(callerArgs);
    const { store, collection } = this.#at(statement.table);
    if (this.#keys !== undefined) await this.#keys.ready(store.documents, statement);
    if (statement.kind === "insert") {
      await collection.insert(store.encode(store.documents.document(statement.columns, args)));
    } else if (statement.kind === "upsert" || statement.keyColumn !== store.keyColumn) {
      await this.#apply(statement, [args]);
    } else {
      const found = collection.findOne(store.encodeKey(keyArgument(args)));
      if (statement.kind === "delete") {
        await found.remove();
      } else if (statement.set.some((assignment) => "increment" in assignment)) {
        await found.incrementalModify((document) =>
          Object.assign(document, assignedColumns(statement, args, document))
        );
      } else {
        await found.incrementalPatch(assignedColumns(statement, args, {}));
      }
    }
  }

  async batch(statement: WriteStatement, rows: readonly Args[]): Promise<void> {
    const { store, collection } = this.#at(statement.table);
    if (statement.kind === "delete" && statement.keyColumn === store.keyColumn) {
      const keys = new Set(rows.map((args) => store.encodeKey(keyArgument(args))));
      expectWritten(await collection.bulkRemove(Array.from(keys)));
    } else {
      const own = copyRows(rows);
      if (this.#keys !== undefined) await this.#keys.ready(store.documents, statement);
      await this.#apply(statement, own);
    }
  }

  async read(query: Query, callerArgs: Args): Promise<readonly Row[]> {
    const args = Array.from(callerArgs);
    const { store, collection } = this.#at(query.table);
    if (query.kind === "count") {
      return [{ [query.as]: await collection.count({ selector: store.selector(query, args) }).exec() }];
    }
    if (query.kind === "sum") {
      const found = store.decodeAll(await collection.find({ selector: store.selector(query, args) }).exec());
      return compileDocumentQuery(query).result(found, args);
    }
    const project = compileProjection(query.columns);
    const key = store.keyOf(query, args);
    if (key !== undefined) {
      const document = await collection.findOne(key).exec();
      return document === null ? [] : [project(store.decode(document))];
    }
    const limit = compileDocumentQuery(query).limit(args);
    const find = async (most: number | undefined) =>
      store.decodeAll(await collection.find(store.mango(query, args, most)).exec());
    if (query.join === undefined) {
      const most = limit === undefined ? undefined : store.mostRows(query, args, limit);
      return (await find(limit)).slice(0, most).map(project);
    }
    const found = await find(limit);
    const rows = await this.#join(query, args, found);
    // A row without a partner has no place in the result: others may take it.
    if (rows.length === found.length || found.length !== limit) return rows;
    return this.#join(query, args, await find(undefined));
  }

  async watch(query: Query, args: Args, observer: Observer): Promise<Subscription> {
    const { store, collection } = this.#at(query.table);
    if (query.kind === "count") {
      const live = collection.count({ selector: store.selector(query, args) });
      return { close: subscribe(live, observer, (total) => observer.next([{ [query.as]: total }])) };
    }
    if (query.kind === "sum") {
      const own = Array.from(args);
      const compiled = compileDocumentQuery(query);
      const live = collection.find({ selector: store.selector(query, own) });
      const next = (found: Found) => observer.next(compiled.result(store.decodeAll(found), own));
      return { close: subscribe(live, observer, next) };
    }
    if (query.join !== undefined) {
      const { table, right } = query.join;
      const partner = this.#at(table).store;
      return watchJoin(query, args, observer, {
        left: (deliver) => {
          const live = collection.find({ selector: store.selector(query, args) });
          return subscribe(live, observer, (found) => deliver(store.decodeAll(found)));
        },
        right: (keys, deliver) => {
          const live = this.#having(table, unqualified(right), keys);
          return subscribe(live, observer, (found) => deliver(partner.decodeAll(found)));
        },
      });
    }
    const project = compileProjection(query.columns);
    const key = store.keyOf(query, args);
    if (key !== undefined) {
      const next = (document: LiveDocument | null) =>
        observer.next(document === null || document.deleted ? [] : [project(store.decode(document))]);
      const wanted = collection.findOne(key);
      return { close: subscribe(await wanted.exec() ?? wanted, observer, next) };
    }
    const limit = compileDocumentQuery(query).limit(args);
    const most = limit === undefined ? undefined : store.mostRows(query, args, limit);
    const live = collection.find(store.mango(query, args, limit));
    const next = (found: Found) => observer.next(store.decodeAll(found).slice(0, most).map(project));
    return { close: subscribe(live, observer, next) };
  }

  async close(): Promise<void> {
    await this.#database.close();
  }

  /** Runs a statement that meets documents which only a query can find. */
  async #apply(statement: WriteStatement, rows: readonly Args[]): Promise<void> {
    const { store, collection } = this.#at(statement.table);
    const found = new Map<Value, { readonly document: Document; readonly row: Row }>();
    const met = sought(statement, rows);
    if (met !== undefined) {
      for (const document of (await this.#having(statement.table, met.column, met.values).exec()).values()) {
        const row = store.decode(document);
        found.set(row[met.column]!, { document, row });
      }
    }
    const find = (_: string, value: Value) => found.get(value)?.row;
    const { inserted, updated, removed } = documentChanges(store.documents, statement, rows, find);
    if (removed.size > 0) {
      expectWritten(await collection.bulkRemove(Array.from(removed, (key) => store.encodeKey(key))));
    }
    if (updated.size > 0) {
      // The library writes the patches that wait at the same time at once.
      await Promise.all(Array.from(found.values(), ({ document, row }) => {
        const patch = updated.get(row[store.keyColumn]!);
        return patch === undefined ? undefined : document.incrementalPatch(store.encode(patch));
      }));
    }
    if (inserted.length > 0) {
      expectWritten(await collection.bulkInsert(inserted.map((document) => store.encode(document))));
    }
  }

  /** Joins as the library's users do: by a second query for the partners. */
  async #join(query: SelectQuery, args: Args, left: readonly Row[]): Promise<Row[]> {
    const { table, left: leftColumn, right } = query.join!;
    const rightKey = unqualified(right);
    const keys = new Set(left.map((row) => row[unqualified(leftColumn)] ?? null));
    const found = await this.#having(table, rightKey, Array.from(keys)).exec();
    const partners = new Map<Value, Row>(
      this.#at(table).store.decodeAll(found).map((row) => [row[rightKey]!, row]),
    );
    return compileDocumentQuery(query).result(left, args, (key) => partners.get(key));
  }

  /** The documents that have one of these values in a unique column. */
  #having(table: string, column: string, values: readonly Value[]): LiveQuery<Found> {
    const { store, collection } = this.#at(table);
    const known = values.filter((value) => value !== null);
    return column === store.keyColumn
      ? collection.findByIds(known.map((key) => store.encodeKey(key)))
      : collection.find({ selector: { [column]: { $in: known } } });
  }

  #at(table: string): { readonly store: Store; readonly collection: Collection } {
    const store = this.#stores.get(table);
    const collection = this.#collections[table];
    if (store === undefined || collection === undefined) {
      throw new RangeError(`Cannot find collection "${table}"`);
    }
    return { store, collection };
  }
}

function subscribe<T>(
  query: Pick<LiveQuery<T>, "$">,
  observer: Observer,
  next: (result: T) => void,
): () => void {
  const subscription = query.$.subscribe({ next, error: (error) => observer.error(error) });
  return () => subscription.unsubscribe();
}

function expectWritten({ error }: BulkResult): void {
  if (error.length === 0) return;
  const refused = error.map(({ documentId, status }) => `"${documentId}" (status ${status})`).join(", ");
  throw new Error(`Cannot write all documents as the database refused some: ${refused}`);
}
