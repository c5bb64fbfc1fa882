import { setImmediate } from "node:timers";
import type {
  Adapter,
  Observer,
  OpenContext,
  Session,
  Subscription,
  TransactionStep,
} from "../model/adapter.ts";
import type { Table } from "../model/schema.ts";
import type { Query, SelectQuery, WriteStatement } from "../model/statement.ts";
import { unqualified } from "../model/statement.ts";
import type { Args, Row, Value } from "../model/value.ts";
import { copyRows } from "./shared/copy_rows.ts";
import { documentChanges, sought } from "./shared/document_changes.ts";
import { compileDocumentQuery, compileProjection } from "./shared/document_query.ts";
import { DocumentTable } from "./shared/document_table.ts";
import { decidesByFirstTable, filterValues, firstTableFilters } from "./shared/filter_values.ts";
import { loadDriver } from "./shared/load_driver.ts";
import { inTransaction } from "./shared/play_transaction.ts";
import { enterProductionMode } from "./shared/production_mode.ts";
import { ResumedKeys } from "./shared/resumed_keys.ts";
import type { Stop } from "./shared/watch_join.ts";
import { watchJoin } from "./shared/watch_join.ts";

/** Triplit: a syncing database whose client keeps subscribed queries current. */
export const triplit: Adapter = {
  id: "triplit",
  title: "Triplit (local)",
  about:
    "The client of a syncing database, without a server and with its store in memory, or, in a browser, in IndexedDB. " +
    "Watched queries are local " +
    "subscriptions, which the client throttles to one delivery in 20 ms, without an option. Each write or batch is one " +
    "transaction. Entities are found by their id, a text; there are no other indexes and no counts, so that the " +
    "adapter counts entities. Joins combine two subscriptions.",
  unfair:
    "It is made to sync. Without a server every write stays in the outbox, and reads merge the outbox with the rest. " +
    "The fixed throttle makes its freshness look poor and its emissions few. Inserts of an id that exists replace it.",
  homepage: "https://www.triplit.dev",
  idioms: {
    write: {
      how: "`transact` with `insert`, `update` or `delete` by id.",
      link: "https://www.triplit.dev/docs/client/transact",
    },
    batch: {
      how: "The same inside one `transact`, one statement after the other, as there are no bulk calls.",
      link: "https://www.triplit.dev/docs/client/transact",
    },
    readPage: {
      how: "`fetch` of a query with `Where`, `Order` and `Limit`, from the local store only.",
      link: "https://www.triplit.dev/docs/client/fetch",
    },
    readKey: {
      how: "`fetchById`, from the local store only.",
      link: "https://www.triplit.dev/docs/client/fetch-by-id",
    },
    join: {
      how: "The rows first, with their limit, then `fetchById` for each partner.",
      link: "https://www.triplit.dev/docs/client/fetch-by-id",
    },
    watchRow: {
      how: "`subscribe` to a query by `Id`.",
      link: "https://www.triplit.dev/docs/client/subscribe",
    },
    watchList: {
      how: "`subscribe` to the query, with its order and limit.",
      link: "https://www.triplit.dev/docs/client/subscribe",
    },
    watchCount: {
      how:
        "`subscribe` to the rows; the adapter counts them, as the library has no counts, and adds up for a sum.",
      link: "https://www.triplit.dev/docs/client/subscribe",
    },
  },
  objection: "Relations of a schema, with `Include`, are its own way to join; here the schema knows no " +
    "relations, and two subscriptions are combined. Without a server the outbox only grows, which " +
    "no application would have. Its throttle cannot be set.",
  runsIn: ["browser", "node", "bun", "deno", "react-native"],
  runtimes: ["deno", "node", "bun", "chromium", "firefox"],
  drivers: { "@triplit/client": "1.0.50" },
  options: {
    storage: {
      values: ["memory", "indexeddb"],
      default: "memory",
      defaultIn: { chromium: "indexeddb", firefox: "indexeddb" },
      only: { indexeddb: ["chromium", "firefox"] },
      meaning:
        "The client's store is in memory, or, in a browser, in IndexedDB, which its documentation shows for apps",
    },
  },
  pageImports: () => ({ page: { "@triplit/client": ["TriplitClient", "Schema", "and", "or"] } }),
  permissions: { env: ["NODE_ENV"] },
  capabilities: ({ storage = "memory" }) => ({
    liveQueries: "query",
    sql: false,
    joins: false,
    atomicBatch: true,
    interactiveTransaction: true,
    // It acknowledges when the last request of a transaction of IndexedDB has succeeded, before the transaction is complete.
    durability: storage === "memory" ? "none" : "relaxed",
    worksOn: "caller",
    columnTypes: ["real"],
    transactions: "flat",
  }),
  delay: () => ({ atMostMs: 20, isDefault: true }),
  counters: [],
  knownGaps: [{
    scenario: "pace/increments-that-nobody-awaits",
    traits: ["overlap"],
    reason:
      "Transactions of @triplit/client 1.0.50 that run side by side read the same state, and all but one of " +
      "their updates are lost (docs/known-gaps/triplit-lost-updates.ts)",
  }, {
    scenario: "found/batch-and-behind-it-a-write-that-nobody-awaits",
    isTimed: true,
    traits: ["overlap"],
    reason: "The same: of two such transactions of @triplit/client 1.0.50 the later one may be shown first",
  }, {
    scenario: "found/join-while-both-tables-change",
    traits: ["watch", "join"],
    isTimed: true,
    reason:
      "A live join is two subscriptions of @triplit/client 1.0.50 here, each of which waits up to 20 ms by " +
      "itself: a result may show a new row beside an old partner",
  }],
  async open(context) {
    enterProductionMode();
    const library = await loadDriver(
      "@triplit/client",
      // @ts-ignore: resolved by drivers/triplit/deno.json
      () => import("@triplit/client") as Promise<unknown> as Promise<Library>,
    );
    const session = new TriplitSession(library, context);
    await session.ready();
    return session;
  },
};

// What is used of the library, so that the file is checked without it as well.
type Entity = Record<string, Value>;
type Condition =
  | readonly [attribute: string, operator: "=" | "!=" | "<" | ">=" | "in", value: unknown]
  | Group;
type Group = { readonly group: unique symbol };

interface Library {
  readonly TriplitClient: new (options: object) => Client;
  readonly Schema: {
    Schema(attributes: Record<string, unknown>): unknown;
    Id(): unknown;
    Number(options: { nullable: boolean }): unknown;
    String(options: { nullable: boolean }): unknown;
  };
  and(conditions: Condition[]): Group;
  or(conditions: Condition[]): Group;
}

interface TriplitQuery {
  Id(id: string): TriplitQuery;
  Where(conditions: readonly Condition[]): TriplitQuery;
  Order(attribute: string, direction: "ASC" | "DESC"): TriplitQuery;
  Limit(count: number): TriplitQuery;
}

interface Client {
  readonly ready: Promise<void>;
  query(collection: string): TriplitQuery;
  fetch(query: TriplitQuery, options: { policy: "local-only" }): Promise<Entity[]>;
  fetchById(collection: string, id: string, options: { policy: "local-only" }): Promise<Entity | null>;
  transact(body: (transaction: Transaction) => Promise<void>): Promise<unknown>;
  subscribe(
    query: TriplitQuery,
    onResults: (entities: Entity[]) => void,
    onError: (error: unknown) => void,
    options: { localOnly: true },
  ): () => void;
  disconnect(): void;
  clear(): Promise<void>;
}

interface Transaction {
  insert(collection: string, entity: Entity): Promise<unknown>;
  update(collection: string, id: string, changes: Entity): Promise<void>;
  delete(collection: string, id: string): Promise<void>;
  fetchById(collection: string, id: string): Promise<Entity | null>;
  fetch(query: TriplitQuery): Promise<Entity[]>;
}

const LOCAL = { policy: "local-only" } as const;

class TriplitSession implements Session {
  readonly #library: Library;
  readonly #client: Client;
  readonly #reader: Reader;
  readonly #stores: ReadonlyMap<string, DocumentTable>;
  readonly #isInMemory: boolean;
  /** Absent for a new database. */
  readonly #keys: ResumedKeys | undefined;

  constructor(library: Library, { tables, options, directory, database }: OpenContext) {
    this.#library = library;
    this.#isInMemory = (options["storage"] ?? "memory") === "memory";
    this.#keys = database === "new"
      ? undefined
      : new ResumedKeys(async (table) => (await this.#reader.fetch(this.#client.query(table))).map(decode));
    this.#stores = new Map(tables.map((table) => [table.name, new DocumentTable(table)]));
    this.#client = new library.TriplitClient({
      schema: Object.fromEntries(tables.map((table) => [table.name, { schema: schemaOf(library, table) }])),
      storage: this.#isInMemory ? "memory" : { type: "indexeddb", name: directory },
      autoConnect: false,
      logLevel: "error",
    });
    this.#reader = clientReader(this.#client);
  }

  ready(): Promise<void> {
    return this.#client.ready;
  }

  write(statement: WriteStatement, args: Args): Promise<void> {
    return this.batch(statement, [args]);
  }

  async batch(statement: WriteStatement, args: readonly Args[]): Promise<void> {
    const rows = copyRows(args);
    if (this.#keys !== undefined) await this.#keys.ready(this.#documentsOf(statement.table), statement);
    await this.#client.transact((transaction) => this.#apply(transaction, statement, rows));
  }

  async #apply(transaction: Transaction, statement: WriteStatement, rows: readonly Args[]): Promise<void> {
    const { table } = statement;
    const documents = this.#documentsOf(table);
    const { keyColumn } = documents;
    const found = new Map<Value, Row>();
    const met = sought(statement, rows);
    for (const value of new Set(met?.values)) {
      if (value === null) continue;
      const [entity] = met!.column === keyColumn
        ? [await transaction.fetchById(table, entityId(value))]
        : await transaction.fetch(this.#client.query(table).Where([[attribute(met!.column), "=", value]]));
      if (entity) found.set(value, decode(entity));
    }
    const find = (_: string, value: Value) => found.get(value);
    const { inserted, updated, removed } = documentChanges(documents, statement, rows, find);
    for (const key of removed) await transaction.delete(table, entityId(key));
    for (const [key, changes] of updated) await transaction.update(table, entityId(key), encode(changes));
    for (const document of inserted) {
      await transaction.insert(table, { id: entityId(document[keyColumn]!), ...encode(document) });
    }
  }

  transaction(steps: readonly TransactionStep[]): Promise<readonly (readonly Row[])[]> {
    return inTransaction((play) =>
      this.#client.transact(async (transaction) => {
        await play({
          write: (statement, args) => this.#apply(transaction, statement, [args]),
          read: (query, args) => this.#readWith(transaction, query, args),
        });
      }), steps);
  }

  read(query: Query, args: Args): Promise<readonly Row[]> {
    return this.#readWith(this.#reader, query, Array.from(args));
  }

  watch(query: Query, args: Args, observer: Observer): Subscription | Promise<Subscription> {
    if (query.kind === "select" && query.join !== undefined) {
      const { table, right } = query.join;
      const column = attribute(unqualified(right));
      return watchJoin(query, args, observer, {
        left: (deliver) =>
          this.#subscribe(
            this.#build(query, args, undefined),
            observer,
            (found) => deliver(found.map(decode)),
          ),
        right: async (keys, deliver) => {
          // Not "in": the library takes subscriptions for equal whose lists differ.
          const conditions = keys.map((key): Condition => [column, "=", key]);
          const partners = this.#client.query(table).Where([this.#library.or(conditions)]);
          // A subscription that starts while the library delivers to others is handed an empty result.
          await new Promise<void>((resolve) => setImmediate(resolve));
          return this.#subscribe(partners, observer, (found) => deliver(found.map(decode)));
        },
      });
    }
    const finish = finisher(query);
    const built = this.#build(query, args, compileDocumentQuery(query).limit(args));
    return {
      close: this.#subscribe(built, observer, (found) => observer.next(finish(found))),
    };
  }

  async close(): Promise<void> {
    this.#client.disconnect();
    // What is on the disk may be opened again.
    if (this.#isInMemory) await this.#client.clear();
  }

  #subscribe(query: TriplitQuery, observer: Observer, deliver: (entities: Entity[]) => void): Stop {
    return this.#client.subscribe(query, deliver, (error) => observer.error(error), { localOnly: true });
  }

  async #readWith(reader: Reader, query: Query, args: Args): Promise<readonly Row[]> {
    const { keyColumn } = this.#documentsOf(query.table);
    const [only] = query.where;
    const limit = compileDocumentQuery(query).limit(args);
    // A limit may be 0.
    const isByKey = query.where.length === 1 && only?.kind === "equal" && only.column === keyColumn &&
      limit === undefined;
    if (query.kind === "select" && query.join !== undefined) {
      const find = async (most: number | undefined) =>
        (await reader.fetch(this.#build(query, args, most))).map(decode);
      const left = await find(limit);
      const rows = await this.#join(reader, query, args, left);
      // A row without a partner has no place in the result: others may take it.
      if (rows.length === left.length || left.length !== limit) return rows;
      return this.#join(reader, query, args, await find(undefined));
    }
    const finish = finisher(query);
    if (!isByKey) return finish(await reader.fetch(this.#build(query, args, limit)));
    const key = filterValues(query, args)[0]![0]!;
    const entity = key === null ? null : await reader.fetchById(query.table, entityId(key));
    return finish(entity === null ? [] : [entity]);
  }

  /** Joins by hand: an entity per partner, by its id. */
  async #join(
    reader: Reader,
    query: SelectQuery,
    args: Args,
    left: readonly Row[],
  ): Promise<readonly Row[]> {
    const { table, left: leftColumn, right } = query.join!;
    const partners = new Map<Value, Row>();
    const byKey = this.#documentsOf(table).keyColumn === unqualified(right);
    for (const key of new Set(left.map((row) => row[unqualified(leftColumn)] ?? null))) {
      if (key === null) continue;
      const [entity] = byKey
        ? [await reader.fetchById(table, entityId(key))]
        : await reader.fetch(this.#client.query(table).Where([[attribute(unqualified(right)), "=", key]]));
      if (entity) partners.set(key, decode(entity));
    }
    return compileDocumentQuery(query).result(left, args, (key) => partners.get(key));
  }

  #build(query: Query, args: Args, limit: number | undefined): TriplitQuery {
    const { keyColumn } = this.#documentsOf(query.table);
    let built = this.#client.query(query.table);
    const filters = firstTableFilters(query, args);
    // Here NULL equals NULL, but in SQL nothing compares with it.
    if (filters.some(({ values }) => values.includes(null))) return built.Where([["id", "in", []]]);
    const conditions: Condition[] = [];
    let hasKey = false;
    const isNullable = (name: string) =>
      this.#documentsOf(query.table).table.columns.some((column) => column.name === name && column.nullable);
    for (const { filter, values: operands } of filters) {
      const columns = (filter.kind === "before" ? filter.columns : [filter.column]).map(unqualified);
      const attributes = columns.map(attribute);
      // Nor is anything below NULL or above it, which here comes before all.
      const present = (index: number): Condition[] =>
        isNullable(columns[index]!) ? [[attributes[index]!, "!=", null]] : [];
      if (filter.kind === "equal") {
        // A second key would take the place of the first.
        if (columns[0] === keyColumn && !hasKey) {
          built = built.Id(entityId(operands[0]!));
          hasKey = true;
        } else conditions.push([attributes[0]!, "=", operands[0]]);
      } else if (filter.kind === "range") {
        if (filter.from !== undefined) conditions.push([attributes[0]!, ">=", operands[0]]);
        if (filter.below !== undefined) {
          conditions.push([attributes[0]!, "<", operands.at(-1)], ...present(0));
        }
      } else {
        const { and, or } = this.#library;
        conditions.push(or(attributes.map((each, last) =>
          and([
            ...attributes.slice(0, last).map((before, index): Condition => [before, "=", operands[index]]),
            [each, "<", operands[last]],
            ...present(last),
          ])
        )));
      }
    }
    if (conditions.length > 0) built = built.Where(conditions);
    if (query.kind !== "select" || !decidesByFirstTable(query)) return built;
    for (const { column, descending } of query.orderBy) {
      built = built.Order(attribute(unqualified(column)), descending ? "DESC" : "ASC");
    }
    return limit === undefined ? built : built.Limit(limit);
  }

  #documentsOf(table: string): DocumentTable {
    const documents = this.#stores.get(table);
    if (documents === undefined) throw new RangeError(`Cannot find collection "${table}"`);
    return documents;
  }
}

/** Where entities are read: the database, or a transaction that sees its own changes. */
type Reader = Pick<Transaction, "fetch" | "fetchById">;

function clientReader(client: Client): Reader {
  return {
    fetch: (query) => client.fetch(query, LOCAL),
    fetchById: (collection, id) => client.fetchById(collection, id, LOCAL),
  };
}

function schemaOf({ Schema }: Library, { columns }: Table): unknown {
  const attributes = columns.map(({ name, type, nullable }) => {
    const options = { nullable: nullable === true };
    return [attribute(name), type === "text" ? Schema.String(options) : Schema.Number(options)];
  });
  return Schema.Schema({ id: Schema.Id(), ...Object.fromEntries(attributes) });
}

/** The name of a column inside an entity, whose attribute "id" is a text of the library's own. */
function attribute(column: string): string {
  return column === "id" ? ID_ATTRIBUTE : column;
}

const ID_ATTRIBUTE = "row_id";

function entityId(key: Value): string {
  return `${key}`;
}

function encode({ id, ...others }: Entity): Entity {
  return id === undefined ? others : { ...others, [ID_ATTRIBUTE]: id };
}

function decode({ id: _, [ID_ATTRIBUTE]: id, ...others }: Entity): Row {
  return id === undefined ? others : { id, ...others };
}

function finisher(query: Query): (entities: readonly Entity[]) => readonly Row[] {
  if (query.kind === "count") return (entities) => [{ [query.as]: entities.length }];
  if (query.kind === "sum") {
    const compiled = compileDocumentQuery(query);
    return (entities) => compiled.result(entities.map(decode), []);
  }
  const project = compileProjection(query.columns);
  return (entities) => entities.map((entity) => project(decode(entity)));
}
