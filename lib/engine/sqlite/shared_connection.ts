/**
 * One connection that a writer and a reader use in turn, in one thread: a database in memory has no other one.
 *
 * Each side keeps an authorizer of its own, as each judges statements in its own way. SQLite knows one only, so it is told which
 * side is at work: the writer, unless it is said that something is read.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";

type Authorizer = (
  code: number,
  a: string | null,
  b: string | null,
  database: string | null,
  trigger: string | null,
) => number;

/** What cores ask of a connection. */
type Side = Pick<DatabaseSync, "prepare" | "exec" | "function" | "isTransaction" | "close"> & {
  setAuthorizer(authorizer: Authorizer): void;
};

const allow = 0;

/** A connection with two sides. */
export class SharedConnection {
  readonly #authorizers: Record<"writer" | "reader", Authorizer> = {
    writer: () => allow,
    reader: () => allow,
  };
  #atWork: "writer" | "reader" = "writer";
  /** Closing it closes the connection. */
  readonly writer: DatabaseSync;
  /** To be used inside `read` only. */
  readonly reader: DatabaseSync;

  constructor(db: DatabaseSync) {
    const authorize: Authorizer = (...asked) => this.#authorizers[this.#atWork](...asked);
    (db as unknown as Side).setAuthorizer(authorize);
    this.writer = this.#side(db, "writer");
    this.reader = this.#side(db, "reader");
  }

  /** True inside `read`: a function of the user's may ask for more. */
  get isReading(): boolean {
    return this.#atWork === "reader";
  }

  /** Runs what the reader does. */
  read<T>(run: () => T): T {
    this.#atWork = "reader";
    try {
      return run();
    } finally {
      this.#atWork = "writer";
    }
  }

  #side(db: DatabaseSync, name: "writer" | "reader"): DatabaseSync {
    const side: Side = {
      prepare: (sql) => db.prepare(sql),
      exec: (sql) => db.exec(sql),
      function: db.function.bind(db) as DatabaseSync["function"],
      get isTransaction() {
        return db.isTransaction;
      },
      setAuthorizer: (authorizer) => {
        this.#authorizers[name] = authorizer;
      },
      close: () => {
        if (name === "writer") db.close();
      },
    };
    return side as unknown as DatabaseSync;
  }
}
