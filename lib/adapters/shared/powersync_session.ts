/** What PowerSync's packages for Node and for browsers share: how they are driven, and sessions on an open database. */
import type {
  AdapterOption,
  Observer,
  OpenContext,
  Session,
  Subscription,
  TransactionStep,
} from "../../model/adapter.ts";
import type { Idioms } from "../../model/idiom.ts";
import type { Query, WriteStatement } from "../../model/statement.ts";
import type { Args, Row, Value } from "../../model/value.ts";
import { copyRows } from "./copy_rows.ts";
import { missingTablesSql } from "./missing_tables.ts";
import { inTransaction } from "./play_transaction.ts";
import { synchronousName } from "./sqlite_session.ts";

// What is used of the library, so that the file is checked without it as well.

/** What both packages export, besides the constructor of databases. */
export interface PowerSyncBasics {
  readonly ArrayComparator: new (options: { compareBy: (row: Row) => string }) => RowComparator;
  readonly Schema: new (tables: Record<string, never>) => object;
}

interface QueryResult {
  readonly array: readonly Row[];
}

/** A connection that is held. */
export interface PowerSyncConnection {
  execute(sql: string, args?: readonly Value[]): Promise<QueryResult>;
}

type RowComparator = { checkEquality(current: readonly Row[], previous: readonly Row[]): boolean };

interface WatchOptions {
  readonly throttleMs: number;
  readonly reportFetching: boolean;
  readonly comparator?: RowComparator;
}

interface WatchState {
  readonly isLoading: boolean;
  readonly error: Error | null;
  readonly data: readonly Row[];
}

interface WatchedQuery {
  registerListener(listener: {
    onData(rows: readonly Row[]): void;
    onStateChange(state: WatchState): void;
    onError(error: unknown): void;
  }): () => void;
  close(): Promise<void>;
}

/** An open database. */
export interface PowerSyncDatabase extends PowerSyncConnection {
  init(): Promise<void>;
  executeBatch(sql: string, rows: readonly Args[]): Promise<unknown>;
  getAll(sql: string, args: Args): Promise<Row[]>;
  writeLock<T>(work: (connection: PowerSyncConnection) => Promise<T>): Promise<T>;
  writeTransaction<T>(work: (transaction: PowerSyncConnection) => Promise<T>): Promise<T>;
  query(query: { sql: string; parameters: Args }): { watch(options: WatchOptions): WatchedQuery };
  close(): Promise<void>;
}

/** How both packages are driven, after the documentation that they share. */
export const POWERSYNC_IDIOMS = {
  write: {
    how: "`execute`, which takes the write lock and runs one statement.",
    link: "https://docs.powersync.com/client-sdks/writing-data",
  },
  batch: {
    how: "`executeBatch` with one list of arguments per row, in one transaction.",
    link: "https://docs.powersync.com/client-sdks/writing-data",
  },
  readPage: {
    how: "`getAll`; ORDER BY and LIMIT are SQLite's.",
    link: "https://docs.powersync.com/client-sdks/reading-data",
  },
  readKey: {
    how: "`getAll` by the primary key, as the contract wants a list.",
    link: "https://docs.powersync.com/client-sdks/reading-data",
  },
  join: {
    how: "One SELECT with JOIN, planned by SQLite.",
    link: "https://docs.powersync.com/client-sdks/reading-data",
  },
  watchRow: {
    how: "`query().watch()` with an `ArrayComparator`, at the library's throttle.",
    link: "https://docs.powersync.com/client-sdks/watch-queries",
  },
  watchList: {
    how: "The same; joined tables are found by the library.",
    link: "https://docs.powersync.com/client-sdks/watch-queries",
  },
  watchCount: {
    how: "The same, on SELECT COUNT.",
    link: "https://docs.powersync.com/client-sdks/watch-queries",
  },
} satisfies Idioms;

/** What both packages let be chosen. */
export const POWERSYNC_OPTIONS = {
  throttle: {
    values: ["30", "0"],
    default: "30",
    meaning: "Milliseconds that a watched query waits after a change; 30 is the library's default",
  },
  comparator: {
    values: ["rows", "none"],
    default: "rows",
    meaning:
      "rows withholds results that are equal to the one before, by the library's ArrayComparator; none shows all",
  },
} satisfies Readonly<Record<string, AdapterOption>>;

/** Makes the tables of a new database, and a session; closes the database when that fails. */
export async function openPowerSyncSession(
  library: PowerSyncBasics,
  database: PowerSyncDatabase,
  context: OpenContext,
): Promise<Session> {
  try {
    for (const sql of missingTablesSql(context, "sqlite")) await database.execute(sql);
  } catch (error) {
    await database.close();
    throw error;
  }
  return new PowerSyncSession(library, database, context);
}

class PowerSyncSession implements Session {
  readonly #database: PowerSyncDatabase;
  readonly #watchOptions: WatchOptions;

  constructor(library: PowerSyncBasics, database: PowerSyncDatabase, { options }: OpenContext) {
    this.#database = database;
    this.#watchOptions = {
      throttleMs: Number(options["throttle"]),
      // Nobody here looks at whether a query is being fetched.
      reportFetching: false,
      ...(options["comparator"] === "none"
        ? {}
        : { comparator: new library.ArrayComparator({ compareBy: JSON.stringify }) }),
    };
  }

  async write(statement: WriteStatement, args: Args): Promise<void> {
    await this.#database.execute(statement.sql, Array.from(args));
  }

  async batch(statement: WriteStatement, rows: readonly Args[]): Promise<void> {
    await this.#database.executeBatch(statement.sql, copyRows(rows));
  }

  transaction(steps: readonly TransactionStep[]): Promise<readonly (readonly Row[])[]> {
    return inTransaction((play) =>
      this.#database.writeTransaction((transaction) =>
        play({
          write: ({ sql }, args) => transaction.execute(sql, args),
          read: async ({ sql }, args) => (await transaction.execute(sql, args)).array,
          exec: (sql) => transaction.execute(sql),
        })
      ), steps);
  }

  read(query: Query, args: Args): Promise<readonly Row[]> {
    return this.#database.getAll(query.sql, Array.from(args));
  }

  watch(query: Query, args: Args, observer: Observer): Subscription {
    const live = this.#database.query({ sql: query.sql, parameters: Array.from(args) }).watch(
      this.#watchOptions,
    );
    let isFirst = true;
    const deliver = (rows: readonly Row[]) => {
      isFirst = false;
      observer.next(rows);
    };
    const stop = live.registerListener({
      onData: deliver,
      onStateChange: ({ isLoading, error, data }) => {
        // An empty first result equals what the library compares it with: only the state tells that it is there.
        if (isFirst && !isLoading && error === null) deliver(data);
      },
      onError: (error) => observer.error(error),
    });
    return {
      close: () => {
        stop();
        return live.close();
      },
    };
  }

  facts(): Promise<Readonly<Record<string, string>>> {
    // The setting of a connection: readers have another one.
    return this.#database.writeLock(async (writer) => {
      const single = async (sql: string) => Object.values((await writer.execute(sql)).array[0] ?? {})[0];
      return {
        sqlite: String(await single("SELECT sqlite_version()")),
        powersync_core: String(await single("SELECT powersync_rs_version()")),
        journal_mode: String(await single("PRAGMA journal_mode")),
        synchronous: synchronousName(await single("PRAGMA synchronous")),
      };
    });
  }

  close(): Promise<void> {
    return this.#database.close();
  }
}
