/**
 * The whole API against a model: the same statements in a plain `node:sqlite`, one after the other. Writes must answer as the
 * model's do; each emission must equal the query at some commit, never an earlier one than the emission before, and the last
 * one the query at the end; and at the end of each turn all that is shown must be the state of one commit.
 *
 * `WATCHLITE_SEED` replays a failure, `WATCHLITE_SECONDS` says for how long each kind of database is tried
 * (`deno task fuzz:engine`).
 */

import assert from "node:assert/strict";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import fc from "fast-check";
import type { Database } from "./database.ts";
import { EngineError } from "./errors.ts";
import type { OpenOptions } from "./options.ts";
import { coalescingPolicies } from "./streams/policy.ts";
import { quiet, strict, withDatabase, withMemory } from "./testing/fixtures.ts";
import type { Transaction } from "./transaction.ts";
import { type SqlParam, toBindable } from "./values.ts";

const base = [
  "CREATE TABLE owner(id INTEGER PRIMARY KEY, name TEXT UNIQUE)",
  "CREATE TABLE item(id INTEGER PRIMARY KEY, owner INTEGER REFERENCES owner(id) ON DELETE CASCADE, " +
  "boss INTEGER REFERENCES item(id) ON DELETE CASCADE, tag TEXT, value, code UNIQUE)",
  "CREATE INDEX item_owner ON item(owner, value)",
  "CREATE INDEX item_tag ON item(tag)",
  "CREATE TABLE keyed(k TEXT, n INT, v, PRIMARY KEY (k, n)) WITHOUT ROWID",
  "CREATE TABLE counted(id INTEGER PRIMARY KEY AUTOINCREMENT, x)",
  "CREATE TABLE log(x)",
  "CREATE TABLE plain(id INTEGER PRIMARY KEY, list INTEGER, tag TEXT, value REAL, extra UNIQUE)",
  "CREATE INDEX plain_list ON plain(list)",
  "CREATE INDEX plain_tag ON plain(tag)",
  "CREATE VIEW rich AS SELECT i.id, o.name, i.value FROM item i JOIN owner o ON o.id = i.owner",
];
const triggers = [
  "CREATE TRIGGER item_gone AFTER DELETE ON item BEGIN INSERT INTO log VALUES (OLD.id); END",
  "CREATE TRIGGER item_moved AFTER UPDATE OF owner ON item WHEN NEW.owner = 3 BEGIN " +
  "UPDATE OR REPLACE item SET code = NEW.code WHERE id = NEW.id + 1; DELETE FROM log WHERE x < 5; END",
  "CREATE TRIGGER rich_new INSTEAD OF INSERT ON rich BEGIN INSERT OR REPLACE INTO item(id, owner, value) " +
  "VALUES (NEW.id, 1, NEW.value); END",
];
const schemas = [base, [...base, ...triggers.slice(0, 1)], [...base, ...triggers]];

const reads = [
  "SELECT * FROM item WHERE id = ?",
  "SELECT id, value FROM item WHERE owner = ? ORDER BY id",
  "SELECT id, code FROM item WHERE owner IN (?, 2) ORDER BY id",
  "SELECT id, tag FROM item WHERE id < ? ORDER BY id DESC LIMIT 3",
  "SELECT id FROM item WHERE id BETWEEN ? AND 9 ORDER BY id LIMIT 4",
  "SELECT COUNT(*) AS c, SUM(value) AS s FROM item WHERE boss = ?",
  "SELECT tag, COUNT(*) AS c FROM item WHERE owner = ? GROUP BY tag ORDER BY tag",
  "SELECT DISTINCT tag FROM item WHERE owner = ? ORDER BY tag",
  "SELECT i.id, o.name FROM item i JOIN owner o ON o.id = i.owner WHERE i.owner = ? ORDER BY i.id",
  "SELECT o.name, (SELECT COUNT(*) FROM item WHERE owner = o.id) AS c FROM owner o WHERE o.id = ?",
  "SELECT id FROM item WHERE owner = ? OR code = 7 ORDER BY id",
  "SELECT id FROM item WHERE tag = 't' || ? ORDER BY id",
  "SELECT id, tag FROM item WHERE tag LIKE ? ORDER BY id",
  "SELECT EXISTS (SELECT 1 FROM item WHERE owner = ? AND value > 3) AS e",
  "SELECT k, n, v FROM keyed WHERE k = 'k' || ? ORDER BY n",
  "SELECT k, n FROM keyed WHERE v = ? ORDER BY k, n",
  "SELECT name, value FROM rich WHERE value > ? ORDER BY id",
  "SELECT id FROM item LEFT JOIN log ON x = id WHERE owner = ? ORDER BY id, x",
  "SELECT x FROM log WHERE x >= ? ORDER BY rowid",
  "SELECT seq FROM sqlite_sequence WHERE seq > ?",
  "SELECT id, extra FROM item WHERE id = ?",
  "SELECT * FROM plain WHERE id = ?",
  "SELECT value, id FROM plain WHERE list = ? ORDER BY id",
  "SELECT id, extra, list FROM plain WHERE tag = 't' || ? ORDER BY id",
  "SELECT id, tag FROM plain WHERE tag = ? ORDER BY id",
  "SELECT id FROM plain WHERE list = ? ORDER BY id",
  "SELECT COUNT(*) AS c FROM plain WHERE list = ?",
] as const;

const writes = [
  "INSERT INTO item(id, owner, boss, tag, value, code) VALUES (?1, ?2, ?3, 't' || ?2, ?3, ?4)",
  "INSERT OR REPLACE INTO item(id, owner, tag, value, code) VALUES (?1, ?2, 't' || ?3, ?4, ?4)",
  "INSERT OR IGNORE INTO item(id, owner, code) VALUES (?1, ?2, ?3)",
  "INSERT INTO item(id, owner, value) VALUES (?1, ?2, ?3) ON CONFLICT(id) DO UPDATE SET value = ?4, owner = ?2",
  "INSERT INTO item(owner, value, code) VALUES (?1, ?2, ?3) ON CONFLICT(code) DO UPDATE SET value = ?4",
  "UPDATE item SET value = ?1 WHERE id = ?2",
  "UPDATE item SET owner = ?1 WHERE id = ?2",
  "UPDATE item SET id = ?1 WHERE id = ?2",
  "UPDATE OR REPLACE item SET code = ?1 WHERE id = ?2",
  "UPDATE OR FAIL item SET code = code + 1 WHERE owner = ?1",
  "UPDATE item SET tag = 't' || ?1 WHERE owner = ?2",
  "UPDATE item SET value = value + 1 WHERE tag LIKE ?1",
  "DELETE FROM item WHERE id = ?1",
  "DELETE FROM item WHERE owner = ?1",
  "DELETE FROM owner WHERE id = ?1",
  "REPLACE INTO owner VALUES (?1, 'n' || ?2)",
  "INSERT INTO owner VALUES (?1, 'n' || ?1)",
  "INSERT INTO keyed VALUES ('k' || ?1, ?2, ?3) ON CONFLICT DO UPDATE SET v = ?4",
  "REPLACE INTO keyed VALUES ('k' || ?1, ?2, ?3)",
  "UPDATE keyed SET n = n + 1 WHERE k = 'k' || ?1",
  "INSERT INTO counted(x) VALUES (?1)",
  "INSERT INTO log VALUES (?1)",
  "INSERT INTO rich(id, value) VALUES (?1, ?2)",
  "DELETE FROM log",
  "INSERT INTO plain VALUES (?1, ?2, 't' || ?2, ?3, ?4)",
  "REPLACE INTO plain(id, list, value, extra) VALUES (?1, ?2, ?3, ?4)",
  "INSERT INTO plain(list, tag, value) VALUES (?1, ?3, ?4)",
  "INSERT INTO plain(id, list, value) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET value = ?4, list = ?2",
  "UPDATE plain SET value = ?1 WHERE id = ?2",
  "UPDATE plain SET value = ?1, list = ?2 WHERE list = ?3",
  "UPDATE plain SET id = id + ?1 WHERE id > ?2",
  "UPDATE plain SET rowid = ?1 WHERE id = ?2",
  "UPDATE OR REPLACE plain SET extra = ?1, tag = ?3 WHERE list = ?2",
  "UPDATE OR FAIL plain SET extra = extra + 1 WHERE list = ?1",
  "DELETE FROM plain WHERE list = ?1",
  "DELETE FROM plain WHERE id = ?1",
] as const;
const batches = [
  "INSERT INTO item(owner, value) VALUES (?, ?)",
  "INSERT OR REPLACE INTO item(id, owner) VALUES (?, ?)",
  "INSERT INTO keyed(k, n) VALUES (?, ?)",
  "UPDATE item SET value = ? WHERE id = ?",
  "INSERT INTO item(id, boss) VALUES (?, ?)",
  "INSERT INTO plain(list, value) VALUES (?, ?)",
  "UPDATE plain SET value = ? WHERE id = ?",
] as const;
const changes = [
  "ANALYZE",
  "CREATE INDEX item_value ON item(value)",
  "DROP INDEX item_owner",
  "ALTER TABLE item ADD COLUMN extra",
  "CREATE TRIGGER late AFTER INSERT ON item BEGIN INSERT INTO log VALUES (NEW.id); END",
  "DROP TRIGGER IF EXISTS item_gone",
  "CREATE TEMP TABLE scratch(x)",
  "PRAGMA foreign_keys = OFF",
  "REINDEX",
] as const;

const small = fc.integer({ min: 0, max: 9 });
const value = fc.oneof({ weight: 8, arbitrary: small }, fc.constantFrom(null, 4.5, "5", "x", 2 ** 53 + 2));
type Step =
  | { readonly kind: "write"; readonly sql: string; readonly params: readonly SqlParam[] }
  | { readonly kind: "batch"; readonly sql: string; readonly rows: readonly (readonly SqlParam[])[] }
  | { readonly kind: "group"; readonly steps: readonly Step[]; readonly isUndone: boolean }
  | { readonly kind: "watch"; readonly query: number; readonly param: SqlParam }
  | { readonly kind: "leave"; readonly which: number }
  | { readonly kind: "pause"; readonly turns: number };

const write = fc.record({
  kind: fc.constant("write" as const),
  sql: fc.constantFrom(...writes),
  params: fc.tuple(small, small, value, value),
}).map(({ sql, params, kind }): Step => {
  const count = Math.max(0, ...Array.from(sql.matchAll(/\?(\d)/g), (match) => Number(match[1])));
  return { kind, sql, params: params.slice(0, count) };
});
const batch = fc.record({
  kind: fc.constant("batch" as const),
  sql: fc.constantFrom(...batches),
  rows: fc.array(fc.tuple(small, small), { maxLength: 40 }),
});
const change = fc.constantFrom(...changes).map((sql): Step => ({ kind: "write", sql, params: [] }));
const { step } = fc.letrec<{ step: Step; inner: Step }>((tie) => ({
  inner: fc.oneof({ maxDepth: 2 }, { weight: 8, arbitrary: write }, { weight: 2, arbitrary: batch }, {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("group" as const),
      steps: fc.array(tie("inner"), { maxLength: 4 }),
      isUndone: fc.boolean(),
    }),
  }),
  step: fc.oneof(
    { weight: 14, arbitrary: write },
    { weight: 2, arbitrary: batch },
    { weight: 1, arbitrary: change },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("group" as const),
        steps: fc.array(tie("inner"), { maxLength: 5 }),
        isUndone: fc.boolean(),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant("watch" as const),
        query: fc.nat({ max: reads.length - 1 }),
        param: fc.oneof(small, small, value),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("leave" as const), which: small }) },
    { weight: 6, arbitrary: fc.record({ kind: fc.constant("pause" as const), turns: fc.nat({ max: 6 }) }) },
  ),
}));

/** Statements one after the other, and what every query gives after each commit. */
class Model implements Disposable {
  readonly #db = new DatabaseSync(":memory:");
  readonly #states = new Map<string, string[]>();

  run(step: Step): unknown {
    const answer = this.#apply(step, 0);
    for (const [key, states] of this.#states) states.push(this.#read(key));
    return answer;
  }

  /** All states are kept from the first watch on: a subscriber may be shown one that was, when it came, a moment old. */
  states(key: string): readonly string[] {
    return this.#states.get(key)!;
  }

  watch(key: string): void {
    if (!this.#states.has(key)) this.#states.set(key, [this.#read(key)]);
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }

  #read(key: string): string {
    const [query, param] = JSON.parse(key) as [number, SqlParam];
    try {
      const statement = this.#db.prepare(reads[query]!);
      statement.setReadBigInts(true);
      return toText(statement.all(toBindable(param) as SQLInputValue));
    } catch {
      return "error";
    }
  }

  #apply(step: Step, depth: number): unknown {
    if (step.kind === "group") {
      this.#db.exec(`SAVEPOINT s${depth}`);
      const answers = step.steps.map((each) => this.#apply(each, depth + 1));
      let isKept = !step.isUndone;
      if (!isKept) this.#db.exec(`ROLLBACK TO s${depth}`);
      try {
        this.#db.exec(`RELEASE s${depth}`);
      } catch {
        isKept = false;
        this.#db.exec(`ROLLBACK TO s${depth}; RELEASE s${depth}`);
      }
      return { answers, isKept };
    }
    if (step.kind === "batch") this.#db.exec("SAVEPOINT batch");
    try {
      let count = 0;
      if (step.kind === "write") {
        // Deno 2.9.6 has no tables of foreign keys in a connection that was told to enforce them later: only the engine's default.
        const made = this.#db.prepare(step.sql).run(...step.params.map(toBindable) as SQLInputValue[]);
        count = Number(made.changes);
        return isRows(step.sql) ? count : 0;
      }
      if (step.kind === "batch") {
        const statement = this.#db.prepare(step.sql);
        for (const row of step.rows) {
          count += Number(statement.run(...row.map(toBindable) as SQLInputValue[]).changes);
        }
        this.#db.exec("RELEASE batch");
        return count;
      }
      return null;
    } catch (error) {
      if (step.kind === "batch") this.#db.exec("ROLLBACK TO batch; RELEASE batch");
      return (error as { errcode: number }).errcode;
    }
  }
}

/** A result as text. Integers that a number cannot hold, which a column without its foreign key takes, come as bigint. */
function toText(rows: unknown): string {
  return JSON.stringify(rows, (_, value) => {
    if (typeof value !== "bigint") return value;
    return Number.isSafeInteger(Number(value)) ? Number(value) : `${value}n`;
  });
}

const isRows = (sql: string) => /^(?:INSERT|UPDATE|DELETE|REPLACE)/.test(sql);

async function run(db: Database | Transaction, step: Step): Promise<unknown> {
  try {
    if (step.kind === "write") return (await db.execute(step.sql, step.params)).changes;
    if (step.kind === "batch") return (await db.executeBatch(step.sql, step.rows)).changes;
    if (step.kind !== "group") return null;
    const undone = new Error("undone");
    let answers: unknown[] = [];
    try {
      await db.transaction(async (tx) => {
        answers = [];
        for (const each of step.steps) answers.push(await run(tx, each));
        if (step.isUndone) throw undone;
      });
      return { answers, isKept: true };
    } catch (error) {
      if (error !== undone && !(error instanceof EngineError)) throw error;
      return { answers, isKept: false };
    }
  } catch (error) {
    if (error instanceof EngineError && error.sqliteCode !== null) return error.sqliteCode;
    throw error;
  }
}

interface Watcher {
  readonly key: string;
  readonly shown: string[];
  isOpen: boolean;
  leave(): void;
}

async function follow(db: Database, schema: readonly string[], steps: readonly Step[], isOneScreen: boolean) {
  using model = new Model();
  const watchers: Watcher[] = [];
  const pending: Promise<void>[] = [];
  /** What is shown at the ends of turns, by watcher. */
  const screens: ReadonlyMap<Watcher, string>[] = [];
  let isScheduled = false;
  const noteScreen = () => {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      const open = watchers.filter((each) => each.isOpen && each.shown.length > 0);
      screens.push(new Map(open.map((each) => [each, each.shown.at(-1)!])));
    });
  };
  const both = (each: Step) => {
    const expected = model.run(each);
    pending.push(run(db, each).then((actual) => assert.deepEqual(actual, expected, JSON.stringify(each))));
  };
  for (const sql of schema) both({ kind: "write", sql, params: [] });
  for (let id = 0; id < 6; id++) both({ kind: "write", sql: writes[16], params: [id] });
  await Promise.all(pending.splice(0));
  // Every query from the beginning: the numbers of states are then the numbers of commits, for all of them.
  for (const each of steps) if (each.kind === "watch") model.watch(JSON.stringify([each.query, each.param]));
  for (const each of steps) {
    if (each.kind === "watch") {
      const shown: string[] = [];
      const add = (item: string) => {
        shown.push(item);
        noteScreen();
      };
      const subscription = db.watch(reads[each.query]!, [each.param])
        .subscribe((rows) => add(toText(rows)), () => add("error"));
      const watcher: Watcher = {
        key: JSON.stringify([each.query, each.param]),
        shown,
        isOpen: true,
        leave: () => {
          watcher.isOpen = false;
          subscription.unsubscribe();
        },
      };
      watchers.push(watcher);
    } else if (each.kind === "leave") watchers[each.which]?.leave();
    else if (each.kind === "pause") {
      if (each.turns > 2) await Promise.all(pending.splice(0));
      for (let turn = each.turns; turn > 0; turn--) {
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
      if (each.turns === 6) await quiet(db);
    } else both(each);
  }
  await Promise.all(pending);
  await quiet(db);
  await new Promise<void>((resolve) => setImmediate(resolve));
  for (const { key, shown, isOpen } of watchers) {
    const states = model.states(key);
    let at = 0;
    for (const [i, item] of shown.entries()) {
      const found = states.indexOf(item, at);
      assert.ok(
        found >= 0,
        `emission ${i} of ${key} is no state from commit ${at} on: ${item} of ${states.slice(-4)}`,
      );
      at = found;
    }
    if (isOpen) assert.equal(shown.at(-1), states.at(-1), `the last emission of ${key}`);
  }
  let at = 0;
  for (const screen of isOneScreen ? screens : []) {
    const fits = (commit: number) =>
      [...screen].every(([{ key }, shown]) => model.states(key)[commit] === shown);
    const count = screen.size === 0 ? 0 : model.states([...screen.keys()][0]!.key).length;
    let found = at;
    while (found < count && !fits(found)) found++;
    const text = () => [...screen].map(([{ key }, shown]) => `${key}: ${shown}`).join("\n");
    assert.ok(count === 0 || found < count, `no commit from ${at} on shows all of\n${text()}`);
    if (count > 0) at = found;
  }
  for (const watcher of watchers) watcher.leave();
}

/** Histories that a fuzz has found, each for its kind: tried by every kind of database. */
const found: readonly (readonly [schema: readonly string[], steps: readonly Step[]])[] = [
  // An integer that a number cannot hold stands in a column whose foreign key is not enforced.
  [base, [
    { kind: "write", sql: "PRAGMA foreign_keys = OFF", params: [] },
    { kind: "watch", query: 0, param: 1 },
    { kind: "write", sql: writes[0], params: [1, 1, 2 ** 53 + 2, 1] },
    { kind: "watch", query: 0, param: 1 },
  ]],
];

const kinds: readonly OpenOptions[] = [
  ...coalescingPolicies.map((policy) => ({ policy })),
  { policy: "latest-wins", holdMs: 0, outdatedBoundMs: 0, readers: 1 },
  { policy: "per-commit", consistency: "query" },
  { policy: "latest-wins", consistency: "query", holdMs: 1 },
  { policy: "per-commit", grain: "column" },
  { policy: "latest-wins", grain: "table", readers: 1 },
  ...coalescingPolicies.map((policy) => ({ policy, writer: "caller" as const })),
  { policy: "latest-wins", writer: "caller", holdMs: 0, outdatedBoundMs: 0, consistency: "query" },
  { policy: "per-commit", writer: "caller", callerBudgetMs: 0.05, grain: "column" },
  { policy: "per-commit", writer: "auto", callerBudgetMs: 0 },
  { policy: "latest-wins", writer: "auto", callerBudgetMs: 0.1, holdMs: 0 },
  { policy: "cancel-restart", writer: "auto", callerBudgetMs: 0.1, consistency: "query" },
  ...coalescingPolicies.map((policy) => ({ policy, patch: "on" as const })),
  { policy: "latest-wins", patch: "on", writer: "caller" },
  { policy: "per-commit", patch: "on", writer: "auto", callerBudgetMs: 0 },
  { policy: "latest-wins", patch: "on", writer: "auto", callerBudgetMs: 0.1, holdMs: 0 },
];

const inMemory: readonly OpenOptions[] = [
  ...coalescingPolicies.map((policy) => ({ policy })),
  { policy: "per-commit", callerBudgetMs: 0.05, grain: "column" },
  { policy: "latest-wins", callerBudgetMs: 0, holdMs: 1, consistency: "query" },
  ...coalescingPolicies.map((policy) => ({ policy, patch: "on" as const })),
  { policy: "cancel-restart", patch: "on", callerBudgetMs: 0 },
];

for (
  const [place, open, options] of [
    ...kinds.map((each) => ["", withDatabase, each] as const),
    ...inMemory.map((each) => [" in memory", withMemory, each] as const),
  ]
) {
  Deno.test({
    name: `the whole API does as plain SQLite when histories are random: ${JSON.stringify(options)}${place}`,
    ...strict,
    async fn() {
      const replay = Deno.env.get("WATCHLITE_SEED");
      const endMs = performance.now() + Number(Deno.env.get("WATCHLITE_SECONDS") ?? 1.5) * 1000;
      const histories = fc.array(step, { minLength: 20, maxLength: 90, size: "max" });
      const tryHistory = (schema: readonly string[], steps: readonly Step[]) =>
        open(
          { readers: 2, externalPollMs: 0, ...options },
          (db) => follow(db, schema, steps, options.consistency !== "query"),
        );
      for (const [schema, steps] of found) await tryHistory(schema, steps);
      const property = fc.asyncProperty(fc.constantFrom(...schemas), histories, tryHistory);
      // Few at a time: a run that is cut off by a limit of fast-check's would leave its database open.
      let seed = replay === undefined ? Math.floor(Math.random() * 2 ** 30) : Number(replay);
      do await fc.assert(property, { seed: seed++, numRuns: 3 }); while (
        replay === undefined && performance.now() < endMs
      );
    },
  });
}
