/** What LiveStore's packages for Node and for browsers share: the schema of a bench, and sessions on an open store. */
import type { Adapter, Observer, Session, Subscription } from "../../model/adapter.ts";
import type { Table } from "../../model/schema.ts";
import type { Query, WriteStatement } from "../../model/statement.ts";
import type { Args, Row, Value } from "../../model/value.ts";

const REFUSED =
  "With @livestore/livestore 0.4.0 a commit whose statement SQLite refuses tells no error, and shuts the " +
  "store down (docs/known-gaps/livestore-refused-statement.ts)";

/** What is called for each act, wherever the store keeps its files. */
export const LIVESTORE_IDIOMS: NonNullable<Adapter["idioms"]> = {
  write: {
    how: "`store.commit` of one event; its materializer answers the statement with its arguments.",
    link: "https://docs.livestore.dev/building-with-livestore/state/materializers/",
  },
  batch: {
    how:
      "`store.commit` of one event that carries all rows; its materializer answers a statement for each, in one " +
      "transaction.",
    link: "https://docs.livestore.dev/building-with-livestore/state/materializers/",
  },
  readPage: {
    how: "`store.query` of SQL with its arguments; ORDER BY and LIMIT are SQLite's.",
    link: "https://docs.livestore.dev/reference/state/sql-queries",
  },
  readKey: {
    how: "`store.query` by the primary key, as the contract wants a list.",
    link: "https://docs.livestore.dev/reference/state/sql-queries",
  },
  join: {
    how: "One SELECT with JOIN, planned by SQLite.",
    link: "https://docs.livestore.dev/reference/state/sql-queries",
  },
  watchRow: {
    how: "`store.subscribe` to `queryDb` with SQL; the library finds the tables that it reads.",
    link: "https://docs.livestore.dev/reference/state/sql-queries",
  },
  watchList: {
    how: "The same; joined tables are found by the library.",
    link: "https://docs.livestore.dev/reference/state/sql-queries",
  },
  watchCount: {
    how: "The same, on SELECT COUNT.",
    link: "https://docs.livestore.dev/reference/state/sql-queries",
  },
};

/** What its author could still say. */
export const LIVESTORE_OBJECTION =
  "Its users define an event for each act and read through its query builder, which knows the types of rows; " +
  "one event for all statements and SQL as text are its escape hatches.";

/** What the library gets wrong in every runtime. */
export const LIVESTORE_GAPS: Adapter["knownGaps"] = [
  ...[
    "batch/is-atomic-on-failure",
    "refusal/duplicate-key",
    "refusal/null-where-none-may-be",
    "refusal/batch-that-ends-with-a-duplicate-key",
    "refusal/large-batch-with-a-duplicate-key-in-it",
    "refusal/duplicate-unique-value",
  ].map((scenario) => ({ scenario, reason: REFUSED })),
  ...["values/text-with-zero-character", "values/text-with-byte-order-mark"].map((scenario) => ({
    scenario,
    reason:
      "@livestore/livestore 0.4.0 gives back text up to the first U+0000, and without the U+FEFF that it begins " +
      "with (docs/known-gaps/livestore-text.ts)",
  })),
  {
    scenario: "schema/trigger-writes-to-another-table",
    reason:
      "@livestore/livestore 0.4.0 answers a query from what it kept after a trigger has written to the table " +
      "(docs/known-gaps/livestore-trigger.ts)",
  },
  ...["schema/cascade-deletes", "schema/table-is-made-while-open"].map((scenario) => ({
    scenario,
    reason: "@livestore/livestore 0.4.0 shuts its store down over a table that is not in its schema " +
      "(docs/known-gaps/livestore-new-table.ts)",
  })),
  {
    scenario: "schema/failing-live-query-tells-of-its-error",
    reason:
      "@livestore/livestore 0.4.0 tells nobody of a live query that fails (docs/known-gaps/livestore-live-error.ts)",
  },
];

// What is used of the library, so that the file is checked without it as well.
export type EventOf = (
  payload: { sql: string; rows: readonly (readonly Value[])[]; table: string },
) => object;

export interface LiveStore {
  commit(...events: object[]): void;
  query(query: { query: string; bindValues: readonly Value[] }): readonly Row[];
  subscribe(query: object, onUpdate: (rows: readonly Row[]) => void): () => void;
  shutdownPromise(): Promise<void>;
  /** `persisted` or `in-memory`; Node's adapter need not say. */
  readonly storageMode?: string;
}

export interface LiveStoreLibrary {
  readonly Events: { synced(options: { name: string; schema: object }): EventOf };
  readonly LogLevel?: { readonly None: unknown };
  readonly Schema: {
    readonly String: object;
    readonly Number: object;
    readonly Null: object;
    readonly Any: object;
    Struct(fields: Record<string, object>): object;
    Array(of: object): object;
    Union(...of: object[]): object;
  };
  readonly State: {
    readonly SQLite: {
      table(options: { name: string; columns: Record<string, object>; indexes: object[] }): object;
      integer(options: ColumnOptions): object;
      text(options: ColumnOptions): object;
      materializers(
        events: Record<string, EventOf>,
        handlers: Record<
          string,
          (payload: { sql: string; rows: readonly (readonly Value[])[]; table: string }) => readonly {
            sql: string;
            bindValues: readonly Value[];
            writeTables: Set<string>;
          }[]
        >,
      ): object;
      makeState(parts: { tables: Record<string, object>; materializers: object }): object;
    };
  };
  makeSchema(parts: { events: Record<string, EventOf>; state: object }): object;
  queryDb(query: { query: string; schema: object; bindValues: readonly Value[] }): object;
  createStorePromise(options: {
    adapter: object;
    schema: object;
    storeId: string;
    logLevel: unknown;
  }): Promise<LiveStore>;
}

interface ColumnOptions {
  readonly primaryKey?: boolean;
  readonly nullable?: boolean;
  readonly autoIncrement?: boolean;
}

/** The schema of a bench with these tables, and the event that carries a write. The same tables give the same schema in every thread. */
export function liveSchema(
  library: LiveStoreLibrary,
  tables: readonly Table[],
): { readonly schema: object; readonly written: EventOf } {
  const { Events, Schema, State, makeSchema } = library;
  const written = Events.synced({
    name: "v1.Written",
    schema: Schema.Struct({
      sql: Schema.String,
      rows: Schema.Array(Schema.Array(Schema.Union(Schema.Number, Schema.String, Schema.Null))),
      table: Schema.String,
    }),
  });
  const events = { written };
  const materializers = State.SQLite.materializers(events, {
    "v1.Written": ({ sql, rows, table }) =>
      rows.map((row) => ({ sql, bindValues: Array.from(row), writeTables: new Set([table]) })),
  });
  const tablesByName = Object.fromEntries(tables.map((table) => [table.name, tableOf(library, table)]));
  const state = State.SQLite.makeState({ tables: tablesByName, materializers });
  return { schema: makeSchema({ events, state }), written };
}

/** Its indexes have no direction; SQLite walks them both ways. */
function tableOf({ State: { SQLite } }: LiveStoreLibrary, table: Table): object {
  const columns = table.columns.map(({ name, type, nullable }) => {
    if (name === table.primaryKey) return [name, SQLite.integer({ primaryKey: true })] as const;
    const options = nullable === true ? { nullable } : {};
    return [name, type === "integer" ? SQLite.integer(options) : SQLite.text(options)] as const;
  });
  const unique = table.columns.filter((column) => column.unique && column.name !== table.primaryKey);
  return SQLite.table({
    name: table.name,
    columns: Object.fromEntries(columns),
    indexes: [
      ...unique.map(({ name }) => ({
        name: `${table.name}_${name}_unique`,
        columns: [name],
        isUnique: true,
      })),
      ...table.indexes.map(({ name, columns }) => ({ name, columns: columns.map(({ column }) => column) })),
    ],
  });
}

/** A session on an open store. */
export class LiveStoreSession implements Session {
  readonly #library: LiveStoreLibrary;
  readonly #store: LiveStore;
  readonly #written: EventOf;

  constructor(library: LiveStoreLibrary, store: LiveStore, written: EventOf) {
    this.#library = library;
    this.#store = store;
    this.#written = written;
  }

  write(statement: WriteStatement, args: Args): void {
    this.batch(statement, [args]);
  }

  batch({ sql, table }: WriteStatement, rows: readonly Args[]): void {
    this.#store.commit(this.#written({ sql, rows: rows.map((args) => Array.from(args)), table }));
  }

  read(query: Query, args: Args): readonly Row[] {
    return copies(this.#store.query({ query: query.sql, bindValues: Array.from(args) }));
  }

  watch(query: Query, args: Args, observer: Observer): Subscription {
    const { queryDb, Schema } = this.#library;
    const live = queryDb({
      query: query.sql,
      schema: Schema.Array(Schema.Any),
      bindValues: Array.from(args),
    });
    const stop = this.#store.subscribe(live, (rows) => observer.next(copies(rows)));
    return { close: () => stop() };
  }

  async close(): Promise<void> {
    await this.#store.shutdownPromise();
  }
}

/** The library hands out what it keeps: who changed it would be answered with that. */
function copies(rows: readonly Row[]): Row[] {
  return rows.map((row) => ({ ...row }));
}
