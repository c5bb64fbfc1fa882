/**
 * What the engine's tests share: databases in folders that go away, and waiting on events.
 *
 * @module
 */

import { type Database, openDatabase as open, testHook } from "../database.ts";
import type { EngineError } from "../errors.ts";
import type { OpenOptions } from "../options.ts";
import type { LiveQuery, Subscription } from "../streams/live_query.ts";
import type { Rows } from "../values.ts";

/** Sanitizers are off by default in Deno 2.9.6; these tests ask for them. */
export const strict = { sanitizeOps: true, sanitizeResources: true } as const;

/**
 * Where writes run, and what of them moves: with a budget of 0 all that a helper can do is done by it. Results are patched where
 * the rows come from this thread, and where they come from two connections in turn.
 */
const modes: readonly OpenOptions[] = [
  { writer: "thread" },
  { writer: "caller" },
  { writer: "caller", patch: "on" },
  { writer: "auto", callerBudgetMs: 0, patch: "on" },
];

let mode: OpenOptions = {};
let isInMemory = false;

/** Options that databases have in the test of now, unless it gives others. */
export function modeOptions(): OpenOptions {
  return mode;
}

/** Makes one test of each mode of the writer; the databases of these fixtures, and of `spawn`, are opened in it. */
export function testInEachMode(name: string, fn: () => Promise<void>): void {
  for (const each of modes) testInMode(each, name, fn);
}

/**
 * The same without `caller`, for what is slow and in which this thread has no part of its own: with `auto` it is done here as
 * well, as far as no helper can do it.
 */
export function testBehindThreads(name: string, fn: () => Promise<void>): void {
  for (const each of modes) if (each.writer !== "caller") testInMode(each, name, fn);
}

/** The same and one more, with databases in memory: for tests that take theirs from `withDatabase`. */
export function testEverywhere(name: string, fn: () => Promise<void>): void {
  testInEachMode(name, fn);
  testInMode({}, name, fn, true);
}

function modeName({ writer, patch }: OpenOptions): string {
  return `writer: ${writer}${patch === "on" ? ", patched" : ""}`;
}

function testInMode(options: OpenOptions, name: string, fn: () => Promise<void>, inMemory = false): void {
  Deno.test({
    name: `${name} (${inMemory ? "in memory" : modeName(options)})`,
    ...strict,
    async fn() {
      mode = options;
      isInMemory = inMemory;
      try {
        await fn();
      } finally {
        mode = {};
        isInMemory = false;
      }
    },
  });
}

/** Opens a database in the mode of the test. */
export function openDatabase(path: string, options: OpenOptions = {}): Promise<Database> {
  return open(path, { ...mode, ...options });
}

/** A file in a folder of its own, removed at the end. */
export function tempFile(): { readonly path: string } & Disposable {
  const folder = Deno.makeTempDirSync({ prefix: "watchlite" });
  return { path: `${folder}/test.db`, [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }) };
}

/** Opens a database in memory, hands it to `body`, and closes it. */
export async function withMemory<T>(options: OpenOptions, body: (db: Database) => Promise<T>): Promise<T> {
  await using db = await open(":memory:", options);
  return await body(db);
}

/** Opens a database on a new file, hands it to `body`, closes it and removes the file; in memory where the test is about that. */
export async function withDatabase<T>(options: OpenOptions, body: (db: Database) => Promise<T>): Promise<T> {
  if (isInMemory) return await withMemory(options, body);
  using file = tempFile();
  await using db = await openDatabase(file.path, options);
  return await body(db);
}

/** What one subscription was told, in order. */
export class Emissions implements Disposable {
  readonly all: (Rows | EngineError)[] = [];
  readonly #subscription: Subscription;
  #wake = () => {};

  constructor(query: LiveQuery) {
    this.#subscription = query.subscribe((rows) => this.#add(rows), (error) => this.#add(error));
  }

  /** Waits until `count` results or errors have come. */
  async atLeast(count: number): Promise<(Rows | EngineError)[]> {
    while (this.all.length < count) await new Promise<void>((resolve) => this.#wake = resolve);
    return this.all;
  }

  /** Waits until these rows are what was shown last. */
  async until(rows: Rows): Promise<void> {
    const wanted = JSON.stringify(rows);
    while (JSON.stringify(this.last) !== wanted) await this.atLeast(this.all.length + 1);
  }

  /** The newest one. */
  get last(): Rows | EngineError | undefined {
    return this.all.at(-1);
  }

  [Symbol.dispose](): void {
    this.#subscription.unsubscribe();
  }

  #add(item: Rows | EngineError): void {
    this.all.push(item);
    this.#wake();
  }
}

/** Results that live queries were given, asked for or patched; needs `profile`. */
export function refreshCount(db: Database): number {
  const { requery_count, patch_count } = db.counters();
  return requery_count + patch_count;
}

/** Waits until no stream has anything left to do. */
export async function quiet(db: Database): Promise<void> {
  while (!db[testHook].isQuiet()) await new Promise<void>((resolve) => setTimeout(resolve, 0));
}
