/**
 * An adapter from outside that cheats as its option says, or is legal though unusual. It stands on SQLite, so that it
 * is right in everything else, and looks at every live query again after every commit.
 */
import { writeSync } from "node:fs";
import { nodeSqlite } from "../../adapters/node_sqlite.ts";
import type {
  Adapter,
  Args,
  Awaitable,
  Observer,
  Query,
  Row,
  Session,
  Subscription,
  TransactionStep,
  Value,
  WriteStatement,
} from "../../model/mod.ts";
import { encodeJson } from "../../protocol/json.ts";
import { openForgetful } from "./forgetful_session.ts";
import { patchRealm, REALM_PATCHES } from "./patch_realm.ts";
import { type Way, WAYS } from "./ways.ts";

// Taken before the realm is patched: the saboteur's own work goes on as before.
const { setTimeout, queueMicrotask } = globalThis;

export const adapter: Adapter = {
  ...nodeSqlite,
  id: "saboteur",
  title: "Saboteur",
  options: { way: { values: WAYS, default: "is-honest", meaning: "What it does" } },
  permissions: { run: ["sleep"] },
  capabilities: ({ way }) => ({
    liveQueries: "table",
    sql: true,
    joins: true,
    atomicBatch: way !== "pauses-halfway-in-a-batch-as-it-says",
    interactiveTransaction: true,
    durability: way === "saves-a-snapshot-now-and-then-as-it-says" ? "relaxed" : "wal-normal",
    worksOn: "caller",
    columnTypes: ["real", "blob"],
  }),
  open: (context) => {
    const way = context.options["way"] as Way;
    const session = new Saboteur(openForgetful(context, way), way);
    if (way === "leaves-a-process-behind") {
      new Deno.Command("sleep", { args: ["60"], stdin: "null", stdout: "null", stderr: "null" }).spawn()
        .unref();
    }
    return Promise.resolve(way === "brings-no-live-queries" ? withoutWatch(session) : session);
  },
};

interface Stream {
  readonly query: Query;
  readonly args: Args;
  readonly observer: Observer;
  text: string;
  rows: readonly Row[];
}

class Saboteur implements Session {
  readonly #base: Session;
  readonly #way: Way;
  readonly #streams = new Set<Stream>();
  /** Results of live queries that are closed, for who keeps them. */
  readonly #kept: unknown[] = [];
  #isDue = false;
  #thread: Promise<void> | undefined;
  #interval: ReturnType<typeof setInterval> | undefined;

  constructor(base: Session, way: Way) {
    this.#base = base;
    this.#way = way;
  }

  write(statement: WriteStatement, args: Args): Awaitable<void> {
    if (this.#way === "skips-unwatched-writes" && !this.#isWatched(statement.table)) return;
    return this.#change(() => this.#base.write(statement, args), "write");
  }

  batch(statement: WriteStatement, rows: readonly Args[]): Awaitable<void> {
    if (this.#streams.size === 0) return this.#base.batch(statement, rows);
    if (this.#way === "keeps-half-of-each-batch") {
      return this.#change(() => this.#base.batch(statement, rows.slice(0, rows.length >> 1)), "batch");
    }
    if (this.#way === "shows-a-batch-before-its-commit") {
      for (const { query, observer, rows: shown } of this.#streams) {
        if (query.kind === "count") observer.next([{ [query.as]: Number(shown[0]![query.as]) + 1 }]);
      }
    }
    return this.#change(() => this.#base.batch(statement, rows), "batch");
  }

  read(query: Query, args: Args): readonly Row[] {
    const rows = this.#base.read(query, args) as readonly Row[];
    return this.#way === "misreads" ? rows.slice(1) : rows;
  }

  watch(query: Query, args: Args, observer: Observer): Subscription {
    if (this.#way === "runs-queries-for-ever") {
      this.#interval ??= setInterval(() => {
        for (let turn = 0; turn < 200; turn++) this.#base.read(query, args);
      }, 0);
    }
    const rows = this.#result(query, args);
    const stream: Stream = { query, args: Array.from(args), observer, text: encodeJson(rows), rows };
    this.#streams.add(stream);
    if (this.#way === "delivers-first-results-later") {
      setTimeout(() => this.#streams.has(stream) && observer.next(stream.rows), 20);
    } else this.#show(stream, rows);
    // Everything is open: whoever patched before would break its own library first.
    for (const patch of REALM_PATCHES) if (this.#way === `patches-${patch}`) patchRealm(patch);
    return {
      close: () => {
        this.#streams.delete(stream);
        if (this.#way === "keeps-closed-live-queries") {
          this.#kept.push(Array.from({ length: 512 }, Math.random), [...rows]);
        }
        if (this.#way === "delivers-after-close") setTimeout(() => observer.next(stream.rows), 0);
        if (this.#way === "delivers-after-its-end") setTimeout(() => observer.next(stream.rows), 150);
      },
    };
  }

  async transaction(steps: readonly TransactionStep[]): Promise<readonly (readonly Row[])[]> {
    const isKept = this.#way === "forgets-the-last-of-a-rollback";
    const results = await this.#base.transaction!(
      isKept ? steps.filter(({ kind }) => kind !== "rollback") : steps,
    );
    this.#notify();
    return results;
  }

  close(): Awaitable<void> {
    clearInterval(this.#interval);
    this.#streams.clear();
    return this.#base.close();
  }

  #isWatched(table: string): boolean {
    for (const { query } of this.#streams) if (query.sql.includes(table)) return true;
    return false;
  }

  #change(commit: () => unknown, verb: string): Awaitable<void> {
    switch (this.#way) {
      case "answers-with-thenables":
        this.#commit(commit);
        return { then: (resolve: () => void) => queueMicrotask(resolve) } as unknown as Promise<void>;
      case "chatters":
        console.log(`the ${verb} is done`);
        console.error("deprecated");
        break;
      case "prints-dots":
        Deno.stdout.writeSync(new TextEncoder().encode("."));
        break;
      case "hangs-in-a-write":
        return new Promise(() => {});
      case "spins-in-a-write":
        for (let turn = 0; turn >= 0;) turn += 1;
        break;
      case "floods":
        flood();
        break;
      case "writes-into-the-channel":
        writeSync(3, 'guess {"kind":"answer","answer":null}\n');
        break;
      case "leaves-with-a-perfect-result":
        console.log('{"kind":"result","result":{"verdict":"converged","findings":[],"phases":[]}}');
        Deno.exit(0);
        break;
      case "raises-in-the-background":
        void Promise.reject(new Error("lost in the background"));
        break;
    }
    return this.#commit(commit);
  }

  #commit(commit: () => unknown): Awaitable<void> {
    let committed: unknown;
    try {
      committed = this.#way === "works-in-a-thread-and-says-caller"
        ? (this.#thread ??= workInThread()).then(commit)
        : commit();
    } catch (error) {
      if (this.#way === "shows-what-was-refused") {
        for (const stream of this.#streams) this.#show(stream, []);
        for (const stream of this.#streams) this.#show(stream, stream.rows);
      }
      if (this.#way === "swallows-refusals") return;
      throw error;
    }
    if (!(committed instanceof Promise)) return this.#publish();
    return committed.then(() => this.#publish());
  }

  #publish(): void {
    const delayMs = this.#way === "coalesces" ? 5 : this.#way === "delivers-every-50-ms" ? 50 : 0;
    if (delayMs === 0) return this.#notify();
    if (this.#isDue) return;
    this.#isDue = true;
    setTimeout(() => {
      this.#isDue = false;
      this.#notify();
    }, delayMs);
  }

  #notify(): void {
    for (const stream of [...this.#streams]) {
      let rows: readonly Row[];
      try {
        rows = this.#result(stream.query, stream.args);
      } catch (error) {
        stream.observer.error(error);
        continue;
      }
      const text = encodeJson(rows);
      if (text === stream.text) continue;
      const old = stream.rows;
      stream.text = text;
      stream.rows = this.#way === "shares-arrays" ? this.#sharedRows(stream, text) ?? rows : rows;
      if (this.#way === "loses-the-last-change" && old !== rows) {
        // Shows what was before: each change comes with the next one, and the last one never.
        this.#show(stream, old);
        continue;
      }
      if (this.#way === "delivers-superseded-states-late") {
        setTimeout(() => this.#streams.has(stream) && this.#show(stream, rows), 10);
        continue;
      }
      this.#show(stream, stream.rows);
      if (this.#way === "changes-rows-afterwards") {
        for (const row of old) (row as Record<string, Value>)["name"] = "x";
      }
      if (this.#way === "shows-old-states-late") setTimeout(() => stream.observer.next(old), 130);
      if (this.#way === "shows-old-states-again") setTimeout(() => stream.observer.next(old), 5);
      if (this.#way === "shows-old-states-once-all-is-quiet") {
        setTimeout(() => stream.observer.next(old), 130);
      }
    }
  }

  /** The array that another live query of the same text and arguments was shown just now. */
  #sharedRows(own: Stream, text: string): readonly Row[] | undefined {
    for (const stream of this.#streams) {
      if (stream !== own && stream.query === own.query && stream.text === text) return stream.rows;
    }
    return undefined;
  }

  #show({ observer }: Stream, rows: readonly Row[]): void {
    switch (this.#way) {
      case "repeats":
        observer.next(rows);
        return observer.next(rows);
      case "freezes-rows":
        return observer.next(Object.freeze(rows.map((row) => Object.freeze({ ...row }))));
      case "fills-rows-in-later": {
        if (!rows.some((row) => row["name"] === null)) return observer.next(rows);
        const filled = rows.map((row) => ({ ...row, id: -1 }));
        setTimeout(() => filled.forEach((row, index) => Object.assign(row, rows[index])), 5);
        return observer.next(filled);
      }
      case "orders-keys-otherwise":
        return observer.next(rows.map((row) => Object.fromEntries(Object.entries(row).toReversed())));
      default:
        return observer.next(rows);
    }
  }

  #result(query: Query, args: Args): readonly Row[] {
    const rows = this.#base.read(query, args) as readonly Row[];
    if (this.#way === "shortens-large-windows" && rows.length >= 50) return rows.slice(0, -1);
    const change = CHANGES[this.#way];
    if (change === undefined) return rows;
    return rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name, change(value)]))
    );
  }
}

/** What becomes of each value of a live query. */
const CHANGES: Partial<Record<Way, (value: Value) => Value>> = {
  "shows-null-as-text": (value) => value ?? "",
  "trims-text": (value) => typeof value === "string" ? value.trim() : value,
  "normalizes-text": (value) => typeof value === "string" ? value.normalize("NFC") : value,
  "makes-numbers-of-text": (value) =>
    typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value,
  "shows-32-bits": (value) => typeof value === "number" ? value | 0 : value,
};

/** Does what takes hundreds of milliseconds of CPU, somewhere else; once is enough to be seen. */
function workInThread(): Promise<void> {
  const source = "let sum = 0; for (let turn = 0; turn < 5e8; turn++) sum += turn % 7; postMessage(sum);";
  const worker = new Worker(`data:text/javascript,${encodeURIComponent(source)}`, { type: "module" });
  return new Promise((resolve) => {
    worker.onmessage = () => {
      worker.terminate();
      resolve();
    };
  });
}

/** Never returns. */
function flood(): void {
  const piece = new Uint8Array(65_536).fill(97);
  while (true) Deno.stdout.writeSync(piece);
}

function withoutWatch(session: Session): Session {
  return {
    write: (statement, args) => session.write(statement, args),
    batch: (statement, rows) => session.batch(statement, rows),
    read: (query, args) => session.read(query, args),
    close: () => session.close(),
  };
}
