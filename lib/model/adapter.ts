/** The contract between the bench and a database. */
import type { Counter, CounterValues } from "./counter.ts";
import type { Idioms } from "./idiom.ts";
import { DEFAULT_RUNTIME, type RuntimeId } from "./runtime.ts";
import type { Table } from "./schema.ts";
import type { Query, WriteStatement } from "./statement.ts";
import type { Args, Awaitable, RawRow, Row } from "./value.ts";

/**
 * What decides that a live query is looked at again after a write.
 *
 * `none`: there are no live queries. `table`: any write to a table that it reads. `column`: a write to a column that
 * it reads. `row`: a written row that it may show. `query`: a change that is known to alter its result; the result is
 * computed anew. `incremental`: the same, and the result is maintained from the change.
 */
export type LiveGrain = "none" | "table" | "column" | "row" | "query" | "incremental";

/**
 * What a crash can take. `none`: everything, data is in memory. `relaxed`: acknowledged writes, and the file may need
 * repair. `wal-normal`: the last acknowledged writes after a power cut, none after a killed process (SQLite's WAL with
 * synchronous=NORMAL). `full`: nothing that was acknowledged.
 */
export type Durability = "none" | "relaxed" | "wal-normal" | "full";

/** What a system can do. A cell that needs more than its adapter has is skipped with the reason. */
export interface Capabilities {
  /** What decides that a live query is looked at again. */
  readonly liveQueries: LiveGrain;
  /**
   * Statements run as SQL text. When `false` the adapter reads their structured form. Conformance asks such an adapter
   * for statements in SQL's own words, too; see `SqlStatement`.
   */
  readonly sql: boolean;
  /** A query may join two tables inside the library. When `false` the adapter joins as its users do, by hand. */
  readonly joins: boolean;
  /** A batch is one transaction: nobody sees half of it. */
  readonly atomicBatch: boolean;
  /** Several statements with reads between them can be one transaction, by what the library offers. */
  readonly interactiveTransaction: boolean;
  /** What a crash can take. */
  readonly durability: Durability;
  /** Where queries and writes are executed. */
  readonly worksOn: "caller" | "worker" | "server";
  /** Types of columns besides integer and text; absent means none. */
  readonly columnTypes?: readonly ("real" | "blob")[];
  /**
   * Sessions bring {@link Session.transaction}: `flat` without savepoints, `nested` with them. Absent where they do not.
   */
  readonly transactions?: "flat" | "nested";
  /** Sessions bring {@link Session.readRaw}; absent means that they do not. */
  readonly rawRows?: boolean;
  /** Queries may pass over rows (`offset`); adapters with SQL need not say so. Only the conformance suite asks for it. */
  readonly offsets?: boolean;
  /** Live queries show by themselves what another process has written; absent means that they do not. */
  readonly watchesOthers?: boolean;
  /** The system elsewhere that these options imitate; absent when the system is itself. */
  readonly modelOf?: string;
}

/** How long live queries wait on purpose before they show a change. */
export interface LiveDelay {
  /** Longest throttle, debounce or hold in milliseconds that the library is set to; 0 when it waits for nothing. */
  readonly atMostMs: number;
  /** Whether that is what the library does when nobody sets anything. */
  readonly isDefault: boolean;
  /** Why the adapter's own defaults differ from the library's; absent where they do not. */
  readonly reason?: string;
}

/** Every runtime that an adapter may name in `runsIn`. */
export const RUNTIMES = ["deno", "node", "bun", "browser", "react-native"] as const;

/** Where a library runs, by what its maintainers say. */
export type Runtime = typeof RUNTIMES[number];

/** A switch of the library that changes what is measured. It becomes part of the cell and of the record. */
export interface AdapterOption {
  /** All allowed values. */
  readonly values: readonly string[];
  /** One of them. */
  readonly default: string;
  /** The default in runtimes where the library is set up in another way; absent where it is the same. */
  readonly defaultIn?: Readonly<Partial<Record<RuntimeId, string>>>;
  /** Where values exist that do not exist everywhere. */
  readonly only?: Readonly<Record<string, readonly RuntimeId[]>>;
  /** One sentence. */
  readonly meaning: string;
}

/** Chosen value by option name; every option of the adapter has one. */
export type OptionValues = Readonly<Record<string, string>>;

/**
 * What the child process may do besides reading and writing its own temporary directory.
 * Everything absent is denied.
 */
export interface Permissions {
  /** The driver loads native code. */
  readonly ffi?: boolean;
  /** Hosts as in `--allow-net`, for systems behind a socket. */
  readonly net?: readonly string[];
  /** Environment variables that the driver reads; `"*"` for all. */
  readonly env?: readonly string[];
  /** System facts as in `--allow-sys`; `"*"` for all. */
  readonly sys?: readonly string[];
  /** Paths outside the temporary directory; `"driver"` stands for where the driver's package files are. */
  readonly read?: readonly string[];
  /** Paths outside the temporary directory that are written. */
  readonly write?: readonly string[];
  /** Programs that are started. */
  readonly run?: readonly string[];
  /** The driver syncs files by Node's interfaces, which Node denies to whomever it denies anything. */
  readonly fsync?: boolean;
  /** Unstable features of the runtime, without the `--unstable-` prefix. */
  readonly unstable?: readonly string[];
}

/** A conformance scenario that this system is known to fail. It runs, and the suite complains when it passes. */
export interface KnownGap {
  /** Key of the scenario, such as `watch/shows-every-commit-in-order`. */
  readonly scenario: string;
  /** One sentence, with the package version it was seen in. */
  readonly reason: string;
  /** Options for which the gap holds; absent means all. */
  readonly when?: OptionValues;
  /** Runtimes in which the gap holds; absent means all. */
  readonly runtimes?: readonly RuntimeId[];
  /**
   * Whether it shows only until a timer or the garbage collector has run, so that a slow machine may miss it. It may pass
   * then, and stays listed. Default is `false`.
   */
  readonly isTimed?: boolean;
  /**
   * What a history has in it that brings the fault about, in the words of `lib/conformance/fuzz/traits.ts`: the random
   * test leaves out histories with all of these, so that the fault hides no other. Absent where it never meets it.
   */
  readonly traits?: readonly string[];
}

/**
 * What a directory holds before a session opens. `new`: nothing; the session creates the tables. `existing`: what an
 * earlier session with the same tables and options left there, closed or killed. Only systems whose durability is not
 * `none` are asked for an existing database.
 */
export type DatabaseAge = "new" | "existing";

/** Where a session lives and what it will hold. */
export interface OpenContext {
  /** An existing directory of its own. */
  readonly directory: string;
  /** Whether the directory is empty or holds the database already. */
  readonly database: DatabaseAge;
  /**
   * Default is `false`. When `true`, another session opens the database later: what lies outside the directory, on a
   * server, stays there when this one closes.
   */
  readonly isKept?: boolean;
  /** All tables; the session of a new database creates them, with their indexes, while it opens. */
  readonly tables: readonly Table[];
  /** A value for each option of the adapter. */
  readonly options: OptionValues;
  /** Where the session is opened; absent means Deno. In `chromium` the directory is a name for databases. */
  readonly runtime?: RuntimeId;
}

/** Receives what a watched query shows. Neither method throws. */
export interface Observer {
  /**
   * The whole result in the query's order, the current one first. The array and its rows never change afterwards:
   * an adapter of a library that delivers live objects copies the selected columns.
   */
  next(rows: readonly Row[]): void;
  /** The live query failed. It may or may not go on. */
  error(error: unknown): void;
}

/** A watched query. */
export interface Subscription {
  /** Stops deliveries: `next` is not called after the returned promise has resolved. */
  close(): Awaitable<void>;
  /**
   * When the library computed the result anew since the last call, oldest first; absent when it does not tell. Asked
   * before the first operation of a phase and when all is quiet. Whoever tells must do so without a cost that another
   * cell would not have, or behind an option that is part of the cell.
   */
  requeries?(): readonly Requery[];
}

/** One computation of a live query's result, in milliseconds as `performance.now()` of the calling thread gives them. */
export interface Requery {
  /** When the work began. */
  readonly startMs: number;
  /** When it was over. */
  readonly endMs: number;
}

/** One step on the way from a commit to what a live query shows. */
export interface SessionEvent {
  /** When, in milliseconds on one clock of the session. */
  readonly atMs: number;
  /** The library's own word for the step. */
  readonly kind: string;
  /** Number of the live query within its session; `null` for steps of commits. */
  readonly stream: number | null;
  /** Number of the commit, counted up, or of the newest commit in a result. */
  readonly commit: number;
}

/** One step of a transaction. */
export type TransactionStep =
  | { readonly kind: "write"; readonly statement: WriteStatement; readonly args: Args }
  /** Sees what the steps before have written. */
  | { readonly kind: "read"; readonly query: Query; readonly args: Args }
  /** Steps inside a savepoint. With `isRolledBack` nothing of them is kept; what comes behind goes on. */
  | { readonly kind: "savepoint"; readonly steps: readonly TransactionStep[]; readonly isRolledBack: boolean }
  /** The last step: nothing of the transaction is kept, and there is no error. */
  | { readonly kind: "rollback" };

/**
 * An open adapter on one database directory.
 *
 * Synchronous libraries answer without a promise, so that nobody pays for a turn that they do not need. The bench
 * awaits each verb before it calls the next one.
 */
export interface Session {
  /** Runs one statement as one transaction; done when the library says that it is committed. */
  write(statement: WriteStatement, args: Args): Awaitable<void>;
  /** Runs one statement once per argument list, in one transaction where the library has one. */
  batch(statement: WriteStatement, rows: readonly Args[]): Awaitable<void>;
  /** Reads a result; sees every write that was acknowledged before. */
  read(query: Query, args: Args): Awaitable<readonly Row[]>;
  /**
   * Reads as {@link read} does, and answers each row as a list of its values in the order of the query's columns, by what
   * the library offers for that. Absent when it offers nothing, or the adapter does not bring it.
   */
  readRaw?(query: Query, args: Args): Awaitable<readonly RawRow[]>;
  /**
   * Watches a query with the library's own mechanism and smallest delay. The current result is delivered first.
   * Absent when the adapter has no live queries.
   */
  watch?(query: Query, args: Args, observer: Observer): Awaitable<Subscription>;
  /**
   * Runs the steps as one transaction and answers the rows of its reads, in order. Throws, with nothing kept, when a step
   * throws; steps that ask for it are rolled back without an error. Absent when the library has no such transactions, or
   * the adapter does not bring them.
   */
  transaction?(steps: readonly TransactionStep[]): Awaitable<readonly (readonly Row[])[]>;
  /** Current values of the adapter's declared counters; absent when there are none. */
  counters?(): Awaitable<CounterValues>;
  /**
   * What happened to commits and live queries since the last call, oldest first; absent when the library keeps no such
   * record. For diagnosis: never asked for while a block is measured.
   */
  events?(): Awaitable<readonly SessionEvent[]>;
  /** Facts for the record: versions inside the driver and settings as the database reports them. */
  facts?(): Awaitable<Readonly<Record<string, string>>>;
  /** Releases everything: threads, timers, files, listeners. */
  close(): Awaitable<void>;
}

/** Names by the module that exports them; `default` stands for the default export. */
export type NamedImports = Readonly<Record<string, readonly string[]>>;

/** What is imported in a browser of an adapter's packages, for the bytes that a page has to load. */
export interface PageImports {
  /** By the page. Workers and files that a package looks for beside its modules need not be named. */
  readonly page: NamedImports;
  /** By a worker: the adapter's own, or what the library's imports when it runs and not before. */
  readonly worker?: NamedImports;
}

/** What a page has to load of an adapter's packages, in bytes. */
export interface PageBytes {
  /** JavaScript, minified. */
  readonly script: number;
  /** WebAssembly and its data. */
  readonly wasm: number;
  /** All of it, each file compressed by gzip. */
  readonly gzip: number;
  /** The same by brotli. */
  readonly brotli: number;
}

/** One system under test. */
export interface Adapter {
  /** Kebab-case; the file has the same name in snake_case. */
  readonly id: string;
  /** Its name for people. */
  readonly title: string;
  /** What it is and how it is configured here, in a few sentences. */
  readonly about: string;
  /** What would be unfair to conclude from its numbers. */
  readonly unfair: string;
  /** Where to read more. */
  readonly homepage: string;
  /**
   * How the library is driven here, act by act, after its own documentation. Registered adapters have it, and the next
   * two members; adapters from outside may.
   */
  readonly idioms?: Idioms;
  /** What its author could still object to, in a sentence or two. */
  readonly objection?: string;
  /** Where the library runs, as its maintainers declare it; what the bench has tried is in `runtimes`. */
  readonly runsIn?: readonly Runtime[];
  /** Where the bench runs it. Default is Deno alone. */
  readonly runtimes?: readonly RuntimeId[];
  /** Why it does not run in the others, in a sentence; absent for adapters from outside. */
  readonly otherRuntimes?: string;
  /**
   * npm packages and exact versions that `open` imports, the database's own first. They get a configuration and a
   * lock file of their own in `drivers/<id>/`, so that nobody downloads what they do not run. Empty for what the
   * runtime brings along.
   */
  readonly drivers: Readonly<Record<string, string>>;
  /**
   * Default is `false`: packages are loaded from Deno's global cache. When `true` they are laid out in a `node_modules`
   * folder beside the lock file, for packages that look for files of others there.
   */
  readonly nodeModules?: boolean;
  /** By name; empty when there are none. */
  readonly options: Readonly<Record<string, AdapterOption>>;
  /** What a page imports of it with these options. Registered adapters that run in pages have it. */
  pageImports?(options: OptionValues): PageImports;
  /** What its child process may do. */
  readonly permissions: Permissions;
  /** What the system can do when opened with these options, in Deno unless told otherwise. */
  capabilities(options: OptionValues, runtime?: RuntimeId): Capabilities;
  /** How long its live queries wait with these options. Registered adapters with live queries have it. */
  delay?(options: OptionValues): LiveDelay;
  /** Counters that sessions report, empty when there are none. */
  readonly counters: readonly Counter[];
  /** What it is known to fail; empty when nothing is. */
  readonly knownGaps: readonly KnownGap[];
  /**
   * Opens a session, loading the driver on the way.
   * Throws a DriverUnavailableError when the driver is missing or cannot load here.
   */
  open(context: OpenContext): Promise<Session>;
}

/** Every option at its default. */
export function defaultOptions(
  adapter: Pick<Adapter, "options">,
  runtime: RuntimeId = DEFAULT_RUNTIME,
): OptionValues {
  return Object.fromEntries(
    Object.entries(adapter.options).map((
      [name, option],
    ) => [name, option.defaultIn?.[runtime] ?? option.default]),
  );
}

/** Where the bench runs an adapter, the default first. */
export function runtimesOf(
  { runtimes = [DEFAULT_RUNTIME] }: Pick<Adapter, "runtimes">,
): readonly RuntimeId[] {
  return runtimes;
}
