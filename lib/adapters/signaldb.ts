import type { Adapter, Observer, OpenContext, Session, Subscription } from "../model/adapter.ts";
import type { Table } from "../model/schema.ts";
import type {
  Filter,
  Query,
  SelectQuery,
  SumQuery,
  UpdateStatement,
  WriteStatement,
} from "../model/statement.ts";
import { unqualified } from "../model/statement.ts";
import type { Args, Row, Value } from "../model/value.ts";
import { documentChanges } from "./shared/document_changes.ts";
import { compileDocumentQuery, compileProjection } from "./shared/document_query.ts";
import { assignedColumns, DocumentTable, keyArgument } from "./shared/document_table.ts";
import { decidesByFirstTable, firstTableFilters } from "./shared/filter_values.ts";
import { loadDriver } from "./shared/load_driver.ts";
import { watchJoin } from "./shared/watch_join.ts";

/** SignalDB: collections in memory with the interface of MongoDB, to be read inside signals. */
export const signaldb: Adapter = {
  id: "signaldb",
  title: "SignalDB",
  about:
    "Collections in memory with the interface of MongoDB. Watched queries are observers of cursors: the collection " +
    "queries anew for each of them after every write or batch, and compares. What changed is then fetched, as an effect " +
    "of a signal library would. Indexes are createIndex for the columns that the schema indexes; batches are " +
    "insertMany or Collection.batch; joins combine two cursors. Items are identified by their key. " +
    "persistence=indexeddb saves changes to IndexedDB behind the writes, by the library's adapter for it.",
  unfair:
    "It is made for the few hundred items of a user interface, beside a signal library that redraws: every observer " +
    "reads its query again after every write, and every insert searches its place in the whole collection. Without " +
    "persistence nothing is stored durably; with it, writes are acknowledged before they are saved. A batch that fails " +
    "leaves what came before the failure.",
  homepage: "https://signaldb.js.org",
  idioms: {
    write: {
      how: "`insert`, `updateOne` with $set and $inc, and `removeOne`.",
      link: "https://signaldb.js.org/reference/core/collection",
    },
    batch: {
      how: "`insertMany`, or `Collection.batch` around single changes, which rebuilds indexes once.",
      link: "https://signaldb.js.org/reference/core/collection",
    },
    readPage: {
      how: "`find` with a selector, `sort` and `limit`, then `fetch`.",
      link: "https://signaldb.js.org/queries/",
    },
    readKey: {
      how: "`find` by the field `id`, which the library indexes itself.",
      link: "https://signaldb.js.org/queries/",
    },
    join: {
      how: "`find` of the page, then one `find` with $in for its partners.",
      link: "https://signaldb.js.org/queries/",
      tried: "Fetching all rows of the condition before the cut made each read copy them.",
    },
    watchRow: {
      how: "`observeChanges` of a cursor by `id`, and a `fetch` when it reports.",
      link: "https://signaldb.js.org/reference/core/cursor",
    },
    watchList: {
      how: "`observeChanges` of the cursor, and a `fetch` when it reports, as an effect would.",
      link: "https://signaldb.js.org/reference/core/cursor",
    },
    watchCount: {
      how:
        "`observeChanges` of the cursor for rows that come and go, and `count`; a sum is added up from `fetch`.",
      link: "https://signaldb.js.org/reference/core/cursor",
    },
  },
  objection: "Most users write an effect of a signal library around `find().fetch()`, which registers the " +
    "same observer. `observeChanges` tells each changed row: a list could be kept from that " +
    "without a second query.",
  runsIn: ["browser", "node", "deno"],
  runtimes: ["deno", "node", "bun", "chromium", "firefox"],
  drivers: { "@signaldb/core": "1.8.1", "@signaldb/indexeddb": "1.1.0" },
  options: {
    persistence: {
      values: ["none", "indexeddb"],
      default: "none",
      only: { indexeddb: ["chromium", "firefox"] },
      meaning:
        "indexeddb also saves each change in a browser by the library's persistence adapter, one database for each " +
        "collection; nobody waits for it",
    },
  },
  pageImports: ({ persistence }) => ({
    page: {
      "@signaldb/core": ["Collection", "createIndex"],
      ...(persistence === "indexeddb" ? { "@signaldb/indexeddb": ["default"] } : {}),
    },
  }),
  permissions: {},
  capabilities: ({ persistence = "none" }) => ({
    liveQueries: "table",
    sql: false,
    joins: false,
    atomicBatch: false,
    interactiveTransaction: false,
    durability: persistence === "none" ? "none" : "relaxed",
    worksOn: "caller",
    columnTypes: ["real"],
  }),
  delay: () => ({ atMostMs: 0, isDefault: true }),
  counters: [],
  knownGaps: [{
    scenario: "kill/keeps-acknowledged-writes",
    reason:
      "@signaldb/indexeddb 1.1.0 saves each collection by itself, behind the writes, so that a kill may leave a state " +
      "that never was",
    when: { persistence: "indexeddb" },
    isTimed: true,
  }],
  async open(context) {
    const library = await loadDriver(
      "@signaldb/core",
      // @ts-ignore: resolved by drivers/signaldb/deno.json
      () => import("@signaldb/core") as Promise<unknown> as Promise<Library>,
    );
    const persistence = context.options["persistence"] === "indexeddb"
      ? await loadDriver("@signaldb/indexeddb", loadPersistence)
      : undefined;
    const session = new SignalSession(library, context, persistence);
    await session.ready();
    return session;
  },
};

async function loadPersistence(): Promise<CreatePersistence> {
  // @ts-ignore: resolved by the bundler
  const { default: create } = await import("@signaldb/indexeddb");
  return create as unknown as CreatePersistence;
}

// What is used of the library, so that the file is checked without it as well.
type Item = Record<string, Value>;
type Selector = Record<string, unknown>;

/** Makes what saves and loads the items of one collection. */
type CreatePersistence = (name: string) => unknown;

interface Library {
  readonly Collection: new (
    options: { name: string; indices: unknown[]; persistence?: unknown },
  ) => Collection;
  createIndex(field: string): unknown;
}

interface FindOptions {
  readonly sort?: Record<string, 1 | -1>;
  readonly limit?: number;
  readonly reactive: false;
}

interface Collection {
  insert(item: Item): unknown;
  insertMany(items: Item[]): unknown;
  updateOne(selector: Selector, modifier: { $set?: Item; $inc?: Item }): number;
  removeOne(selector: Selector): number;
  removeMany(selector: Selector): number;
  batch(body: () => void): void;
  findOne(selector: Selector, options: FindOptions): Item | undefined;
  find(selector: Selector, options: FindOptions): Cursor;
  isReady(): Promise<void>;
  /** Whether changes are being saved. */
  isPushing(): boolean;
  once(event: "persistence.pushCompleted" | "persistence.error", listener: () => void): void;
  dispose(): Promise<void>;
}

interface Cursor {
  fetch(): Item[];
  count(): number;
  observeChanges(
    callbacks: { added(): void; removed(): void; changed?(): void; movedBefore?(): void },
    skipInitial: boolean,
  ): () => void;
  cleanup(): void;
}

class SignalSession implements Session {
  readonly #stores = new Map<
    string,
    { readonly documents: DocumentTable; readonly collection: Collection }
  >();

  readonly #isPersistent: boolean;

  constructor(
    library: Library,
    { tables, directory }: OpenContext,
    persistence: CreatePersistence | undefined,
  ) {
    this.#isPersistent = persistence !== undefined;
    for (const table of tables) {
      const documents = new DocumentTable(table);
      const collection = new library.Collection({
        name: table.name,
        indices: indexedColumns(table).map((column) => library.createIndex(field(column))),
        ...(persistence === undefined ? {} : { persistence: persistence(`${directory}-${table.name}`) }),
      });
      this.#stores.set(table.name, { documents, collection });
    }
  }

  /** Resolves when what an earlier session left is loaded. */
  async ready(): Promise<void> {
    if (!this.#isPersistent) return;
    for (const { documents, collection } of this.#stores.values()) {
      await collection.isReady();
      const { autoKey, primaryKey } = documents.table;
      if (!autoKey) continue;
      for (const item of collection.find({}, { reactive: false }).fetch()) {
        documents.continueAfter(Number(toRow(item)[primaryKey]));
      }
    }
  }

  write(statement: WriteStatement, args: Args): void {
    const { documents, collection } = this.#at(statement.table);
    if (statement.kind === "insert") {
      collection.insert(toItem(documents.document(statement.columns, args), documents.keyColumn));
    } else if (statement.kind === "upsert") {
      this.batch(statement, [args]);
    } else {
      const selector = { [selectorField(statement.keyColumn, documents)]: keyArgument(args) };
      if (statement.kind === "delete") collection.removeOne(selector);
      else collection.updateOne(selector, modifierOf(statement, args));
    }
  }

  batch(statement: WriteStatement, rows: readonly Args[]): void {
    const { documents, collection } = this.#at(statement.table);
    const find = (column: string, value: Value) => {
      const item = value === null
        ? undefined
        : collection.findOne({ [selectorField(column, documents)]: value }, { reactive: false });
      return item === undefined ? undefined : toRow(item);
    };
    const { inserted, updated, removed } = documentChanges(documents, statement, rows, find);
    const items = inserted.map((document) => toItem(document, documents.keyColumn));
    if (updated.size === 0 && removed.size === 0) {
      if (items.length > 0) collection.insertMany(items);
      return;
    }
    collection.batch(() => {
      if (removed.size > 0) collection.removeMany({ id: { $in: Array.from(removed) } });
      for (const [key, changes] of updated) collection.updateOne({ id: key }, { $set: renamed(changes) });
      for (const item of items) collection.insert(item);
    });
  }

  read(query: Query, args: Args): readonly Row[] {
    const cursor = this.#cursor(query, args);
    if (query.kind === "count") return [{ [query.as]: cursor.count() }];
    if (query.kind === "sum") return sumOf(query, args, cursor);
    if (query.join === undefined) return this.#finish(query, args, cursor.fetch());
    const limit = compileDocumentQuery(query).limit(args);
    const page = this.#pageOf(query, args);
    if (page === undefined) return this.#readJoined(query, args, cursor);
    const cut = this.#readJoined(query, args, page);
    // A row without a partner has no place in the result: others may take it.
    return cut.length === limit || page.count() < limit! ? cut : this.#readJoined(query, args, cursor);
  }

  /** The rows of the first table that a join shows, where that table decides alone. */
  #pageOf(query: SelectQuery, args: Args): Cursor | undefined {
    const { documents, collection } = this.#at(query.table);
    const limit = compileDocumentQuery(query).limit(args);
    const isAlone = decidesByFirstTable(query) && !sortsNull(query, documents.table);
    if (limit === undefined || limit === 0 || !isAlone) return undefined;
    const selector = selectorOf(query, args, documents);
    return collection.find(selector, { reactive: false, sort: sortOf(query), limit });
  }

  #readJoined(query: SelectQuery, args: Args, cursor: Cursor): readonly Row[] {
    const { table, left, right } = query.join!;
    const found = cursor.fetch().map(toRow);
    const keys = Array.from(new Set(found.map((row) => row[unqualified(left)] ?? null)));
    const partners = new Map<Value, Row>();
    for (const row of this.#having(table, unqualified(right), keys).fetch().map(toRow)) {
      partners.set(row[unqualified(right)]!, row);
    }
    return compileDocumentQuery(query).result(found, args, (key) => partners.get(key));
  }

  watch(query: Query, args: Args, observer: Observer): Subscription | Promise<Subscription> {
    if (query.kind === "select" && query.join !== undefined) {
      const { table, right } = query.join;
      return watchJoin(query, args, observer, {
        left: (deliver) =>
          observe(this.#cursor(query, args), false, (cursor) => deliver(cursor.fetch().map(toRow))),
        right: (keys, deliver) =>
          observe(
            this.#having(table, unqualified(right), keys),
            false,
            (cursor) => deliver(cursor.fetch().map(toRow)),
          ),
      });
    }
    if (query.kind === "count") {
      const deliver = (cursor: Cursor) => observer.next([{ [query.as]: cursor.count() }]);
      return { close: observe(this.#cursor(query, args), true, deliver) };
    }
    const own = Array.from(args);
    if (query.kind === "sum") {
      const deliver = (cursor: Cursor) => observer.next(sumOf(query, own, cursor));
      return { close: observe(this.#cursor(query, args), false, deliver) };
    }
    const deliver = (cursor: Cursor) => observer.next(this.#finish(query, own, cursor.fetch()));
    return { close: observe(this.#cursor(query, args), false, deliver) };
  }

  async close(): Promise<void> {
    for (const { collection } of this.#stores.values()) {
      if (this.#isPersistent && collection.isPushing()) {
        await new Promise<void>((resolve) => {
          collection.once("persistence.pushCompleted", resolve);
          collection.once("persistence.error", resolve);
        });
      }
      await collection.dispose();
    }
  }

  #cursor(query: Query, args: Args): Cursor {
    const { documents, collection } = this.#at(query.table);
    const selector = selectorOf(query, args, documents);
    if (query.kind !== "select" || query.join !== undefined) {
      return collection.find(selector, { reactive: false });
    }
    // The library sorts NULL to the other end: it would cut off what belongs into the result.
    if (sortsNull(query, documents.table)) return collection.find(selector, { reactive: false });
    const limit = compileDocumentQuery(query).limit(args);
    return collection.find(selector, {
      reactive: false,
      ...(query.orderBy.length === 0 ? {} : { sort: sortOf(query) }),
      ...(limit === undefined ? {} : { limit }),
    });
  }

  #finish(query: SelectQuery, args: Args, items: readonly Item[]): readonly Row[] {
    const compiled = compileDocumentQuery(query);
    if (sortsNull(query, this.#at(query.table).documents.table)) {
      return compiled.result(items.map(toRow), args);
    }
    const project = compileProjection(query.columns);
    // A limit of 0 is none for the library.
    return items.slice(0, compiled.limit(args)).map((item) => project(toRow(item)));
  }

  #having(table: string, column: string, values: readonly Value[]): Cursor {
    const { documents, collection } = this.#at(table);
    return collection.find({ [selectorField(column, documents)]: { $in: values } }, { reactive: false });
  }

  #at(table: string): { readonly documents: DocumentTable; readonly collection: Collection } {
    const store = this.#stores.get(table);
    if (store === undefined) throw new RangeError(`Cannot find collection "${table}"`);
    return store;
  }
}

/** The library has no sums: its users add up what a cursor finds. */
function sumOf(query: SumQuery, args: Args, cursor: Cursor): readonly Row[] {
  return compileDocumentQuery(query).result(cursor.fetch().map(toRow), args);
}

/** Delivers at once, and once after each write that changed something: observers report each item by itself. */
function observe(cursor: Cursor, isCount: boolean, deliver: (cursor: Cursor) => void): () => void {
  let isOutdated = false;
  let isClosed = false;
  const changed = () => {
    if (isOutdated) return;
    isOutdated = true;
    queueMicrotask(() => {
      isOutdated = false;
      if (!isClosed) deliver(cursor);
    });
  };
  const membership = { added: changed, removed: changed };
  const stop = cursor.observeChanges(
    isCount ? membership : { ...membership, changed, movedBefore: changed },
    true,
  );
  deliver(cursor);
  return () => {
    isClosed = true;
    stop();
    cursor.cleanup();
  };
}

/** The library identifies items by "id", whatever the key is: a column of that name goes under another one. */
function field(column: string): string {
  const name = unqualified(column);
  return name === "id" ? ID_FIELD : name;
}

const ID_FIELD = "row_id";

function sortOf({ orderBy }: SelectQuery): Record<string, 1 | -1> {
  return Object.fromEntries(orderBy.map(({ column, descending }) => [field(column), descending ? -1 : 1]));
}

/** Whether the order meets NULL, which the library puts last. */
function sortsNull({ orderBy }: SelectQuery, { columns }: Table): boolean {
  return orderBy.some((term) =>
    columns.some(({ name, nullable }) => name === unqualified(term.column) && nullable)
  );
}

/** The field to find an item by: the library's own where that is the key. */
function selectorField(column: string, { keyColumn }: DocumentTable): string {
  return column === keyColumn ? "id" : field(column);
}

function renamed({ id, ...others }: Row): Item {
  return id === undefined ? others : { ...others, [ID_FIELD]: id };
}

function toItem(document: Row, keyColumn: string): Item {
  return { ...renamed(document), id: document[keyColumn]! };
}

function toRow({ [ID_FIELD]: id, ...others }: Item): Row {
  return { ...others, id: id ?? null };
}

function modifierOf(statement: UpdateStatement, args: Args): { $set?: Item; $inc?: Item } {
  const increments = statement.set.flatMap((assignment) =>
    "increment" in assignment ? [[field(assignment.column), assignment.increment] as const] : []
  );
  if (increments.length === 0) return { $set: renamed(assignedColumns(statement, args, {})) };
  const assigned = renamed(assignedColumns(statement, args, {}));
  for (const [name] of increments) delete assigned[name];
  const $inc = Object.fromEntries(increments);
  return Object.keys(assigned).length === 0 ? { $inc } : { $set: assigned, $inc };
}

function selectorOf(query: Query, args: Args, documents: DocumentTable): Selector {
  const filters = firstTableFilters(query, args);
  // Nothing compares with NULL.
  if (filters.some(({ values }) => values.includes(null))) return { id: { $in: [] } };
  const conditions = filters.map(({ filter, values }) => conditionOf(filter, values, documents));
  return conditions.length === 1 ? conditions[0]! : conditions.length === 0 ? {} : { $and: conditions };
}

function conditionOf(filter: Filter, values: readonly Value[], documents: DocumentTable): Selector {
  switch (filter.kind) {
    case "equal":
      return { [selectorField(unqualified(filter.column), documents)]: values[0] };
    case "range":
      return {
        [field(filter.column)]: {
          ...(filter.from === undefined ? {} : { $gte: values[0] }),
          ...(filter.below === undefined ? {} : { $lt: values[values.length - 1] }),
        },
      };
    case "before": {
      const fields = filter.columns.map(field);
      return {
        $or: fields.map((name, last) => ({
          ...Object.fromEntries(fields.slice(0, last).map((before, index) => [before, values[index]])),
          [name]: { $lt: values[last] },
        })),
      };
    }
  }
}

/** Columns with an index besides the key: unique ones and the first of each declared index. */
function indexedColumns(table: Table): string[] {
  return Array.from(
    new Set([
      ...table.columns.filter((column) => column.unique).map((column) => column.name),
      ...table.indexes.map((index) => index.columns[0]!.column),
    ]),
  );
}
