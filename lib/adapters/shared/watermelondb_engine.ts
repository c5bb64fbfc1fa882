/** What WatermelonDB keeps its records in: SQLite in Node, LokiJS and IndexedDB in a page. */
import type { OpenContext } from "../../model/adapter.ts";
import type { Awaitable, Row } from "../../model/value.ts";
import { loadDriver } from "./load_driver.ts";
import { SQLITE_PRAGMAS, type SqliteConnection, sqliteFile, synchronousName } from "./sqlite_session.ts";
import type { LokiAdapter, LokiModule, SqlAdapter, Watermelon } from "./watermelondb_library.ts";
import { tableSchema } from "./watermelondb_records.ts";

/** The library with one of its adapters. */
export interface Opened {
  readonly library: Watermelon;
  readonly adapter: SqlAdapter | LokiAdapter;
  readonly engine: Engine;
  /**
   * To be called when the first query has been answered: throws where records are not kept as they should be. Absent where
   * that is known already.
   */
  readonly confirm?: () => void;
}

/** Opens its adapter for SQLite on a file. */
export async function openFile(context: OpenContext): Promise<Opened> {
  const library = await loadDriver("@nozbe/watermelondb", loadLibrary);
  const adapter = new library.SQLiteAdapter({
    dbName: sqliteFile(context),
    schema: schemaOf(library, context),
    jsi: false,
  });
  await adapter.initializingPromise;
  // There is no public way to the connection, neither to configure nor to close it.
  const connection = library.connections[adapter._tag]!.driver.database.instance;
  for (const sql of SQLITE_PRAGMAS) connection.exec(sql);
  return { library, adapter, engine: new SqliteEngine(connection) };
}

/** Opens its adapter for LokiJS on IndexedDB. */
export async function openInBrowser(context: OpenContext): Promise<Opened> {
  const library = await loadDriver("@nozbe/watermelondb", loadForBrowser);
  let fault: Error | undefined;
  const adapter = new library.LokiJSAdapter({
    dbName: context.directory,
    schema: schemaOf(library, context),
    useWebWorker: false,
    useIncrementalIndexedDB: true,
    onSetUpError: (error) => fault = error,
    onQuotaExceededError: (error) => fault = error,
  });
  const confirm = (): void => {
    if (fault !== undefined) throw fault;
    // Where the browser refuses IndexedDB, it goes on in memory and says so on the console only.
    if (adapter._driver.loki.persistenceAdapter?.mode !== "incremental") {
      throw new Error("Cannot open a database as its records must be kept in IndexedDB: they are in memory");
    }
  };
  return { library, adapter, engine: new LokiEngine(adapter), confirm };
}

function schemaOf(library: Watermelon, { tables }: OpenContext): object {
  return library.appSchema({
    version: 1,
    tables: tables.map((table) => library.tableSchema(tableSchema(table))),
  });
}

/** What is below the library's records: settings and facts are its, and it must be told to let go. */
export interface Engine {
  facts(): Readonly<Record<string, string>>;
  close(): Awaitable<void>;
}

class SqliteEngine implements Engine {
  readonly #connection: SqliteConnection;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  facts(): Readonly<Record<string, string>> {
    const single = (sql: string) => {
      const [row] = this.#connection.prepare(sql).all();
      return Object.values(row as Row)[0];
    };
    return {
      sqlite: String(single("SELECT sqlite_version()")),
      journal_mode: String(single("PRAGMA journal_mode")),
      synchronous: synchronousName(single("PRAGMA synchronous")),
    };
  }

  close(): void {
    this.#connection.close();
  }
}

class LokiEngine implements Engine {
  readonly #adapter: LokiAdapter;

  constructor(adapter: LokiAdapter) {
    this.#adapter = adapter;
  }

  facts(): Readonly<Record<string, string>> {
    const { loki } = this.#adapter._driver;
    return { loki_autosave_ms: String(loki.autosaveInterval) };
  }

  /** Saves what is not saved yet. There is no public way to close either. */
  close(): Promise<void> {
    return new Promise((resolve) => this.#adapter._driver.loki.close(() => resolve()));
  }
}

async function loadForBrowser(): Promise<Watermelon & LokiModule> {
  // @ts-ignore: resolved by the bundler
  const library = await import("@nozbe/watermelondb") as unknown as Watermelon;
  // @ts-ignore: resolved by the bundler
  const { default: LokiJSAdapter } = await import("@nozbe/watermelondb/adapters/lokijs");
  return { ...library, LokiJSAdapter } as Watermelon & LokiModule;
}

async function loadLibrary(): Promise<Watermelon> {
  // @ts-ignore: resolved by drivers/watermelondb/deno.json
  const { default: library } = await import("@nozbe/watermelondb");
  // @ts-ignore: resolved by drivers/watermelondb/deno.json
  const { default: sqlite } = await import("@nozbe/watermelondb/adapters/sqlite/index.js");
  // @ts-ignore: resolved by drivers/watermelondb/deno.json
  const { default: node } = await import("@nozbe/watermelondb/adapters/sqlite/sqlite-node/DatabaseBridge.js");
  return { ...library, SQLiteAdapter: sqlite.default, connections: node.default.connections } as Watermelon;
}
