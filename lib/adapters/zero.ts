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
import type { Filter, Query, WriteStatement } from "../model/statement.ts";
import { unqualified } from "../model/statement.ts";
import type { Args, Row, Value } from "../model/value.ts";
import { documentChanges, sought } from "./shared/document_changes.ts";
import { compileDocumentQuery, compileProjection } from "./shared/document_query.ts";
import { DocumentTable } from "./shared/document_table.ts";
import { comparesNullable, decidesByFirstTable, firstTableFilters } from "./shared/filter_values.ts";
import { copyRows } from "./shared/copy_rows.ts";
import { loadDriver } from "./shared/load_driver.ts";
import { inTransaction } from "./shared/play_transaction.ts";
import { enterProductionMode } from "./shared/production_mode.ts";
import { ResumedKeys } from "./shared/resumed_keys.ts";

/** Zero: a query-driven sync engine, of which only the client is here. */
export const zero: Adapter = {
  id: "zero",
  title: "Zero (local)",
  about:
    "The client of a sync engine, without a server, with its store in memory or, in a browser, also in IndexedDB, where " +
    "changes are kept about a second later. Watched queries are views of ZQL, " +
    "maintained by incremental view maintenance; joins are relationships, whose rows without a partner are dropped here, " +
    "or by whereExists() once a window lacks rows for them; cursors are its start(). Each write or batch " +
    "is one custom mutator, which is a transaction. There is no count: the adapter counts the rows of a view. A table " +
    "whose keys the database would assign is keyed by its unique column.",
  unfair:
    "It is made to sync with Postgres. Without a server every mutation stays pending, is kept and grows a list that " +
    "a server would cut; writes are acknowledged before anything is stored durably, if it is; the client has no indexes " +
    "besides the orders that queries ask for. " +
    "Inserts of a key that exists are ignored.",
  homepage: "https://zero.rocicorp.dev",
  idioms: {
    write: {
      how: "A custom mutator with one `tx.mutate` call, done when its client promise is.",
      link: "https://zero.rocicorp.dev/docs/mutators",
    },
    batch: {
      how: "One custom mutator, which is one transaction, with a `tx.mutate` call per row.",
      link: "https://zero.rocicorp.dev/docs/mutators",
    },
    readPage: {
      how: "`zero.run` of a ZQL query with `where`, `orderBy`, `start` and `limit`.",
      link: "https://zero.rocicorp.dev/docs/zql",
    },
    readKey: {
      how: "`zero.run` of a query by the primary key.",
      link: "https://zero.rocicorp.dev/docs/zql",
    },
    join: {
      how:
        "`related`, which adds the partner to each row; `whereExists` as well only where a window lacks rows.",
      link: "https://zero.rocicorp.dev/docs/zql",
      tried: "`whereExists` with every `related`, which joins twice.",
    },
    watchRow: {
      how: "`zero.materialize` of a query by the primary key, and a listener of its view.",
      link: "https://zero.rocicorp.dev/docs/zql",
    },
    watchList: {
      how: "`zero.materialize` of the query, and a listener of its view.",
      link: "https://zero.rocicorp.dev/docs/zql",
    },
    watchCount: {
      how: "The number of rows of a materialized view, or what they add up to, as ZQL has no aggregates.",
      link: "https://zero.rocicorp.dev/docs/zql",
    },
  },
  objection:
    "Without its server it is half of itself: users have queries hydrated and cut by the server, and IndexedDB below.",
  runsIn: ["deno", "node", "browser", "react-native"],
  runtimes: ["deno", "node", "bun", "chromium", "firefox"],
  drivers: { "@rocicorp/zero": "1.9.0" },
  options: {
    store: {
      values: ["mem", "idb"],
      default: "mem",
      defaultIn: { chromium: "idb", firefox: "idb" },
      only: { idb: ["chromium", "firefox"] },
      meaning:
        "kvStore: mem forgets everything; idb, the library's default in a browser, also keeps what is in memory in IndexedDB, " +
        "when the page is idle",
    },
  },
  pageImports: () => ({
    page: {
      "@rocicorp/zero": [
        "Zero",
        "table",
        "number",
        "string",
        "relationships",
        "createSchema",
        "createBuilder",
        "defineMutators",
        "defineMutator",
      ],
    },
  }),
  permissions: { env: ["NODE_ENV"] },
  capabilities: ({ store = "mem" }) => ({
    liveQueries: "incremental",
    sql: false,
    joins: true,
    atomicBatch: true,
    interactiveTransaction: true,
    durability: store === "mem" ? "none" : "relaxed",
    worksOn: "caller",
    columnTypes: ["real"],
    transactions: "flat",
  }),
  delay: () => ({ atMostMs: 0, isDefault: true }),
  counters: [],
  knownGaps: [{
    scenario: "lasting/memory-of-closed-live-queries",
    reason: "Each view of @rocicorp/zero 1.9.0 that was destroyed leaves some 4 to 6 KiB on the heap " +
      "(docs/known-gaps/zero-closed-views.ts)",
  }, {
    scenario: "close/keeps-everything",
    reason:
      "@rocicorp/zero 1.9.0 keeps changes in IndexedDB about a second later, and close() does not wait for that",
    when: { store: "idb" },
    isTimed: true,
  }],
  async open(context) {
    enterProductionMode();
    const library = await loadDriver(
      "@rocicorp/zero",
      // @ts-ignore: resolved by drivers/zero/deno.json
      () => import("@rocicorp/zero") as Promise<unknown> as Promise<Library>,
    );
    return new ZeroSession(library, context);
  },
};

// What is used of the library, so that the file is checked without it as well.
type Document = Record<string, Value>;
type Schema = { readonly schema: unique symbol };
type TableSchema = { readonly tableSchema: unique symbol };
type ColumnSchema = { optional(): ColumnSchema };
type Expression = { readonly expression: unique symbol };
type Operator = "=" | "<" | ">=" | "IN";

interface Library {
  readonly Zero: new (options: object) => Client;
  table(name: string): {
    columns(columns: Record<string, ColumnSchema>): { primaryKey(column: string): TableSchema };
  };
  number(): ColumnSchema;
  string(): ColumnSchema;
  relationships(
    table: TableSchema,
    define: (kinds: { one(edge: object): unknown }) => Record<string, unknown>,
  ): unknown;
  createSchema(parts: { tables: TableSchema[]; relationships: unknown[] }): Schema;
  createBuilder(schema: Schema): Record<string, Zql>;
  defineMutators(mutators: Record<string, unknown>): Mutators;
  defineMutator<T>(mutator: (given: { tx: Transaction; args: T }) => Promise<void>): unknown;
}

interface Mutators {
  write(request: WriteRequest): unknown;
  play(transaction: number): unknown;
}

/** The arguments of the mutator, which must be JSON. */
interface WriteRequest {
  /** Position of the statement among those that the session has met. */
  readonly statement: number;
  readonly rows: readonly Args[];
}

interface Transaction {
  readonly mutate: Record<string, {
    insert(document: Document): Promise<void>;
    update(changes: Document): Promise<void>;
    delete(key: Document): Promise<void>;
  }>;
  run(query: Zql): Promise<readonly Row[]>;
}

interface Client {
  mutate(request: unknown): { readonly client: Promise<{ type: string; error?: { message?: string } }> };
  run(query: Zql): Promise<readonly Row[]>;
  materialize(query: Zql, options: { ttl: "none" }): View;
  close(): Promise<void>;
}

interface View {
  addListener(
    listener: (rows: readonly Row[], result: string, error?: { message?: string }) => void,
  ): () => void;
  destroy(): void;
}

interface Builders {
  cmp(column: string, operator: Operator, value: Value): Expression;
  and(...conditions: Expression[]): Expression;
  or(...conditions: Expression[]): Expression;
}

interface Zql {
  where(column: string, operator: Operator, value: Value | readonly Value[]): Zql;
  where(build: (builders: Builders) => Expression): Zql;
  whereExists(relationship: string): Zql;
  related(relationship: string): Zql;
  orderBy(column: string, direction: "asc" | "desc"): Zql;
  start(row: Document): Zql;
  limit(count: number): Zql;
}

/**
 * A save compares with what is in memory. Where a mutation is under way it waits for that first (`openLazySourceRead`,
 * read locks of `LazyStore`), its IndexedDB transaction ends meanwhile, and the error of it reaches nobody. A page goes on,
 * and the next save, a second later, takes all there is: it is printed, so that reports say it. Returns how to stop.
 */
export function watchSaves(): () => void {
  const onRejection = (event: PromiseRejectionEvent): void => {
    const { reason } = event;
    if (!(reason instanceof DOMException) || reason.name !== "InvalidStateError") return;
    event.preventDefault();
    console.warn(`Zero could not save, and tries again: ${reason.message}`);
  };
  addEventListener("unhandledrejection", onRejection);
  return () => removeEventListener("unhandledrejection", onRejection);
}

/** Stores in memory are found again by the user's name. */
let userCount = 0;

class ZeroSession implements Session {
  readonly #client: Client;
  readonly #mutators: Mutators;
  readonly #zql: Record<string, Zql>;
  readonly #tables: readonly Table[];
  readonly #documents = new Map<string, DocumentTable>();
  readonly #statements: WriteStatement[] = [];
  readonly #positions = new Map<WriteStatement, number>();
  /** Transactions under way, by number: arguments of a mutator must be JSON. */
  readonly #plays: ((tx: Transaction) => Promise<unknown>)[] = [];
  /** Absent for a new database. */
  readonly #keys: ResumedKeys | undefined;
  readonly #forgetSaves: () => void;

  constructor(library: Library, { tables, options, directory, database }: OpenContext) {
    const isInMemory = (options["store"] ?? "mem") === "mem";
    this.#tables = tables;
    this.#keys = database === "new"
      ? undefined
      : new ResumedKeys(async (table) => await this.#client.run(this.#zql[table]!));
    for (const table of tables) this.#documents.set(table.name, new DocumentTable(table));
    const schema = schemaOf(library, Array.from(this.#documents.values()));
    this.#zql = library.createBuilder(schema);
    this.#mutators = library.defineMutators({
      write: library.defineMutator<WriteRequest>(({ tx, args: { statement, rows } }) =>
        this.#apply(tx, this.#statements[statement]!, rows)
      ),
      play: library.defineMutator<number>(async ({ tx, args }) => void await this.#plays[args]!(tx)),
    });
    this.#forgetSaves = isInMemory ? () => {} : watchSaves();
    this.#client = new library.Zero({
      server: null,
      userID: isInMemory ? `bench${++userCount}` : directory,
      kvStore: isInMemory ? "mem" : "idb",
      schema,
      mutators: this.#mutators,
      // Closing reports each mutation that no server has seen.
      logSink: { log: () => {} },
    });
  }

  async write(statement: WriteStatement, args: Args): Promise<void> {
    await this.batch(statement, [args]);
  }

  async batch(statement: WriteStatement, rows: readonly Args[]): Promise<void> {
    let position = this.#positions.get(statement);
    if (position === undefined) {
      position = this.#statements.push(statement) - 1;
      this.#positions.set(statement, position);
    }
    const own = copyRows(rows);
    if (this.#keys !== undefined) await this.#keys.ready(this.#documentsOf(statement.table), statement);
    await this.#mutate(this.#mutators.write({ statement: position, rows: own }));
  }

  transaction(steps: readonly TransactionStep[]): Promise<readonly (readonly Row[])[]> {
    return inTransaction((play) => {
      const position = this.#plays.push((tx) =>
        play({
          write: (statement, args) => this.#apply(tx, statement, [args]),
          read: (query, args) => this.#readWith(tx, query, args),
        })
      ) - 1;
      return this.#mutate(this.#mutators.play(position));
    }, steps);
  }

  async #mutate(request: unknown): Promise<void> {
    const { type, error } = await this.#client.mutate(request).client;
    if (type === "error") throw new Error(`Cannot write: ${error?.message ?? "the mutator failed"}`);
  }

  read(query: Query, args: Args): Promise<readonly Row[]> {
    return this.#readWith(this.#client, query, Array.from(args));
  }

  async #readWith(reader: Pick<Client, "run">, query: Query, args: Args): Promise<readonly Row[]> {
    const finish = this.#finish(query, args);
    const found = await reader.run(this.#build(query, args, false));
    const rows = finish(found);
    if (!lacksRows(query, args, found, rows)) return rows;
    return finish(await reader.run(this.#build(query, args, true)));
  }

  watch(query: Query, callerArgs: Args, observer: Observer): Subscription {
    const args = Array.from(callerArgs);
    const finish = this.#finish(query, args);
    const follow = (hasPartnersOnly: boolean): void => {
      let isOver = false;
      const view = this.#client.materialize(this.#build(query, args, hasPartnersOnly), { ttl: "none" });
      let forget: (() => void) | undefined = undefined;
      let isGone = false;
      const end = () => {
        isOver = true;
        // The first result comes while the listener is added: it is taken away when it is there.
        if (forget === undefined || isGone) return;
        isGone = true;
        forget();
        view.destroy();
      };
      stop = end;
      forget = view.addListener((found, result, error) => {
        if (isOver) return;
        if (result === "error") {
          observer.error(new Error(`Live query failed: ${error?.message ?? "no message"}`));
          return;
        }
        const rows = finish(found);
        if (hasPartnersOnly || !lacksRows(query, args, found, rows)) return observer.next(rows);
        isOver = true;
        follow(true);
        // The view is in the middle of telling its listeners.
        queueMicrotask(end);
      });
      if (isOver) end();
    };
    let stop = () => {};
    follow(false);
    return { close: () => stop() };
  }

  async close(): Promise<void> {
    try {
      await this.#client.close();
    } finally {
      this.#forgetSaves();
    }
  }

  async #apply(tx: Transaction, statement: WriteStatement, rows: readonly Args[]): Promise<void> {
    const documents = this.#documentsOf(statement.table);
    const { keyColumn } = documents;
    const found = new Map<Value, Row>();
    const met = sought(statement, rows);
    if (met === undefined || namesKeysOnly(statement, keyColumn)) {
      for (const key of met?.values ?? []) if (key !== null) found.set(key, { [keyColumn]: key });
    } else {
      const values = Array.from(new Set(met.values)).filter((value) => value !== null);
      const query = values.length === 1
        ? this.#zql[statement.table]!.where(met.column, "=", values[0]!)
        : this.#zql[statement.table]!.where(met.column, "IN", values);
      for (const row of await tx.run(query)) found.set(row[met.column]!, row);
    }
    const find = (_: string, value: Value) => found.get(value);
    const { inserted, updated, removed } = documentChanges(documents, statement, rows, find);
    const table = tx.mutate[statement.table]!;
    for (const key of removed) await table.delete({ [keyColumn]: key });
    for (const [key, changes] of updated) await table.update({ ...changes, [keyColumn]: key });
    for (const document of inserted) await table.insert(document);
  }

  /** With `hasPartnersOnly`, rows without a partner take no place in a window. */
  #build(query: Query, args: Args, hasPartnersOnly: boolean): Zql {
    let zql = this.#zql[query.table]!;
    // A start is a place in the order, NULLs among the others, and rows that tie with it stand behind it as before it; in
    // SQL nothing is below NULL or above it, and what ties is not below.
    const { table, keyColumn } = this.#documentsOf(query.table);
    const isTotal = query.kind === "select" &&
      query.orderBy.some(({ column }) => unqualified(column) === keyColumn);
    // Nor is there an order where the joined rows decide which ones come first.
    const isLoose = !isTotal || comparesNullable(query, table) || !decidesByFirstTable(query);
    for (const { filter, values } of firstTableFilters(query, args)) {
      zql = where(zql, filter, values, !isLoose && isCursor(query, filter));
    }
    if (query.kind !== "select") return zql;
    if (query.join !== undefined) {
      const relationship = relationshipName(unqualified(query.join.left), query.join.table);
      if (hasPartnersOnly) zql = zql.whereExists(relationship);
      zql = zql.related(relationship);
    }
    if (!decidesByFirstTable(query)) return zql;
    for (const { column, descending } of query.orderBy) {
      zql = zql.orderBy(unqualified(column), descending ? "desc" : "asc");
    }
    const limit = compileDocumentQuery(query).limit(args);
    return limit === undefined ? zql : zql.limit(limit);
  }

  /** Copies the selected columns out of the library's rows. */
  #finish(query: Query, args: Args): (rows: readonly Row[]) => readonly Row[] {
    if (query.kind === "count") return (rows) => [{ [query.as]: rows.length }];
    if (query.kind === "sum") {
      const compiled = compileDocumentQuery(query);
      return (rows) => compiled.result(rows, args);
    }
    const { join } = query;
    if (join === undefined) {
      const project = compileProjection(query.columns);
      return (rows) => rows.map(project);
    }
    const compiled = compileDocumentQuery(query);
    const relationship = relationshipName(unqualified(join.left), join.table);
    return (rows) => {
      const partners = new Map<Value, Row>();
      for (const row of rows) {
        const partner = (row as Record<string, unknown>)[relationship] as Row | undefined;
        if (partner !== undefined) partners.set(row[unqualified(join.left)]!, partner);
      }
      return compiled.result(rows, args, (key) => partners.get(key));
    };
  }

  #documentsOf(table: string): DocumentTable {
    return this.#documents.get(table) ?? new DocumentTable(tableNamed(this.#tables, table));
  }
}

/**
 * Whether a statement says all that the library has to know: which keys, and which values. It passes over keys that are
 * not there by itself, so that nothing has to be read first.
 */
function namesKeysOnly(statement: WriteStatement, keyColumn: string): boolean {
  switch (statement.kind) {
    case "insert":
    case "upsert":
      return false;
    case "update":
      return statement.keyColumn === keyColumn && statement.set.every((assignment) => "param" in assignment);
    case "delete":
      return statement.keyColumn === keyColumn;
  }
}

/** Whether rows without a partner have taken places in a window that other rows would have had. */
function lacksRows(query: Query, args: Args, found: readonly Row[], rows: readonly Row[]): boolean {
  if (query.kind !== "select" || query.join === undefined || !decidesByFirstTable(query)) return false;
  return rows.length < found.length && found.length === compileDocumentQuery(query).limit(args);
}

/** A cursor that goes on in the order of the query is what the library's start() is for. */
function isCursor(query: Query, filter: Filter): boolean {
  return query.kind === "select" && filter.kind === "before" && query.orderBy.length > 0 &&
    query.orderBy.every((term, index) => term.descending && term.column === filter.columns[index]) &&
    query.orderBy.length === filter.columns.length;
}

function where(zql: Zql, filter: Filter, values: readonly Value[], isStart: boolean): Zql {
  switch (filter.kind) {
    case "equal":
      return zql.where(unqualified(filter.column), "=", values[0]!);
    case "range": {
      const column = unqualified(filter.column);
      const lower = filter.from === undefined ? zql : zql.where(column, ">=", values[0]!);
      return filter.below === undefined ? lower : lower.where(column, "<", values[values.length - 1]!);
    }
    case "before": {
      const columns = filter.columns.map(unqualified);
      if (isStart && !values.includes(null)) {
        return zql.start(Object.fromEntries(columns.map((column, index) => [column, values[index]!])));
      }
      return zql.where(({ cmp, and, or }) =>
        or(...columns.map((column, last) =>
          and(
            ...columns.slice(0, last).map((before, index) => cmp(before, "=", values[index]!)),
            cmp(column, "<", values[last]!),
          )
        ))
      );
    }
  }
}

function schemaOf(library: Library, stores: readonly DocumentTable[]): Schema {
  const tables = new Map(stores.map(({ table, keyColumn }) => {
    const columns = table.columns.map(({ name, type, nullable }) => {
      const column = type === "text" ? library.string() : library.number();
      return [name, nullable && name !== keyColumn ? column.optional() : column];
    });
    return [table.name, library.table(table.name).columns(Object.fromEntries(columns)).primaryKey(keyColumn)];
  }));
  // The library wants relationships with the schema, the queries come later: each column may name a key elsewhere.
  const relationships = stores.map(({ table }) =>
    library.relationships(tables.get(table.name)!, ({ one }) =>
      Object.fromEntries(
        table.columns.flatMap(({ name, type }) =>
          stores.filter((other) =>
            other.table !== table &&
            other.table.columns.some((column) => column.name === other.keyColumn && column.type === type)
          ).map((other) => {
            const edge = {
              sourceField: [name],
              destField: [other.keyColumn],
              destSchema: tables.get(other.table.name),
            };
            return [relationshipName(name, other.table.name), one(edge)];
          })
        ),
      ))
  );
  return library.createSchema({ tables: Array.from(tables.values()), relationships });
}

function relationshipName(column: string, table: string): string {
  return `${column}_to_${table}`;
}
