/** The worker of `sqlite_opfs.ts`: owns the database, answers requests one after the other. */
import type { Session } from "../../model/adapter.ts";
import { messageOf } from "../../model/errors.ts";
import type { Query, WriteStatement } from "../../model/statement.ts";
import type { Args } from "../../model/value.ts";
import { SqliteWasmConnection, type SqliteWasmDatabase } from "../sqlite_wasm.ts";
import type { Contents } from "./missing_tables.ts";
import { openSqliteSession } from "./sqlite_session.ts";

/** What the page asks. `sql` comes with the first use of its number. */
export type OpfsRequest =
  | {
    readonly kind: "open";
    readonly directory: string;
    readonly synchronous: string;
  } & Contents
  | {
    readonly kind: "write" | "batch" | "read";
    readonly statement: number;
    readonly sql?: string;
    /** Arguments: one list, or any number for a batch. */
    readonly rows: readonly Args[];
  }
  | { readonly kind: "facts" }
  | { readonly kind: "close" };

/** What it gets, in the order of the requests. */
export type OpfsAnswer = { readonly rows: unknown } | { readonly failure: string };

interface SqliteWasm {
  installOpfsSAHPoolVfs(options: { readonly directory: string; readonly name: string }): Promise<{
    readonly OpfsSAHPoolDb: new (path: string) => SqliteWasmDatabase;
  }>;
}

const statements: { sql: string }[] = [];
let session: Session | undefined;
let queue = Promise.resolve();

// The types here are those of a page.
const { self: worker } = globalThis as unknown as {
  self: { onmessage: (event: MessageEvent<OpfsRequest>) => void; postMessage(answer: OpfsAnswer): void };
};

worker.onmessage = ({ data }) => {
  queue = queue.then(async () => {
    let answer: OpfsAnswer;
    try {
      answer = { rows: await answerTo(data) ?? null };
    } catch (error) {
      answer = { failure: messageOf(error) };
    }
    worker.postMessage(answer);
  });
};

async function answerTo(request: OpfsRequest): Promise<unknown> {
  switch (request.kind) {
    case "open":
      return void (session = await open(request));
    case "facts":
      return await session!.facts!();
    case "close":
      return await session!.close();
  }
  const { kind, statement, sql, rows } = request;
  if (sql !== undefined) statements[statement] = { sql };
  const named = statements[statement]!;
  if (kind === "read") return await session!.read(named as Query, rows[0]!);
  if (kind === "write") return await session!.write(named as WriteStatement, rows[0]!);
  return await session!.batch(named as WriteStatement, rows);
}

async function open(
  { directory, synchronous, ...contents }: Extract<OpfsRequest, { kind: "open" }>,
): Promise<Session> {
  // @ts-ignore: resolved by the bundler
  const { default: initialize } = await import("@sqlite.org/sqlite-wasm");
  const sqlite = await initialize() as unknown as SqliteWasm;
  const pool = await sqlite.installOpfsSAHPoolVfs({ directory: `/${directory}`, name: directory });
  return openSqliteSession(new SqliteWasmConnection(new pool.OpfsSAHPoolDb("/data.db")), contents, [
    // There is no shared memory between connections: WAL needs the only one.
    "PRAGMA locking_mode = EXCLUSIVE",
    "PRAGMA journal_mode = WAL",
    `PRAGMA synchronous = ${synchronous}`,
  ]);
}
