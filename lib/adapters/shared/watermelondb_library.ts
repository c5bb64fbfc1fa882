/** What is used of WatermelonDB, so that its adapter is checked without it as well. */
import type { Row, Value } from "../../model/value.ts";
import type { SqliteConnection } from "./sqlite_session.ts";

/** The library, and its adapter for SQLite in Node. */
export interface Watermelon {
  readonly appSchema: (schema: { version: number; tables: object[] }) => object;
  readonly tableSchema: (schema: TableSchema) => object;
  readonly Q: {
    where(column: string, comparison: Value | object): Clause;
    and(...clauses: Clause[]): Clause;
    or(...clauses: Clause[]): Clause;
    gte(value: Value): object;
    lt(value: Value): object;
    lte(value: Value): object;
    oneOf(values: readonly Value[]): object;
    sortBy(column: string, order: "asc" | "desc"): Clause;
    take(rowCount: number): Clause;
  };
  readonly Model: abstract new () => object;
  readonly Database: new (
    options: { adapter: SqlAdapter | LokiAdapter; modelClasses: unknown[] },
  ) => Database;
  readonly SQLiteAdapter: new (options: { dbName: string; schema: object; jsi: boolean }) => SqlAdapter;
  /** Open connections by the tag of their adapter. */
  readonly connections: Record<number, { driver: { database: { instance: SqliteConnection } } }>;
}

/** Its adapter for LokiJS. */
export interface LokiModule {
  readonly LokiJSAdapter: new (options: {
    dbName: string;
    schema: object;
    useWebWorker: boolean;
    useIncrementalIndexedDB: boolean;
    onSetUpError: (error: Error) => void;
    onQuotaExceededError: (error: Error) => void;
  }) => LokiAdapter;
}

/** An adapter for LokiJS, with what it hides. */
export interface LokiAdapter {
  readonly _driver: {
    readonly loki: {
      readonly autosaveInterval: number;
      readonly persistenceAdapter?: { readonly mode?: string };
      close(done: () => void): void;
    };
  };
}

/** A table as the library is told of it. */
export interface TableSchema {
  readonly name: string;
  /** Turns the statements that make the table into others. */
  readonly unsafeSql: (sql: string) => string;
  readonly columns: {
    name: string;
    type: "string" | "number";
    isIndexed?: boolean;
    isOptional?: boolean;
  }[];
}

/** An adapter for SQLite. */
export interface SqlAdapter {
  readonly _tag: number;
  readonly initializingPromise: Promise<void>;
}

/** A part of a query. */
export interface Clause {
  readonly type: string;
}

/** Records of several tables. */
export interface Database {
  get(table: string): Collection;
  write<T>(work: () => Promise<T>): Promise<T>;
  batch(operations: PreparedRecord[]): Promise<void>;
}

/** Records of one table. */
export interface Collection {
  find(id: string): Promise<StoredRecord>;
  findAndObserve(id: string): Observable<StoredRecord>;
  query(...clauses: Clause[]): RecordQuery;
  prepareCreateFromDirtyRaw(raw: object): PreparedRecord;
}

/** A change that waits for its batch. */
export interface PreparedRecord {
  readonly id: string;
}

/** A record. */
export interface StoredRecord extends PreparedRecord {
  readonly _raw: Row;
  _setRaw(column: string, value: Value): void;
  prepareUpdate(change: (record: StoredRecord) => void): PreparedRecord;
  prepareDestroyPermanently(): PreparedRecord;
}

/** A query that can be asked and observed. */
export interface RecordQuery {
  fetch(): Promise<StoredRecord[]>;
  fetchCount(): Promise<number>;
  observeWithColumns(columns: readonly string[]): Observable<StoredRecord[]>;
  observeCount(isThrottled: boolean): Observable<number>;
}

/** What can be subscribed to. */
export interface Observable<T> {
  subscribe(observer: { next(value: T): void; error(error: unknown): void; complete?(): void }): {
    unsubscribe(): void;
  };
}
