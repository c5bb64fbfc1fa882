import type { Adapter, OpenContext, Session } from "../model/adapter.ts";
import { DriverUnavailableError } from "../model/errors.ts";
import { isPage } from "../model/runtime.ts";
import type { Query, WriteStatement } from "../model/statement.ts";
import type { Args, Row } from "../model/value.ts";
import type { OpfsAnswer, OpfsRequest } from "./shared/sqlite_opfs_worker.ts";

/** SQLite's own WebAssembly build on the browser's private file system: what every durable browser database stands on. */
export const sqliteOpfs: Adapter = {
  id: "sqlite-opfs",
  title: "SQLite on OPFS",
  about:
    "SQLite's own WebAssembly build in a dedicated worker, with a file in the browser's origin private file system " +
    "through the pool of synchronous access handles (opfs-sahpool), in WAL mode with exclusive locking. Each call is one " +
    "message to the worker and one back; statements are prepared once, a batch is one BEGIN IMMEDIATE transaction.",
  unfair:
    "It has no live queries, so its writes do not pay for them: a floor, not a rival. The pool allows one connection: " +
    "a second tab could not open the file.",
  homepage: "https://sqlite.org/wasm",
  idioms: {
    write: {
      how: "A message to the worker, where a statement that was prepared once is bound and stepped.",
      link: "https://sqlite.org/wasm/doc/trunk/persistence.md#vfs-opfs-sahpool",
    },
    batch: {
      how: "One message with all rows; the same once per row between BEGIN IMMEDIATE and COMMIT.",
      link: "https://sqlite.org/wasm/doc/trunk/api-oo1.md",
    },
    readPage: {
      how:
        "A message to the worker, which steps through a prepared SELECT; rows come back as a structured clone.",
      link: "https://sqlite.org/wasm/doc/trunk/api-oo1.md",
    },
    readKey: {
      how: "A prepared SELECT by the primary key, the same way as a page.",
      link: "https://sqlite.org/wasm/doc/trunk/api-oo1.md",
    },
    join: {
      how: "One SELECT with JOIN, planned by the database.",
      link: "https://www.sqlite.org/lang_select.html",
    },
  },
  objection: "An application would put more than one statement into a message.",
  runsIn: ["browser"],
  runtimes: ["chromium", "firefox"],
  otherRuntimes: "The file system is a browser's.",
  drivers: { "@sqlite.org/sqlite-wasm": "3.54.1-build1" },
  options: {
    synchronous: {
      values: ["normal", "full"],
      default: "normal",
      meaning: "normal flushes the file at checkpoints; full does so at each commit",
    },
  },
  pageImports: () => ({ page: {}, worker: { "@sqlite.org/sqlite-wasm": ["default"] } }),
  permissions: {},
  capabilities: ({ synchronous }) => ({
    liveQueries: "none",
    sql: true,
    joins: true,
    atomicBatch: true,
    interactiveTransaction: true,
    durability: synchronous === "full" ? "full" : "wal-normal",
    worksOn: "worker",
  }),
  counters: [],
  knownGaps: [{
    scenario: "values/text-with-byte-order-mark",
    reason:
      "@sqlite.org/sqlite-wasm 3.54.1-build1 takes the U+FEFF that a text begins with for a byte order mark " +
      "(docs/known-gaps/sqlite-wasm-byte-order-mark.ts)",
  }],
  async open(context) {
    if (!isPage(context.runtime)) {
      throw new DriverUnavailableError(
        "The origin private file system is a browser's: bench --runtime chromium",
      );
    }
    const session = new OpfsSession();
    await session.open(context);
    return session;
  },
};

/** Sends each call to the worker; answers come in the order of the calls. */
class OpfsSession implements Session {
  readonly #worker = new Worker(new URL("./shared/sqlite_opfs_worker.ts", import.meta.url), {
    type: "module",
  });
  readonly #waiting: { resolve(answer: unknown): void; reject(error: Error): void }[] = [];
  /** Statements are sent once and named by number from then on. */
  readonly #numbers = new Map<string, number>();

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<OpfsAnswer>) => {
      const { resolve, reject } = this.#waiting.shift()!;
      if ("failure" in data) reject(new Error(data.failure));
      else resolve(data.rows);
    };
    this.#worker.onerror = ({ message }) => {
      const error = new Error(`The worker failed: ${message}`);
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    };
  }

  async open({ directory, database, tables, options }: OpenContext): Promise<void> {
    const synchronous = options["synchronous"] ?? "normal";
    await this.#ask({ kind: "open", directory, database, tables, synchronous });
  }

  async write({ sql }: WriteStatement, args: Args): Promise<void> {
    await this.#ask({ kind: "write", ...this.#numbered(sql), rows: [args] });
  }

  async batch({ sql }: WriteStatement, rows: readonly Args[]): Promise<void> {
    await this.#ask({ kind: "batch", ...this.#numbered(sql), rows });
  }

  async read({ sql }: Query, args: Args): Promise<readonly Row[]> {
    return await this.#ask({ kind: "read", ...this.#numbered(sql), rows: [args] }) as readonly Row[];
  }

  async facts(): Promise<Readonly<Record<string, string>>> {
    return await this.#ask({ kind: "facts" }) as Readonly<Record<string, string>>;
  }

  async close(): Promise<void> {
    await this.#ask({ kind: "close" });
    this.#worker.terminate();
  }

  #numbered(sql: string): { readonly statement: number; readonly sql?: string } {
    const known = this.#numbers.get(sql);
    if (known !== undefined) return { statement: known };
    const statement = this.#numbers.size;
    this.#numbers.set(sql, statement);
    return { statement, sql };
  }

  #ask(request: OpfsRequest): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.push({ resolve, reject });
    this.#worker.postMessage(request);
    return promise;
  }
}
