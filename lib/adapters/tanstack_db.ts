import type { Adapter, Observer, OpenContext, Session, Subscription } from "../model/adapter.ts";
import type { Table } from "../model/schema.ts";
import { tableNamed } from "../model/schema.ts";
import type { Filter, Query, SelectQuery, WriteStatement } from "../model/statement.ts";
import { unqualified } from "../model/statement.ts";
import type { Args, Row, Value } from "../model/value.ts";
import type { DocumentChanges } from "./shared/document_changes.ts";
import { documentChanges } from "./shared/document_changes.ts";
import { compileDocumentQuery, compileProjection } from "./shared/document_query.ts";
import { DocumentTable, indexedColumns } from "./shared/document_table.ts";
import { filterValues, firstTableFilters } from "./shared/filter_values.ts";
import { loadDriver } from "./shared/load_driver.ts";
import { enterProductionMode } from "./shared/production_mode.ts";

/** TanStack DB: collections in memory with live queries maintained by differential dataflow. */
export const tanstackDb: Adapter = {
  id: "tanstack-db",
  title: "TanStack DB",
  about:
    "Collections in memory (localOnlyCollectionOptions) with live queries that are maintained by differential " +
    "dataflow. Columns that the schema indexes have a BTreeIndex. A query by equal columns is watched as the library's " +
    "hooks do it, which share one partition of the collection; all others are live query collections, whose joins, " +
    "order, limits and counts are the library's. One-time reads are collection.get by key, collection.size, and else " +
    "currentStateAsChanges, with partners by their key. A batch is one insert, update or delete of many keys, or one " +
    "transaction of several. A table whose keys the database would assign is keyed by its unique column.",
  unfair:
    "It is made to stand in front of a server or another database, as the optimistic store of a user interface: " +
    "nothing is stored durably. It checks the uniqueness of keys only.",
  homepage: "https://tanstack.com/db",
  idioms: {
    write: {
      how:
        "`collection.insert`, `update` with a draft, or `delete` by key; local-only collections are done at once.",
      link: "https://tanstack.com/db/latest/docs/guides/mutations",
    },
    batch: {
      how:
        "One such call with many documents or keys; `createTransaction` where a batch both adds and changes.",
      link: "https://tanstack.com/db/latest/docs/guides/mutations",
    },
    readPage: {
      how:
        "`collection.currentStateAsChanges` with a condition that an index serves, or with order and limit.",
      link: "https://tanstack.com/db/latest/docs/reference/classes/CollectionImpl",
      tried:
        "`queryOnce`, which its documentation keeps for scripts, loaders and tests: it builds a live query and takes " +
        "it down again, tens of times slower. A live query kept for each argument is faster still, but a cache.",
    },
    readKey: {
      how: "`collection.get` by the key of the document.",
      link: "https://tanstack.com/db/latest/docs/reference/classes/CollectionImpl",
    },
    join: {
      how: "For one-time reads `get` of each partner by its key, after the cut; live joins are `innerJoin`.",
      link: "https://tanstack.com/db/latest/docs/guides/live-queries",
      tried: "Joining before the rows are ordered and cut, several times slower.",
    },
    watchRow: {
      how:
        "What `useLiveQuery` does: a query with an equal key is a view of a partition that all such queries share.",
      link: "https://tanstack.com/db/latest/docs/framework/react/overview",
      tried: "A live query collection per key: twice as slow to write under, ten times as slow to subscribe.",
    },
    watchList: {
      how: "The same for lists by equal columns without limit; others are `createLiveQueryCollection`.",
      link: "https://tanstack.com/db/latest/docs/guides/live-queries",
      tried: "Live query collections for all lists.",
    },
    watchCount: {
      how: "`createLiveQueryCollection` with `count` in its select, or with `sum`.",
      link: "https://tanstack.com/db/latest/docs/guides/live-queries",
    },
  },
  objection:
    "Its hooks hand rows over as they are, and render those that changed; the contract wants copies of whole results.",
  runsIn: ["deno", "node", "bun", "browser", "react-native"],
  runtimes: ["deno", "node", "bun", "chromium", "firefox"],
  drivers: { "@tanstack/db": "0.15.2" },
  options: {
    autoIndex: {
      values: ["off", "eager"],
      default: "off",
      meaning:
        "eager also indexes every column that a query compares or joins by; off is the library's default",
    },
  },
  pageImports: () => ({
    page: {
      "@tanstack/db": [
        "createCollection",
        "localOnlyCollectionOptions",
        "createLiveQueryCollection",
        "resolveLiveQueryValue",
        "createLiveQueryObserver",
        "Query",
        "createTransaction",
        "BTreeIndex",
        "IR",
        "eq",
        "lt",
        "gte",
        "and",
        "or",
        "count",
      ],
    },
  }),
  permissions: { env: ["NODE_ENV"] },
  capabilities: () => ({
    liveQueries: "incremental",
    sql: false,
    joins: true,
    atomicBatch: true,
    interactiveTransaction: true,
    durability: "none",
    worksOn: "caller",
    columnTypes: ["real"],
  }),
  delay: () => ({ atMostMs: 0, isDefault: true }),
  counters: [],
  knownGaps: [],
  async open(context) {
    enterProductionMode();
    const library = await loadDriver(
      "@tanstack/db",
      // @ts-ignore: resolved by drivers/tanstack-db/deno.json
      () => import("@tanstack/db") as Promise<unknown> as Promise<Library>,
    );
    return new TanStackSession(library, context);
  },
};

// What is used of the library, so that the file is checked without it as well.
type Key = string | number;
type Draft = Record<string, Value>;
/** A column in a query, or an expression made of columns and values. */
type Expression = { readonly expression: unique symbol };
type Columns = Record<string, Expression>;
type Tables = Record<string, Columns>;

interface Library {
  createCollection(options: object): Collection;
  localOnlyCollectionOptions(options: {
    id: string;
    getKey: (document: Row) => Value;
    autoIndex: string;
    defaultIndexType: unknown;
    defaultStringCollation: { stringSort: "lexical" };
  }): object;
  createLiveQueryCollection(options: { startSync: boolean; query: (q: Builder) => Builder }): Collection;
  /** What the hooks of all frameworks watch: a view of a shared partition where the query allows it. */
  resolveLiveQueryValue(query: Builder): View;
  createLiveQueryObserver(view: View, options: { mode: "wholesale" }): LiveView;
  readonly Query: new () => Builder;
  createTransaction(options: {
    autoCommit: false;
    mutationFn: (given: { transaction: unknown }) => Promise<void>;
  }): Transaction & { mutate(body: () => void): void; commit(): Promise<unknown> };
  readonly BTreeIndex: unknown;
  readonly IR: { readonly PropRef: new (path: string[]) => Expression };
  eq(left: unknown, right: unknown): Expression;
  lt(left: unknown, right: unknown): Expression;
  gte(left: unknown, right: unknown): Expression;
  and(...conditions: Expression[]): Expression;
  or(...conditions: Expression[]): Expression;
  count(column: Expression): Expression;
  sum(column: Expression): Expression;
}

interface Transaction {
  readonly state: string;
  readonly isPersisted: { readonly promise: Promise<unknown> };
}

interface Collection {
  readonly size: number;
  readonly toArray: Row[];
  readonly status: string;
  readonly utils: { acceptMutations(transaction: unknown): void };
  get(key: Key): Row | undefined;
  createIndex(column: (columns: Columns) => Expression, config: { options: object }): unknown;
  currentStateAsChanges(options: SnapshotOptions): { readonly value: Row }[] | undefined;
  insert(documents: Row[]): Transaction;
  update(keys: Key[], change: (drafts: Draft[]) => void): Transaction;
  delete(keys: Key[]): Transaction;
  preload(): Promise<void>;
  subscribeChanges(listener: () => void, options: { includeInitialState: false }): { unsubscribe(): void };
  on(event: "status:error", listener: () => void): () => void;
  cleanup(): Promise<void>;
}

interface SnapshotOptions {
  readonly where?: Expression;
  readonly orderBy?: readonly {
    readonly expression: Expression;
    readonly compareOptions: { direction: "asc" | "desc"; nulls: "first" | "last"; stringSort: "lexical" };
  }[];
  readonly limit?: number;
}

interface View {
  cleanup(): Promise<void>;
}

interface LiveView {
  getSnapshot(): { readonly data: readonly Row[] | undefined; readonly status: string };
  /** The listener gets `undefined` when only the status has changed. */
  subscribe(listener: (changes: unknown) => void): () => void;
  preload(): Promise<void>;
  dispose(): void;
}

interface Builder {
  from(source: Record<string, Collection>): Builder;
  innerJoin(source: Record<string, Collection>, on: (tables: Tables) => Expression): Builder;
  where(condition: (tables: Tables) => Expression): Builder;
  select(columns: (tables: Tables) => Columns): Builder;
  orderBy(
    column: (tables: Tables) => Expression,
    options: { direction: "asc" | "desc"; nulls: "first" | "last" },
  ): Builder;
  limit(count: number): Builder;
}

class TanStackSession implements Session {
  readonly #library: Library;
  readonly #tables: readonly Table[];
  readonly #documents = new Map<string, DocumentTable>();
  readonly #collections = new Map<string, Collection>();

  constructor(library: Library, { tables, options }: OpenContext) {
    this.#library = library;
    this.#tables = tables;
    for (const table of tables) {
      const documents = new DocumentTable(table);
      const collection = library.createCollection(library.localOnlyCollectionOptions({
        id: table.name,
        getKey: (document) => document[documents.keyColumn]!,
        autoIndex: options["autoIndex"] ?? "off",
        defaultIndexType: library.BTreeIndex,
        // As SQL sorts text; the library's default follows the rules of a language.
        defaultStringCollation: { stringSort: "lexical" },
      }));
      for (const column of indexedColumns(table)) {
        const compareOptions = { direction: "asc", nulls: "first", stringSort: "lexical" };
        collection.createIndex((columns) => columns[column]!, { options: { compareOptions } });
      }
      this.#documents.set(table.name, documents);
      this.#collections.set(table.name, collection);
    }
  }

  write(statement: WriteStatement, args: Args): void | Promise<void> {
    return this.#write(statement, [args]);
  }

  batch(statement: WriteStatement, rows: readonly Args[]): void | Promise<void> {
    return this.#write(statement, rows);
  }

  read(query: Query, args: Args): readonly Row[] {
    const collection = this.#collectionOf(query.table);
    if (query.kind === "count" && query.where.length === 0) return [{ [query.as]: collection.size }];
    // A limit may be 0.
    const isPlain = query.kind === "select" && query.join === undefined && query.limit === undefined;
    if (isPlain && query.where.length === 1) {
      const [filter] = query.where;
      if (filter?.kind === "equal" && filter.column === this.#documentsOf(query.table).keyColumn) {
        const key = filterValues(query, args)[0]![0]!;
        const document = key === null ? undefined : collection.get(key as Key);
        return document === undefined ? [] : [compileProjection(query.columns)(document)];
      }
    }
    const join = query.kind === "select" ? query.join : undefined;
    return compileDocumentQuery(query).result(this.#snapshot(query, args), args, (key) => {
      const table = join!.table;
      return this.#find(this.#collectionOf(table), this.#documentsOf(table), unqualified(join!.right), key);
    });
  }

  /** The rows that fulfil the conditions on the first table; of the first ones in order, at least as many as needed. */
  #snapshot(query: Query, args: Args): Row[] {
    const { and, eq, IR } = this.#library;
    const collection = this.#collectionOf(query.table);
    const columnOf = (name: string) => new IR.PropRef([unqualified(name)]);
    const rowsWhere = (options: SnapshotOptions) =>
      (collection.currentStateAsChanges(options) ?? []).map(({ value }) => value);

    const conditions = firstTableFilters(query, args).map(({ filter, values }) =>
      this.#condition(filter, values, columnOf)
    );
    const where = conditions.length > 1 ? and(...conditions) : conditions[0];
    const filtered = where === undefined ? {} : { where };
    const compiled = compileDocumentQuery(query);
    const limit = compiled.limit(args);
    const [first, ...others] = query.kind === "select" ? query.orderBy : [];
    // The order of an index leads to the first rows, unless an index of a condition leads to fewer ones.
    const isLedByOrder = query.kind === "select" && query.join === undefined && first !== undefined &&
      limit !== undefined && query.where.every(({ kind }) => kind === "before") &&
      !this.#isNullable(query, first.column);
    if (!isLedByOrder) return rowsWhere(filtered);
    if (limit === 0) return [];
    const rows = rowsWhere({
      ...filtered,
      orderBy: [{
        expression: columnOf(first.column),
        compareOptions: {
          direction: first.descending ? "desc" : "asc",
          nulls: "first",
          stringSort: "lexical",
        },
      }],
      limit,
    });
    const last = rows.at(-1);
    if (others.length === 0 || last === undefined) return rows;
    // Rows that tie with the last one may sort before it by the other terms.
    const isTied = eq(columnOf(first.column), last[first.column]);
    const { keyColumn } = this.#documentsOf(query.table);
    const byKey = new Map(rows.map((row) => [row[keyColumn], row]));
    const matches = compiled.matcher(args);
    for (const row of rowsWhere({ where: isTied })) if (matches(row)) byKey.set(row[keyColumn], row);
    return Array.from(byKey.values());
  }

  async watch(query: Query, args: Args, observer: Observer): Promise<Subscription> {
    if (isShared(query)) return await this.#watchShared(query, args, observer);
    const live = this.#library.createLiveQueryCollection({
      startSync: true,
      query: (q) => this.#build(q, query, args),
    });
    const copy = rowsOf(query, compileDocumentQuery(query).limit(args));
    const deliver = () => observer.next(copy(live.toArray));
    await live.preload();
    const forgetErrors = live.on(
      "status:error",
      () => observer.error(new Error(`Live query failed: its status is "${live.status}"`)),
    );
    // Without the explicit `false`, deletions of rows that were there before are kept from the listener.
    const subscription = live.subscribeChanges(deliver, { includeInitialState: false });
    deliver();
    return {
      close: () => {
        subscription.unsubscribe();
        forgetErrors();
        return live.cleanup();
      },
    };
  }

  /** Watches as the library's hooks do, where many queries may share one partition of the collection. */
  async #watchShared(query: SelectQuery, args: Args, observer: Observer): Promise<Subscription> {
    const library = this.#library;
    const view = library.resolveLiveQueryValue(this.#select(new library.Query(), query, args));
    const live = library.createLiveQueryObserver(view, { mode: "wholesale" });
    const copy = rowsOf(query, undefined);
    const deliver = () => observer.next(copy(live.getSnapshot().data ?? []));
    await live.preload();
    const stop = live.subscribe((changes) => {
      if (changes !== undefined) return deliver();
      const { status } = live.getSnapshot();
      if (status === "error") observer.error(new Error(`Live query failed: its status is "${status}"`));
    });
    deliver();
    return {
      close: () => {
        stop();
        live.dispose();
        return view.cleanup();
      },
    };
  }

  async close(): Promise<void> {
    for (const collection of this.#collections.values()) await collection.cleanup();
  }

  #write(statement: WriteStatement, rows: readonly Args[]): void | Promise<void> {
    const collection = this.#collectionOf(statement.table);
    const documents = this.#documentsOf(statement.table);
    const changes = documentChanges(
      documents,
      statement,
      rows,
      (column, value) => this.#find(collection, documents, column, value),
    );
    const kinds = Number(changes.inserted.length > 0) + Number(changes.updated.size > 0) +
      Number(changes.removed.size > 0);
    if (kinds === 0) return;
    if (kinds === 1) {
      const transaction = apply(collection, changes);
      if (transaction === undefined || transaction.state === "completed") return;
      return transaction.isPersisted.promise.then(() => {});
    }
    const transaction = this.#library.createTransaction({
      autoCommit: false,
      mutationFn: async (given) => collection.utils.acceptMutations(given.transaction),
    });
    transaction.mutate(() => void apply(collection, changes));
    return transaction.commit().then(() => {});
  }

  #find(
    collection: Collection,
    documents: DocumentTable,
    column: string,
    value: Value,
  ): Row | undefined {
    if (value === null) return undefined;
    if (column === documents.keyColumn) return collection.get(value as Key);
    const { eq, IR } = this.#library;
    const [found] = collection.currentStateAsChanges({ where: eq(new IR.PropRef([column]), value) }) ?? [];
    return found?.value;
  }

  #build(q: Builder, query: Query, args: Args): Builder {
    if (query.kind === "count") {
      const key = columnReader(query)(this.#documentsOf(query.table).table.primaryKey);
      return this.#filter(q, query, args).select((tables) => ({
        [query.as]: this.#library.count(key(tables)),
      }));
    }
    if (query.kind === "sum") {
      const column = columnReader(query)(query.column);
      return this.#filter(q, query, args).select((tables) => ({
        [query.as]: this.#library.sum(column(tables)),
      }));
    }
    const columnOf = columnReader(query);
    return this.#select(q, query, args).select((tables) =>
      Object.fromEntries(query.columns.map((column) => [unqualified(column), columnOf(column)(tables)]))
    );
  }

  /** Tables and conditions. */
  #filter(q: Builder, query: Query, args: Args): Builder {
    const { eq } = this.#library;
    const join = query.kind === "select" ? query.join : undefined;
    const first = query.kind === "select" && query.as !== undefined ? query.as : query.table;
    const columnOf = columnReader(query);
    let built = q.from({ [first]: this.#collectionOf(query.table) });
    if (join !== undefined) {
      const [left, right] = [columnOf(join.left), columnOf(join.right)];
      built = built.innerJoin(
        { [join.as]: this.#collectionOf(join.table) },
        (tables) => eq(left(tables), right(tables)),
      );
    }
    const values = filterValues(query, args);
    for (const [index, filter] of query.where.entries()) {
      built = built.where((tables) =>
        this.#condition(filter, values[index]!, (name) => columnOf(name)(tables))
      );
    }
    return built;
  }

  /** Whole rows, in order, up to the limit. */
  #select(q: Builder, query: SelectQuery, args: Args): Builder {
    let built = this.#filter(q, query, args);
    const columnOf = columnReader(query);
    for (const { column, descending } of query.orderBy) {
      built = built.orderBy(columnOf(column), {
        direction: descending ? "desc" : "asc",
        // An index serves only the order of NULL that it was made with, which matters where there are some.
        nulls: descending && this.#isNullable(query, column) ? "last" : "first",
      });
    }
    const limit = compileDocumentQuery(query).limit(args);
    // A window of no rows has no place in the library: one row is asked for, and cut off.
    return limit === undefined ? built : built.limit(Math.max(1, limit));
  }

  #condition(filter: Filter, values: readonly Value[], columnOf: (name: string) => Expression): Expression {
    const { eq, lt, gte, and, or } = this.#library;
    switch (filter.kind) {
      case "equal":
        return eq(columnOf(filter.column), values[0]);
      case "range": {
        const column = columnOf(filter.column);
        const bounds: Expression[] = [];
        if (filter.from !== undefined) bounds.push(gte(column, values[0]));
        if (filter.below !== undefined) bounds.push(lt(column, values[values.length - 1]));
        return bounds.length === 1 ? bounds[0]! : and(...bounds);
      }
      case "before": {
        // (a, b) < (x, y) is a < x, or a = x and b < y.
        const [first, ...others] = filter.columns;
        const column = columnOf(first!);
        const isBelow = lt(column, values[0]);
        if (others.length === 0) return isBelow;
        const rest = this.#condition({ ...filter, columns: others }, values.slice(1), columnOf);
        return or(isBelow, and(eq(column, values[0]), rest));
      }
    }
  }

  #isNullable(query: SelectQuery, column: string): boolean {
    const isJoined = query.join !== undefined && column.startsWith(`${query.join.as}.`);
    const table = tableNamed(this.#tables, isJoined ? query.join!.table : query.table);
    return table.columns.some(({ name, nullable }) => name === unqualified(column) && nullable === true);
  }

  #documentsOf(table: string): DocumentTable {
    return this.#documents.get(table) ?? new DocumentTable(tableNamed(this.#tables, table));
  }

  #collectionOf(table: string): Collection {
    const collection = this.#collections.get(table);
    if (collection === undefined) throw new RangeError(`Cannot find collection "${table}"`);
    return collection;
  }
}

/** Whether the library can serve the query from a partition by equal columns: the whole rows of one table. */
function isShared(query: Query): query is SelectQuery {
  return query.kind === "select" && query.join === undefined && query.limit === undefined &&
    query.where.some(({ kind }) => kind === "equal");
}

/** Finds the expression of a column, qualified or not, among the tables of a query. */
function columnReader(query: Query): (column: string) => (tables: Tables) => Expression {
  const first = query.kind === "select" && query.as !== undefined ? query.as : query.table;
  return (column) => {
    const table = column.includes(".") ? column.slice(0, column.indexOf(".")) : first;
    return (tables) => tables[table]![unqualified(column)]!;
  };
}

/** One call per kind of change; in a transaction of its own unless one is open. */
function apply(
  collection: Collection,
  { inserted, updated, removed }: DocumentChanges,
): Transaction | undefined {
  let transaction: Transaction | undefined;
  if (removed.size > 0) transaction = collection.delete(Array.from(removed) as Key[]);
  if (updated.size > 0) {
    const changes = Array.from(updated.values());
    transaction = collection.update(Array.from(updated.keys()) as Key[], (drafts) => {
      for (const [index, draft] of drafts.entries()) Object.assign(draft, changes[index]);
    });
  }
  if (inserted.length > 0) transaction = collection.insert(inserted);
  return transaction;
}

/** Copies the selected columns out of the library's rows, which carry further properties, up to a limit. */
function rowsOf(query: Query, limit: number | undefined): (rows: readonly Row[]) => readonly Row[] {
  // An aggregate over no rows has no row.
  if (query.kind !== "select") return (rows) => [{ [query.as]: rows[0]?.[query.as] ?? 0 }];
  const project = compileProjection(query.columns.map(unqualified));
  return (rows) => rows.slice(0, limit).map(project);
}
