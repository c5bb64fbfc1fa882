import type {
  Adapter,
  Observer,
  OpenContext,
  Session,
  Subscription,
  TransactionStep,
} from "../model/adapter.ts";
import type { Index, Table } from "../model/schema.ts";
import { tableNamed } from "../model/schema.ts";
import type { Join, Query, WriteStatement } from "../model/statement.ts";
import { unqualified } from "../model/statement.ts";
import type { Args, Row, Value } from "../model/value.ts";
import { copyRows } from "./shared/copy_rows.ts";
import { documentChanges, sought } from "./shared/document_changes.ts";
import { compileDocumentQuery, compileOrder } from "./shared/document_query.ts";
import { DocumentTable } from "./shared/document_table.ts";
import { decidesByFirstTable, firstTableFilters } from "./shared/filter_values.ts";
import { loadDriver } from "./shared/load_driver.ts";
import { inTransaction } from "./shared/play_transaction.ts";
import { enterProductionMode } from "./shared/production_mode.ts";
import { ResumedKeys } from "./shared/resumed_keys.ts";

/** Replicache: a client-side store of JSON under sorted string keys, with subscriptions to what a function reads. */
export const replicache: Adapter = {
  id: "replicache",
  title: "Replicache",
  about:
    "JSON values under sorted string keys, without a server, in memory or, in a browser, also in IndexedDB, where changes " +
    "are kept about a second later. A watched query is a subscription to a " +
    "function that scans; it runs again when a key that it has read or scanned over changes. Keys begin with the " +
    "table and end in a number of fixed width; each index is a string inside the value, made so that it sorts as " +
    "declared, as scans only go forward. Each write or batch is one mutator, which is a transaction; conditions that " +
    "no index serves, order and joins are JavaScript in the function. A table whose keys the database would assign " +
    "is keyed by its unique column.",
  unfair:
    "It is made to sync, and in maintenance. Without a server every mutation stays pending. A count scans all keys, " +
    "and writes are acknowledged before anything is stored durably, if it is.",
  homepage: "https://replicache.dev",
  idioms: {
    write: {
      how: "One mutator that sets and deletes keys, awaited.",
      link: "https://doc.replicache.dev/concepts/how-it-works",
    },
    batch: {
      how: "The same mutator with many rows: it is one transaction.",
      link: "https://doc.replicache.dev/concepts/how-it-works",
    },
    readPage: {
      how: "`tx.scan` over an index whose keys sort as the rows should, left as soon as the page is " +
        "full.",
      link: "https://doc.replicache.dev/api/interfaces/ReadTransaction",
    },
    readKey: {
      how: "`tx.get` inside `query`.",
      link: "https://doc.replicache.dev/api/interfaces/ReadTransaction",
    },
    join: {
      how: "`tx.get` for the partner of each row that is shown, inside the same transaction.",
      link: "https://doc.replicache.dev/api/interfaces/ReadTransaction",
      tried: "Looking partners up before the page was cut read one for every sender of a conversation.",
    },
    watchRow: {
      how: "`subscribe` to a function with one `tx.get`.",
      link: "https://doc.replicache.dev/tutorial/subscriptions",
    },
    watchList: {
      how: "`subscribe` to the function that reads the page.",
      link: "https://doc.replicache.dev/tutorial/subscriptions",
    },
    watchCount: {
      how: "`subscribe` to a function that counts the keys of a scan, or adds up its values.",
      link: "https://doc.replicache.dev/tutorial/subscriptions",
    },
  },
  objection: "Scans go forward only, so that a conversation is read whole to find its newest rows: who " +
    "knows that query keeps its times negated in the key. `experimentalWatch` delivers changes " +
    "instead of results. Without a server every mutation stays pending and is kept.",
  runsIn: ["browser", "node", "deno"],
  runtimes: ["deno", "node", "bun", "chromium", "firefox"],
  drivers: { replicache: "15.3.0" },
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
  pageImports: () => ({ page: { replicache: ["Replicache"] } }),
  permissions: { env: ["NODE_ENV"] },
  capabilities: ({ store = "mem" }) => ({
    liveQueries: "row",
    sql: false,
    joins: false,
    atomicBatch: true,
    interactiveTransaction: true,
    durability: store === "mem" ? "none" : "relaxed",
    worksOn: "caller",
    columnTypes: ["real"],
    transactions: "flat",
    offsets: true,
  }),
  delay: () => ({ atMostMs: 0, isDefault: true }),
  counters: [],
  knownGaps: [{
    scenario: "values/null-text-integer-bounds-unicode",
    reason:
      "Once an indexed text has 20,000 characters, replicache 15.3.0 fails updates of other rows that leave the " +
      'index with "Expected string. Got object" (docs/known-gaps/replicache-long-index.ts)',
  }, {
    scenario: "close/keeps-everything",
    reason:
      "replicache 15.3.0 keeps changes in IndexedDB about a second later, and close() does not wait for that",
    when: { store: "idb" },
    isTimed: true,
  }],
  async open(context) {
    enterProductionMode();
    const { Replicache } = await loadDriver(
      "replicache",
      // @ts-ignore: resolved by drivers/replicache/deno.json
      () => import("replicache") as Promise<unknown> as Promise<{ Replicache: ReplicacheClass }>,
    );
    return new ReplicacheSession(Replicache, context);
  },
};

// What is used of the library, so that the file is checked without it as well.
type Document = Record<string, Value>;

type ReplicacheClass = new (options: object) => {
  readonly mutate: {
    write(request: WriteRequest): Promise<void>;
    play(transaction: number): Promise<void>;
  };
  query<T>(body: (tx: ReadTransaction) => Promise<T>): Promise<T>;
  subscribe<T>(
    body: (tx: ReadTransaction) => Promise<T>,
    options: { onData(result: T): void; onError(error: unknown): void },
  ): () => void;
  close(): Promise<void>;
};

/** The arguments of the mutator, which must be JSON. */
interface WriteRequest {
  /** Position of the statement among those that the session has met. */
  readonly statement: number;
  readonly rows: readonly Args[];
}

interface ReadTransaction {
  get(key: string): Promise<Document | undefined>;
  scan(options: {
    readonly prefix: string;
    readonly indexName?: string;
    readonly start?: { readonly key: string | readonly [string] };
  }): { values(): AsyncIterable<Document>; keys(): AsyncIterable<unknown> };
}

interface WriteTransaction extends ReadTransaction {
  set(key: string, value: Document): Promise<void>;
  del(key: string): Promise<boolean>;
}

/** Stores in memory are found again by their name. */
let storeCount = 0;

class ReplicacheSession implements Session {
  readonly #replicache: InstanceType<ReplicacheClass>;
  readonly #tables: readonly Table[];
  readonly #stores: ReadonlyMap<string, Store>;
  readonly #statements: WriteStatement[] = [];
  readonly #positions = new Map<WriteStatement, number>();
  /** Transactions under way, by number: arguments of a mutator must be JSON. */
  readonly #plays: ((tx: WriteTransaction) => Promise<unknown>)[] = [];
  /** Absent for a new database. */
  readonly #keys: ResumedKeys | undefined;

  constructor(library: ReplicacheClass, { tables, options, directory, database }: OpenContext) {
    const isInMemory = (options["store"] ?? "mem") === "mem";
    this.#tables = tables;
    this.#keys = database === "new"
      ? undefined
      : new ResumedKeys((table) =>
        this.#replicache.query((tx) =>
          Array.fromAsync(tx.scan({ prefix: this.#storeOf(table).prefix }).values())
        )
      );
    this.#stores = new Map(tables.map((table) => [table.name, new Store(table)]));
    const indexes = Array.from(this.#stores.values()).flatMap((store) =>
      store.indexes.map(({ field }) => [
        field,
        { prefix: store.prefix, jsonPointer: `/${field}`, allowEmpty: true },
      ])
    );
    this.#replicache = new library({
      name: isInMemory ? `bench${++storeCount}` : directory,
      kvStore: isInMemory ? "mem" : "idb",
      pullInterval: null,
      logSinks: [],
      indexes: Object.fromEntries(indexes),
      mutators: {
        write: (tx: WriteTransaction, request: WriteRequest) =>
          this.#apply(tx, this.#statements[request.statement]!, request.rows),
        play: async (tx: WriteTransaction, position: number) => void await this.#plays[position]!(tx),
      },
    });
  }

  write(statement: WriteStatement, args: Args): Promise<void> {
    return this.batch(statement, [args]);
  }

  async batch(statement: WriteStatement, rows: readonly Args[]): Promise<void> {
    let position = this.#positions.get(statement);
    if (position === undefined) {
      position = this.#statements.push(statement) - 1;
      this.#positions.set(statement, position);
    }
    const own = copyRows(rows);
    if (this.#keys !== undefined) {
      await this.#keys.ready(this.#storeOf(statement.table).documents, statement);
    }
    await this.#replicache.mutate.write({ statement: position, rows: own });
  }

  read(query: Query, args: Args): Promise<readonly Row[]> {
    const own = Array.from(args);
    return this.#replicache.query((tx) => this.#read(tx, query, own));
  }

  watch(query: Query, args: Args, observer: Observer): Subscription {
    const own = Array.from(args);
    const close = this.#replicache.subscribe((tx) => this.#read(tx, query, own), {
      onData: (rows) => observer.next(rows),
      onError: (error) => observer.error(error),
    });
    return { close };
  }

  close(): Promise<void> {
    return this.#replicache.close();
  }

  transaction(steps: readonly TransactionStep[]): Promise<readonly (readonly Row[])[]> {
    return inTransaction((play) => {
      const position = this.#plays.push((tx) =>
        play({
          write: (statement, args) => this.#apply(tx, statement, [args]),
          read: (query, args) => this.#read(tx, query, args),
        })
      ) - 1;
      return this.#replicache.mutate.play(position);
    }, steps);
  }

  async #apply(tx: WriteTransaction, statement: WriteStatement, rows: readonly Args[]): Promise<void> {
    const store = this.#storeOf(statement.table);
    const found = new Map<Value, Document>();
    const met = sought(statement, rows);
    for (const value of new Set(met?.values)) {
      const document = await store.having(tx, met!.column, value);
      if (document !== undefined) found.set(value, document);
    }
    const find = (_: string, value: Value) => found.get(value);
    const { inserted, updated, removed } = documentChanges(store.documents, statement, rows, find);
    const { keyColumn } = store.documents;
    for (const key of removed) await tx.del(store.key(key));
    if (updated.size > 0) {
      for (const document of found.values()) {
        const changes = updated.get(document[keyColumn]!);
        if (changes !== undefined) {
          await tx.set(store.key(document[keyColumn]!), store.encode({ ...document, ...changes }));
        }
      }
    }
    for (const document of inserted) await tx.set(store.key(document[keyColumn]!), store.encode(document));
  }

  async #read(tx: ReadTransaction, query: Query, args: Args): Promise<readonly Row[]> {
    const store = this.#storeOf(query.table);
    if (query.kind === "count" && query.where.length === 0) {
      let rowCount = 0;
      for await (const _ of tx.scan({ prefix: store.prefix }).keys()) rowCount += 1;
      return [{ [query.as]: rowCount }];
    }
    const compiled = compileDocumentQuery(query);
    const matches = compiled.matcher(args);
    const { documents, leading } = store.access(tx, query, args);
    const join = query.kind === "select" ? query.join : undefined;
    const limit = compiled.limit(args);
    const partners = new Map<Value, Row>();
    const kept: Document[] = [];
    for await (const document of documents) {
      // Rows that tie with the last one may still sort before it by the other terms.
      const isFull = leading !== undefined && limit !== undefined && kept.length >= limit;
      if (isFull && document[leading] !== kept.at(-1)?.[leading]) break;
      if (!matches(document)) continue;
      // In order, rows are joined as they come, and the scan ends with the last one that is shown.
      if (
        join !== undefined && leading !== undefined && !await this.#hasPartner(tx, join, document, partners)
      ) continue;
      kept.push(document);
    }
    if (join === undefined || leading !== undefined) {
      return compiled.result(kept, args, (key) => partners.get(key));
    }
    // In no order, all rows are needed, but only the partners of those that are shown.
    const isAlone = query.kind === "select" && decidesByFirstTable(query);
    if (isAlone) {
      kept.sort(compileOrder(query.orderBy.map((term) => ({ ...term, column: unqualified(term.column) }))));
    }
    const most = isAlone ? limit ?? kept.length : kept.length;
    const shown: Document[] = [];
    for (const document of kept) {
      if (shown.length >= most) break;
      if (await this.#hasPartner(tx, join, document, partners)) shown.push(document);
    }
    return compiled.result(shown, args, (key) => partners.get(key));
  }

  /** Looks the partner of a row up, unless it is known. */
  async #hasPartner(
    tx: ReadTransaction,
    join: Join,
    document: Document,
    partners: Map<Value, Row>,
  ): Promise<boolean> {
    const key = document[unqualified(join.left)] ?? null;
    if (partners.has(key)) return true;
    const partner = await this.#storeOf(join.table).having(tx, unqualified(join.right), key);
    if (partner !== undefined) partners.set(key, partner);
    return partner !== undefined;
  }

  #storeOf(table: string): Store {
    return this.#stores.get(table) ?? new Store(tableNamed(this.#tables, table));
  }
}

/** A declared index, as a string inside each document. */
interface StringIndex {
  readonly field: string;
  readonly terms: Index["columns"];
}

/** The documents of one table: their keys, and the strings by which they are indexed. */
class Store {
  readonly documents: DocumentTable;
  readonly prefix: string;
  readonly indexes: readonly StringIndex[];

  constructor(table: Table) {
    this.documents = new DocumentTable(table);
    this.prefix = `${table.name}/`;
    const unique = table.columns.filter(({ unique, name }) => unique && name !== this.documents.keyColumn);
    this.indexes = [
      ...unique.map(({ name }) => ({ field: `$${table.name}_${name}`, terms: [{ column: name }] })),
      ...table.indexes.map((index) => ({ field: `$${index.name}`, terms: index.columns })),
    ];
  }

  key(key: Value): string {
    return this.prefix + sortable(key, false);
  }

  /** A document with the strings of its indexes; it is in no index with a NULL. */
  encode(document: Document): Document {
    const encoded = { ...document };
    for (const { field, terms } of this.indexes) {
      const values = terms.map(({ column }) => document[column] ?? null);
      delete encoded[field];
      if (values.includes(null)) continue;
      encoded[field] = values.map((value, index) => sortable(value, terms[index]!.descending === true)).join(
        "/",
      );
    }
    return encoded;
  }

  /** The document that has this value in the key or a unique column. */
  async having(tx: ReadTransaction, column: string, value: Value): Promise<Document | undefined> {
    if (value === null) return undefined;
    if (column === this.documents.keyColumn) return tx.get(this.key(value));
    const index = this.indexes.find(({ terms }) => terms.length === 1 && terms[0]!.column === column);
    if (index === undefined) {
      throw new RangeError(`Cannot find a document by "${column}" as it must be unique`);
    }
    for await (
      const document of tx.scan({ indexName: index.field, prefix: sortable(value, false) }).values()
    ) {
      if (document[column] === value) return document;
    }
    return undefined;
  }

  /**
   * Candidates for a query: from the key, an index or the whole table. `leading` is the column that they are ordered
   * by when that is the first of the query's order.
   */
  access(tx: ReadTransaction, query: Query, args: Args): Candidates {
    const { keyColumn } = this.documents;
    const first = query.kind === "select" && decidesByFirstTable(query) ? query.orderBy[0] : undefined;
    const leads = (column: string | undefined, descending: boolean | undefined) =>
      first !== undefined && column === unqualified(first.column) &&
        first.descending === (descending === true)
        ? column
        : undefined;
    let candidates: Candidates | undefined;
    for (const { filter, values } of firstTableFilters(query, args)) {
      const column = unqualified(filter.kind === "before" ? filter.columns[0]! : filter.column);
      const value = values[0]!;
      if (value === null) return { documents: nothing(), leading: undefined };
      if (column === keyColumn && filter.kind !== "before") {
        if (filter.kind === "equal") return { documents: one(tx.get(this.key(value))), leading: undefined };
        const start = filter.from === undefined ? undefined : { key: this.key(value) };
        const scan = tx.scan({ prefix: this.prefix, ...(start === undefined ? {} : { start }) }).values();
        const below = filter.below === undefined ? undefined : values.at(-1)!;
        return { documents: until(scan, keyColumn, below), leading: leads(keyColumn, false) };
      }
      // A document with a NULL is in no index of that column: the first one is compared, the others may hold anything.
      const index = this.indexes.find(({ terms: [term, ...others] }) =>
        term!.column === column && !others.some((other) => this.#isNullable(other.column))
      );
      if (index === undefined) continue;
      const [term, next] = index.terms;
      if (filter.kind === "equal") {
        const prefix = sortable(value, term!.descending === true) + (next === undefined ? "" : "/");
        const documents = tx.scan({ indexName: index.field, prefix }).values();
        const leading = this.#sorts(index, 1) ? leads(next?.column, next?.descending) : undefined;
        return { documents, leading };
      }
      if (filter.kind === "before" && term!.descending && this.#sorts(index, 0)) {
        const start = { key: [sortable(value, true)] as const };
        const documents = tx.scan({ indexName: index.field, prefix: "", start }).values();
        candidates ??= { documents, leading: leads(column, true) };
      }
    }
    if (candidates !== undefined) return candidates;
    const ordered = this.indexes.find((index) =>
      leads(index.terms[0]!.column, index.terms[0]!.descending) !== undefined && this.#sorts(index, 0) &&
      !index.terms.some((term) => this.#isNullable(term.column))
    );
    return ordered === undefined
      ? { documents: tx.scan({ prefix: this.prefix }).values(), leading: leads(keyColumn, false) }
      : {
        documents: tx.scan({ indexName: ordered.field, prefix: "" }).values(),
        leading: ordered.terms[0]!.column,
      };
  }

  /** Whether an index sorts by a term: a text stands in it as it is, and ends where the next term begins. */
  #sorts({ terms }: StringIndex, at: number): boolean {
    const term = terms[at];
    if (term === undefined) return false;
    const { type } = this.documents.table.columns.find(({ name }) => name === term.column)!;
    return type === "integer" || (term.descending !== true && at === terms.length - 1);
  }

  #isNullable(column: string): boolean {
    return this.documents.table.columns.some(({ name, nullable }) => name === column && nullable === true);
  }
}

interface Candidates {
  readonly documents: AsyncIterable<Document>;
  readonly leading: string | undefined;
}

async function* nothing(): AsyncIterable<Document> {}

async function* one(found: Promise<Document | undefined>): AsyncIterable<Document> {
  const document = await found;
  if (document !== undefined) yield document;
}

async function* until(
  documents: AsyncIterable<Document>,
  column: string,
  below: Value | undefined,
): AsyncIterable<Document> {
  for await (const document of documents) {
    if (below !== undefined && below !== null && document[column]! >= below) return;
    yield document;
  }
}

/** Text that sorts as integers of both signs do, or against them; text stays as it is. */
function sortable(value: Value, isDescending: boolean): string {
  if (typeof value !== "number") return String(value);
  const number = isDescending ? -value : value;
  const digits = number < 0 ? Number.MAX_SAFE_INTEGER + number : number;
  return (number < 0 ? "-" : "0") + String(digits).padStart(DIGITS, "0");
}

const DIGITS = 16;
