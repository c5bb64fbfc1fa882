import type {
  Adapter,
  Observer,
  OpenContext,
  Permissions,
  Session,
  Subscription,
  TransactionStep,
} from "../model/adapter.ts";
import { DriverUnavailableError, messageOf } from "../model/errors.ts";
import { type Query, tablesOf, type WriteStatement } from "../model/statement.ts";
import type { Args, RawRow, Row } from "../model/value.ts";
import { copyRows } from "./shared/copy_rows.ts";
import { loadDriver } from "./shared/load_driver.ts";
import { missingTablesSql } from "./shared/missing_tables.ts";
import { inTransaction } from "./shared/play_transaction.ts";
import {
  POSTGRES_HOST,
  POSTGRES_SHELL,
  type PostgresCluster,
  startPostgresCluster,
} from "./shared/postgres_cluster.ts";
import { INT8, integerOf, PostgresStatements } from "./shared/postgres_statements.ts";
import { readableVariable } from "./shared/readable_variable.ts";

/** PostgreSQL, watched the way applications do it: triggers that NOTIFY, and queries that run again. */
export const postgres: Adapter = {
  id: "postgres",
  title: "PostgreSQL",
  about:
    "A PostgreSQL server through postgres.js. Live queries are what applications build from LISTEN and NOTIFY: a " +
    "trigger per statement notifies the table's name, and each watched query on it runs again, one run at a time " +
    "per query. Writes and one-time reads have a connection of their own; watched queries share four. Inserts of a " +
    "batch are one INSERT ... SELECT FROM unnest; other batches are one pipelined transaction. The server is the one " +
    "that WATCHBENCH_POSTGRES_URL names, or a private cluster with default settings, started from the installed " +
    "programs in the session's directory. Commits wait for the disk, which is the server's default; commit=async " +
    "takes that away, as the SQLite databases here do not wait either.",
  unfair:
    "It is a server: every statement crosses a socket. The processor time of a private cluster is in the CPU until " +
    "quiet, that of a server which runs already is not. The live queries are this adapter's few lines, not a product. " +
    "Opening creates a whole cluster.",
  homepage: "https://www.postgresql.org",
  idioms: {
    write: {
      how: "`sql.unsafe` with parameters and `prepare: true`, one statement per transaction.",
      link: "https://github.com/porsager/postgres#sqlunsafequery-args-options---promise",
    },
    batch: {
      how: "Rows to insert as one INSERT ... SELECT FROM unnest with an array per column; other batches " +
        "are statements that are pipelined inside `sql.begin`.",
      link: "https://github.com/porsager/postgres#transactions",
    },
    readPage: {
      how: "A prepared SELECT with ORDER BY and LIMIT on a connection of its own.",
      link: "https://github.com/porsager/postgres#sqlunsafequery-args-options---promise",
    },
    readKey: {
      how: "A prepared SELECT by the primary key.",
      link: "https://github.com/porsager/postgres#sqlunsafequery-args-options---promise",
    },
    join: {
      how: "One SELECT with JOIN, planned by the server.",
      link: "https://www.postgresql.org/docs/current/queries-table-expressions.html",
    },
    watchRow: {
      how: "`sql.listen` on a channel that triggers notify, and the query again.",
      link: "https://github.com/porsager/postgres#listen--notify",
    },
    watchList: {
      how: "`sql.listen` on a channel that triggers notify, and the query again.",
      link: "https://github.com/porsager/postgres#listen--notify",
    },
    watchCount: {
      how: "`sql.listen` on a channel that triggers notify, and the query again.",
      link: "https://github.com/porsager/postgres#listen--notify",
    },
  },
  objection: "Postgres has no live queries: what is watched is this adapter's work. A trigger per row that " +
    "tells the key, or logical replication through `sql.subscribe`, would run fewer queries " +
    "again. The server keeps its default memory settings.",
  runsIn: ["node", "deno", "bun"],
  runtimes: ["deno"],
  otherRuntimes: "The server's supervisor is started and watched with Deno's own interfaces.",
  drivers: { postgres: "3.4.9" },
  options: {
    commit: {
      values: ["sync", "async"],
      default: "sync",
      meaning:
        "synchronous_commit on or off: whether a commit waits for the disk; on is the server's default. With off a " +
        "crashed server may lose the last commits",
    },
    connections: {
      values: ["1", "4", "16"],
      default: "1",
      meaning:
        "Connections that write and read, each a process of the server: what bench --in-flight has under way at once is " +
        "at work at once on as many",
    },
  },
  get permissions(): Permissions {
    return {
      net: [serverAddress() ?? POSTGRES_HOST],
      run: serverAddress() === undefined ? [POSTGRES_SHELL] : [],
      // The driver fills what it was not told from these variables.
      env: [SERVER_VARIABLE, "PG*", "USERNAME", "USER", "LOGNAME"],
    };
  },
  capabilities: (options) => ({
    liveQueries: "table",
    sql: true,
    joins: true,
    atomicBatch: true,
    interactiveTransaction: true,
    // A server that is killed takes the log that it has not written yet, unlike SQLite, which writes it at each commit.
    durability: options["commit"] === "sync" ? "full" : "relaxed",
    worksOn: "server",
    columnTypes: ["real", "blob"],
    transactions: "nested",
    rawRows: true,
  }),
  delay: () => ({ atMostMs: 0, isDefault: true }),
  counters: [],
  knownGaps: [{
    scenario: "schema/table-is-made-while-open",
    reason:
      "Postgres has no live queries: with postgres 3.4.9 they are triggers of this adapter, on tables that it was opened " +
      "with",
  }],
  async open(context) {
    const connect: Connect = await loadDriver(
      "postgres",
      // @ts-ignore: resolved by drivers/postgres/deno.json
      async () => (await import("postgres")).default,
    );
    const names = await namesOf(context);
    const url = readableVariable(SERVER_VARIABLE);
    if (url === undefined) {
      const { directory } = context;
      const cluster = await startPostgresCluster({ directory, password: names.password });
      return await PostgresSession.open(connect, cluster, context, names.schema);
    }
    try {
      return await PostgresSession.open(connect, url, context, names.schema);
    } catch (error) {
      const reason = `Cannot use the server of ${SERVER_VARIABLE}: ${messageOf(error)}`;
      throw new DriverUnavailableError(reason, { cause: error });
    }
  },
};

/** Names the server to use instead of a private one. */
const SERVER_VARIABLE = "WATCHBENCH_POSTGRES_URL";
/** Connections that run watched queries; more of them than processors only compete with the server's writer. */
const READER_COUNT = 4;
const END_SECONDS = 5;
/** What the library calls a custom type: here `bigint`, which it would give as text. */
const BIGINT = { to: INT8, from: [INT8], serialize: String, parse: integerOf };

/** What a later session on the directory has to know of the server. */
interface ServerNames {
  /** Everything is in a schema of its own, so that nothing of another session is in the way; also the channel. */
  readonly schema: string;
  /** Of a private cluster. */
  readonly password: string;
}

/** Makes names and keeps them in the directory, or finds them there. */
async function namesOf({ directory, database }: OpenContext): Promise<ServerNames> {
  const file = `${directory}/postgres.json`;
  if (database === "existing") return JSON.parse(await Deno.readTextFile(file)) as ServerNames;
  const names: ServerNames = {
    schema: `watchbench_${crypto.randomUUID().replaceAll("-", "")}`,
    password: crypto.randomUUID(),
  };
  await Deno.writeTextFile(file, JSON.stringify(names));
  return names;
}

/** Host and port of the server as a network permission. */
function serverAddress(): string | undefined {
  const text = readableVariable(SERVER_VARIABLE);
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  return `${url?.hostname || "localhost"}:${url?.port || "5432"}`;
}

// What is used of the library, so that the file is checked without it as well.
interface ClientOptions {
  readonly max: number;
  readonly types: { readonly bigint: typeof BIGINT };
  readonly connection: Readonly<Record<string, string>>;
}

interface Connect {
  (url: string, options: ClientOptions): Client;
  (options: ClientOptions & Omit<PostgresCluster, "close">): Client;
}

interface Queries {
  unsafe(
    sql: string,
    args?: readonly unknown[],
    options?: { prepare: boolean },
  ): Promise<Row[]> & { values(): Promise<RawRow[]> };
}

interface Client extends Queries {
  begin(body: (transaction: Queries) => Promise<unknown> | Promise<Row[]>[]): Promise<unknown>;
  listen(channel: string, listener: (payload: string) => void): Promise<unknown>;
  end(options: { timeout: number }): Promise<void>;
}

const PREPARED = { prepare: true };

class PostgresSession implements Session {
  readonly #cluster: PostgresCluster | undefined;
  /** Writes and reads of the bench, on as many connections as was asked for. */
  readonly #client: Client;
  /** Runs watched queries, and holds the connection that listens. */
  readonly #watcher: Client;
  /** See {@link ServerNames.schema}. */
  readonly #schema: string;
  /** The schema stays on a server that somebody else runs. */
  readonly #isKept: boolean;
  readonly #statements: PostgresStatements;
  readonly #watches = new Map<string, Set<WatchedQuery>>();

  /** Connects and creates missing tables. A cluster that is handed over is closed when that fails. */
  static async open(
    connect: Connect,
    server: string | PostgresCluster,
    context: OpenContext,
    schema: string,
  ): Promise<PostgresSession> {
    const session = new PostgresSession(connect, server, context, schema);
    try {
      await session.#prepare(context);
    } catch (error) {
      await session.close();
      throw error;
    }
    return session;
  }

  private constructor(
    connect: Connect,
    server: string | PostgresCluster,
    context: OpenContext,
    schema: string,
  ) {
    const { options, isKept = false } = context;
    this.#schema = schema;
    this.#isKept = isKept;
    this.#statements = new PostgresStatements(context);
    const connection = {
      search_path: this.#schema,
      synchronous_commit: options["commit"] === "sync" ? "on" : "off",
    };
    const client = (max: number) => {
      const settings = { max, types: { bigint: BIGINT }, connection };
      if (typeof server === "string") return connect(server, settings);
      const { close: _, ...address } = server;
      return connect({ ...address, ...settings });
    };
    this.#cluster = typeof server === "string" ? undefined : server;
    this.#client = client(Number(options["connections"]));
    this.#watcher = client(READER_COUNT);
  }

  /** Creates missing tables with their triggers, and begins to listen. */
  async #prepare(context: OpenContext): Promise<void> {
    if (context.database === "new") {
      const tables = missingTablesSql(context, "postgres");
      const triggers = context.tables.map(({ name }) => triggerSql(name));
      // Whatever the session's own commits wait for, its tables survive a server that crashes.
      const setting = "SET LOCAL synchronous_commit = on";
      const schema = [`CREATE SCHEMA ${this.#schema}`, notifySql(this.#schema)];
      const sql = [setting, ...schema, ...tables, ...triggers].join(";\n");
      await this.#client.begin((transaction) => transaction.unsafe(sql));
    }
    await this.#watcher.listen(this.#schema, (table) => {
      for (const watched of this.#watches.get(table) ?? []) watched.refresh();
    });
  }

  async write(statement: WriteStatement, args: Args): Promise<void> {
    const own = Array.from(args);
    await this.#repairSequence(statement);
    await this.#client.unsafe(this.#statements.sql(statement), own, PREPARED);
  }

  async batch(statement: WriteStatement, rows: readonly Args[]): Promise<void> {
    if (statement.kind === "insert" || statement.kind === "upsert") {
      const { sql, columns } = this.#statements.bulkInsert(statement, rows);
      await this.#repairSequence(statement);
      await this.#client.unsafe(sql, columns, PREPARED);
      return;
    }
    const sql = this.#statements.sql(statement);
    const own = copyRows(rows);
    await this.#client.begin((transaction) => own.map((args) => transaction.unsafe(sql, args, PREPARED)));
  }

  transaction(steps: readonly TransactionStep[]): Promise<readonly (readonly Row[])[]> {
    return inTransaction((play) =>
      this.#client.begin((transaction) =>
        play({
          write: (statement, args) => transaction.unsafe(this.#statements.sql(statement), args, PREPARED),
          read: (query, args) => transaction.unsafe(this.#statements.sql(query), args, PREPARED),
          exec: (sql) => transaction.unsafe(sql),
        })
      ), steps);
  }

  read(query: Query, args: Args): Promise<readonly Row[]> {
    return this.#client.unsafe(this.#statements.sql(query), Array.from(args), PREPARED);
  }

  /** https://github.com/porsager/postgres#raw-queries--sqlvalues */
  readRaw(query: Query, args: Args): Promise<readonly RawRow[]> {
    return this.#client.unsafe(this.#statements.sql(query), Array.from(args), PREPARED).values();
  }

  watch(query: Query, args: Args, observer: Observer): Subscription {
    const sql = this.#statements.sql(query);
    const own = Array.from(args);
    const watched = new WatchedQuery(() => this.#watcher.unsafe(sql, own, PREPARED), observer);
    const tables = tablesOf(query);
    for (const table of tables) {
      const watches = this.#watches.get(table);
      if (watches === undefined) this.#watches.set(table, new Set([watched]));
      else watches.add(watched);
    }
    watched.refresh();
    return {
      close: () => {
        watched.close();
        for (const table of tables) this.#watches.get(table)?.delete(watched);
      },
    };
  }

  async facts(): Promise<Readonly<Record<string, string>>> {
    const facts: Record<string, string> = {};
    for (const name of ["server_version", "fsync", "synchronous_commit", "shared_buffers"]) {
      const [row] = await this.#client.unsafe(`SHOW ${name}`);
      facts[name] = String(row?.[name]);
    }
    return facts;
  }

  async close(): Promise<void> {
    if (this.#cluster === undefined && !this.#isKept) await this.#dropSchema();
    await this.#watcher.end({ timeout: END_SECONDS });
    await this.#client.end({ timeout: END_SECONDS });
    await this.#cluster?.close();
  }

  async #dropSchema(): Promise<void> {
    try {
      await this.#client.unsafe(
        `SET client_min_messages = warning; DROP SCHEMA IF EXISTS ${this.#schema} CASCADE`,
      );
    } catch {
      // A server that has gone away is what made the session fail, and that error has been told.
    }
  }

  async #repairSequence(statement: WriteStatement): Promise<void> {
    const repair = this.#statements.sequenceRepair(statement);
    if (repair !== undefined) await this.#client.unsafe(repair);
  }
}

/** A query that runs again when it was told to; never twice at the same time, so that results arrive in order. */
class WatchedQuery {
  readonly #run: () => Promise<readonly Row[]>;
  readonly #observer: Observer;
  #isRunning = false;
  #isOutdated = false;
  #isClosed = false;

  constructor(run: () => Promise<readonly Row[]>, observer: Observer) {
    this.#run = run;
    this.#observer = observer;
  }

  /** Runs the query, after the run that is under way if there is one. */
  refresh(): void {
    this.#isOutdated = true;
    if (!this.#isRunning) void this.#runWhileOutdated();
  }

  close(): void {
    this.#isClosed = true;
  }

  async #runWhileOutdated(): Promise<void> {
    this.#isRunning = true;
    while (this.#isOutdated && !this.#isClosed) {
      this.#isOutdated = false;
      try {
        const rows = await this.#run();
        if (!this.#isClosed) this.#observer.next(rows);
      } catch (error) {
        if (!this.#isClosed) this.#observer.error(error);
      }
    }
    this.#isRunning = false;
  }
}

function notifySql(channel: string): string {
  return "CREATE FUNCTION notify_change() RETURNS trigger LANGUAGE plpgsql AS $$ " +
    `BEGIN PERFORM pg_notify('${channel}', TG_TABLE_NAME); RETURN NULL; END $$`;
}

function triggerSql(table: string): string {
  return `CREATE TRIGGER notify_change AFTER INSERT OR UPDATE OR DELETE ON ${table} ` +
    "FOR EACH STATEMENT EXECUTE FUNCTION notify_change()";
}
