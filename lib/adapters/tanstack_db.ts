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
import { filterValues } from "./shared/filter_values.ts";
import { loadDriver } from "./shared/load_driver.ts";
import { enterProductionMode } from "./shared/production_mode.ts";

/** TanStack DB: collections in memory with live queries maintained by differential dataflow. */
export const tanstackDb: Adapter = {
  id: "tanstack-db",
  title: "TanStack DB",
  about:
    "Collections in memory (localOnlyCollectionOptions) whose live queries are themselves collections, maintained " +
    "by differential dataflow. Columns that the schema indexes have a BTreeIndex; joins, order, limits and counts " +
    "are the library's. A batch is one insert, update or delete of many keys, or one transaction of several. " +
    "One-time reads are collection.get by key, collection.size, and else queryOnce. A table whose keys the " +
    "database would assign is keyed by its unique column.",
  unfair:
    "It is made to stand in front of a server or another database, as the optimistic store of a user interface: " +
    "nothing is stored durably. queryOnce builds a live query, reads it and takes it down again, which a query " +
    "planner does not have to do. It checks the uniqueness of keys only.",
  homepage: "https://tanstack.com/db",
  drivers: { "@tanstack/db": "0.15.2" },
  options: {
    autoIndex: {
      values: ["off", "eager"],
      default: "off",
      meaning:
        "eager also indexes every column that a query compares or joins by; off is the library's default",
    },
  },
  permissions: { env: ["NODE_ENV"] },
  capabilities: () => ({
    liveQueries: "incremental",
    sql: false,
    joins: true,
    atomicBatch: true,
    interactiveTransaction: true,
    durability: "none",
    worksOn: "caller",
  }),
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
  queryOnce(query: (q: Builder) => Builder): Promise<Row[]>;
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
  currentStateAsChanges(options: { where: Expression }): { readonly value: Row }[] | undefined;
  insert(documents: Row[]): Transaction;
  update(keys: Key[], change: (drafts: Draft[]) => void): Transaction;
  delete(keys: Key[]): Transaction;
  preload(): Promise<void>;
  subscribeChanges(listener: () => void, options: { includeInitialState: false }): { unsubscribe(): void };
  on(event: "status:error", listener: () => void): () => void;
  cleanup(): Promise<void>;
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

  read(query: Query, args: Args): readonly Row[] | Promise<readonly Row[]> {
    const collection = this.#collectionOf(query.table);
    if (query.kind === "count" && query.where.length === 0) return [{ [query.as]: collection.size }];
    if (query.kind === "select" && query.join === undefined && query.where.length === 1) {
      const [filter] = query.where;
      if (filter?.kind === "equal" && filter.column === this.#documentsOf(query.table).keyColumn) {
        const key = filterValues(query, args)[0]![0]!;
        const document = key === null ? undefined : collection.get(key as Key);
        return document === undefined ? [] : [compileProjection(query.columns)(document)];
      }
    }
    return this.#library.queryOnce((q) => this.#build(q, query, args)).then(rowsOf(query));
  }

  async watch(query: Query, args: Args, observer: Observer): Promise<Subscription> {
    const live = this.#library.createLiveQueryCollection({
      startSync: true,
      query: (q) => this.#build(q, query, args),
    });
    const copy = rowsOf(query);
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
    const { eq, count } = this.#library;
    const join = query.kind === "select" ? query.join : undefined;
    const first = query.kind === "select" && query.as !== undefined ? query.as : query.table;
    const columnOf = (column: string) => {
      const table = column.includes(".") ? column.slice(0, column.indexOf(".")) : first;
      return (tables: Tables): Expression => tables[table]![unqualified(column)]!;
    };

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
    if (query.kind === "count") {
      const key = columnOf(this.#documentsOf(query.table).table.primaryKey);
      return built.select((tables) => ({ [query.as]: count(key(tables)) }));
    }
    for (const { column, descending } of query.orderBy) {
      built = built.orderBy(columnOf(column), {
        direction: descending ? "desc" : "asc",
        // An index serves only the order of NULL that it was made with, which matters where there are some.
        nulls: descending && this.#isNullable(query, column) ? "last" : "first",
      });
    }
    const limit = compileDocumentQuery(query).limit(args);
    if (limit !== undefined) built = built.limit(limit);
    return built.select((tables) =>
      Object.fromEntries(query.columns.map((column) => [unqualified(column), columnOf(column)(tables)]))
    );
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

/** Copies the selected columns out of the library's rows, which carry further properties. */
function rowsOf(query: Query): (rows: readonly Row[]) => readonly Row[] {
  // An aggregate over no rows has no row.
  if (query.kind === "count") return (rows) => [{ [query.as]: rows[0]?.[query.as] ?? 0 }];
  const project = compileProjection(query.columns.map(unqualified));
  return (rows) => rows.map(project);
}
