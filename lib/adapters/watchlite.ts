import {
  counterRegistry,
  type Database,
  openDatabase,
  type OpenOptions,
  type Transaction,
} from "../engine/mod.ts";
import type {
  Adapter,
  Observer,
  OptionValues,
  Requery,
  Session,
  SessionEvent,
  Subscription,
  TransactionStep,
} from "../model/adapter.ts";
import type { Counter, CounterValues } from "../model/counter.ts";
import type { Query, WriteStatement } from "../model/statement.ts";
import type { Args, RawRow, Row } from "../model/value.ts";
import { copyRows } from "./shared/copy_rows.ts";
import { missingTablesSql } from "./shared/missing_tables.ts";
import { inTransaction, type TransactionScope } from "./shared/play_transaction.ts";
import { sqliteFile, synchronousName } from "./shared/sqlite_session.ts";
import { TurnGroup } from "./shared/turn_group.ts";

const DOCUMENTATION = "https://github.com/watchbench/watchbench/blob/main/lib/engine/README.md";

/** The reference engine of this repository: SQLite behind a writer thread and a pool of readers. */
export const watchlite: Adapter = {
  id: "watchlite",
  title: "watchlite",
  about:
    "The reactive SQLite engine of this repository (lib/engine): one writer thread, a pool of readers, live " +
    "queries found by SQLite's own authorizer and, where a query's parameters say which rows it can show, by the " +
    "rows that a commit changed. Re-queries wait for a pause of the writes, at most 12 ms (option hold). WAL with " +
    "synchronous=NORMAL, one transaction per batch, plain inserts of a batch up to 16 rows in one step.",
  unfair:
    "It was built beside these workloads by the people who wrote them. Each write crosses a thread and comes " +
    "back, which a synchronous library does not pay; what is left of the calling thread is in its caller CPU. " +
    "Floors step each row of a batch by itself, as their users would, and pay for it in bursts. Its connections have " +
    "8 MB of page cache, more than SQLite's own default, and its log is copied back into the file in a pause of the " +
    "writes, mostly behind the wall: SQLite does it inside a commit, every 1,000 pages.",
  homepage: "https://www.sqlite.org/wal.html",
  idioms: {
    write: {
      how: "`database.execute`, which resolves when the writer thread has committed.",
      link: DOCUMENTATION,
    },
    batch: {
      how: "`database.executeBatch`: one transaction, plain inserts 16 rows to a step.",
      link: DOCUMENTATION,
    },
    readPage: {
      how: "`database.select` on one of the readers; ORDER BY and LIMIT are SQLite's.",
      link: DOCUMENTATION,
    },
    readKey: {
      how: "`database.select` by the primary key.",
      link: DOCUMENTATION,
    },
    join: {
      how: "One SELECT with JOIN, planned by SQLite.",
      link: DOCUMENTATION,
    },
    watchRow: {
      how: "`database.watch` of the query by key, and a subscription to it.",
      link: DOCUMENTATION,
    },
    watchList: {
      how: "`database.watch` of the query, and a subscription to it.",
      link: DOCUMENTATION,
      tried: "`hold=0`, which shows each change sooner and runs more queries again while writes keep coming.",
    },
    watchCount: {
      how: "`database.watch` of SELECT COUNT, and a subscription to it.",
      link: DOCUMENTATION,
    },
  },
  objection:
    "Its author wrote the workloads as well. Its default holds re-queries back for up to 12 ms while writes keep coming, " +
    "which makes bursts cheaper and what is shown older.",
  runsIn: ["deno", "node", "bun"],
  runtimes: ["deno", "node", "bun"],
  otherRuntimes:
    "In a browser the engine would need SQLite on OPFS behind a worker, and it opens node:sqlite and threads.",
  drivers: {},
  options: {
    policy: {
      values: ["latest-wins", "per-commit", "cancel-restart"],
      default: "latest-wins",
      meaning:
        "What happens to a result that a later commit has superseded; cancel-restart is a model of drift 2.x",
    },
    readers: {
      values: ["auto", "1", "2", "3", "4"],
      default: "auto",
      meaning: "Reader threads; auto is one less than the cores, at least 2 and at most 4",
    },
    grain: {
      values: ["row", "column", "table"],
      default: "row",
      meaning: "How finely commits are compared with live queries",
    },
    hold: {
      values: ["12", "0", "4"],
      default: "12",
      meaning:
        "Longest time in ms that latest-wins holds re-queries back while writes keep coming; 0 for none",
    },
    group: {
      values: ["off", "turn"],
      default: "off",
      meaning: "turn commits the batches that are asked for in one turn of the event loop as one transaction",
    },
    writer: {
      values: ["thread", "auto", "caller"],
      default: "thread",
      meaning:
        "Where writes run: behind a thread; on the calling thread; or (auto) there, and behind a thread what is slow " +
        "or large. With the last two, short reads and re-queries run on the calling thread, at most 2 ms in a turn",
    },
    patch: {
      values: ["off", "on"],
      default: "off",
      meaning:
        "on makes results of the changed rows where that is proved to be the same, instead of asking SQLite again",
    },
    profile: {
      values: ["off", "on"],
      default: "off",
      meaning: "Counts where the time goes, and shows re-queries in timelines",
    },
  },
  // Its threads load their modules from there.
  permissions: { read: [decodeURIComponent(new URL("../engine", import.meta.url).pathname)] },
  capabilities: ({ grain, policy, writer }) => ({
    liveQueries: grain === "table" ? "table" : grain === "column" ? "column" : "row",
    sql: true,
    joins: true,
    atomicBatch: true,
    interactiveTransaction: true,
    durability: "wal-normal",
    worksOn: writer === "thread" ? "worker" : "caller",
    columnTypes: ["real", "blob"],
    transactions: "nested",
    rawRows: true,
    ...(policy === "cancel-restart" ? { modelOf: "drift 2.x" } : {}),
  }),
  // Only the default policy holds back.
  delay: ({ policy, hold }) => ({
    atMostMs: policy === "latest-wins" ? Number(hold) : 0,
    isDefault: policy === "latest-wins" && hold === "12",
  }),
  counters: counterRegistry.map(({ name, unit, thread, kind, meaning }): Counter => ({
    name,
    unit,
    thread,
    // An invariant is reported as it stands: any change of it is a fault.
    kind: kind === "sum" ? "sum" : "gauge",
    meaning,
  })),
  knownGaps: [],
  async open(context) {
    const database = await openDatabase(sqliteFile(context), engineOptions(context.options));
    for (const sql of missingTablesSql(context, "sqlite")) await database.execute(sql);
    const session = new WatchliteSession(database, context.options["group"] === "turn");
    return context.options["profile"] === "on" ? session : withoutCounters(session);
  },
};

function engineOptions({ policy, readers, grain, hold, writer, patch, profile }: OptionValues): OpenOptions {
  return {
    writer: writer as NonNullable<OpenOptions["writer"]>,
    holdMs: Number(hold),
    policy: policy as NonNullable<OpenOptions["policy"]>,
    grain: grain as NonNullable<OpenOptions["grain"]>,
    patch: patch as NonNullable<OpenOptions["patch"]>,
    profile: profile === "on",
    ...(readers === "auto" ? {} : { readers: Number(readers) }),
  };
}

/** Without profiling every counter is zero and no event is kept, which is no measurement. */
function withoutCounters(session: WatchliteSession): Session {
  return {
    write: (statement, args) => session.write(statement, args),
    batch: (statement, rows) => session.batch(statement, rows),
    read: (query, args) => session.read(query, args),
    readRaw: (query, args) => session.readRaw(query, args),
    watch: (query, args, observer) => {
      const { close } = session.watch(query, args, observer);
      return { close };
    },
    transaction: (steps) => session.transaction(steps),
    facts: () => session.facts(),
    close: () => session.close(),
  };
}

/** A live query that somebody watches; equal ones are one, until the last watcher has gone. */
interface OpenQuery {
  /** The engine counts live queries from 1 in the order in which they are first watched. */
  readonly number: number;
  readonly requeries: Requery[];
  watcherCount: number;
}

/** A batch that waits for others. */
interface AskedBatch {
  readonly sql: string;
  readonly rows: readonly Args[];
}

/**
 * With profiling, the engine's trace tells when readers worked on which live query. It is a part of the cell: the trace
 * adds stamps to every reply of a reader and events to every commit, so that it must not be on in a cell whose numbers
 * are compared with those of others. Without profiling a timeline of watchlite shows what that of any adapter shows.
 */
class WatchliteSession implements Session {
  readonly #database: Database;
  readonly #open = new Map<string, OpenQuery>();
  /** The same by their numbers. One that is closed is forgotten: sessions open and close them by the thousand. */
  readonly #byNumber = new Map<number, OpenQuery>();
  #watchedCount = 0;
  readonly #group: TurnGroup<AskedBatch> | undefined;

  constructor(database: Database, groupsBatches: boolean) {
    this.#database = database;
    this.#group = groupsBatches ? new TurnGroup((batches) => this.#commitTogether(batches)) : undefined;
  }

  async write(statement: WriteStatement, args: Args): Promise<void> {
    await this.#database.execute(statement.sql, args);
  }

  async batch(statement: WriteStatement, rows: readonly Args[]): Promise<void> {
    if (this.#group === undefined) await this.#database.executeBatch(statement.sql, rows);
    else await this.#group.add({ sql: statement.sql, rows: copyRows(rows) });
  }

  #commitTogether(batches: readonly AskedBatch[]): Promise<void> {
    return this.#database.transaction(async (transaction) => {
      for (const { sql, rows } of batches) await transaction.executeBatch(sql, rows);
    });
  }

  read(query: Query, args: Args): Promise<readonly Row[]> {
    return this.#database.select(query.sql, args);
  }

  readRaw(query: Query, args: Args): Promise<readonly RawRow[]> {
    return this.#database.selectArrays(query.sql, args);
  }

  watch(query: Query, args: Args, observer: Observer): Subscription {
    const subscription = this.#database.watch(query.sql, args).subscribe(
      (rows) => observer.next(rows),
      (error) => observer.error(error),
    );
    const key = watchKey(query, args);
    const open = this.#open.get(key) ?? { number: ++this.#watchedCount, requeries: [], watcherCount: 0 };
    open.watcherCount += 1;
    this.#open.set(key, open);
    this.#byNumber.set(open.number, open);
    let toldCount = open.requeries.length;
    return {
      close: () => {
        subscription.unsubscribe();
        open.watcherCount -= 1;
        if (open.watcherCount !== 0) return;
        this.#open.delete(key);
        this.#byNumber.delete(open.number);
      },
      requeries: () => {
        this.#readTrace();
        const untold = open.requeries.slice(toldCount);
        toldCount += untold.length;
        return untold;
      },
    };
  }

  transaction(steps: readonly TransactionStep[]): Promise<readonly (readonly Row[])[]> {
    return inTransaction((play) => this.#database.transaction((tx) => play(scopeOf(tx))), steps);
  }

  #readTrace(): void {
    const startsMs = new Map<number, number>();
    for (const { kind, stream, atMs } of this.#database.trace()) {
      if (stream === null) continue;
      if (kind === "requery-start") startsMs.set(stream, atMs);
      if (kind === "requery-end") {
        this.#byNumber.get(stream)?.requeries.push({ startMs: startsMs.get(stream) ?? atMs, endMs: atMs });
      }
    }
  }

  counters(): CounterValues {
    return this.#database.counters();
  }

  events(): readonly SessionEvent[] {
    return this.#database.trace();
  }

  async facts(): Promise<Readonly<Record<string, string>>> {
    const [row] = await this.#database.select(
      "SELECT sqlite_version() AS version, (SELECT journal_mode FROM pragma_journal_mode) AS journal, " +
        "(SELECT synchronous FROM pragma_synchronous) AS synchronous",
    );
    return {
      sqlite: String(row!["version"]),
      journal_mode: String(row!["journal"]),
      synchronous: synchronousName(row!["synchronous"]),
    };
  }

  close(): Promise<void> {
    return this.#database.close();
  }
}

function scopeOf(tx: Transaction): TransactionScope {
  return {
    write: ({ sql }, args) => tx.execute(sql, args),
    read: ({ sql }, args) => tx.select(sql, args),
    nested: (work) => tx.transaction((inner) => work(scopeOf(inner))),
  };
}

/** The same for live queries that the engine takes for equal: by text and arguments, and the type of each. */
function watchKey({ sql }: Query, args: Args): string {
  return JSON.stringify([sql, ...args.map((value) => `${typeof value} ${value}`)]);
}
