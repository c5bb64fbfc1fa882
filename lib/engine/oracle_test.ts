/**
 * Random histories against an oracle: the same statements in a plain in-memory database, with the result of every watched
 * query after every commit. Each emission must equal one of these states, never an earlier one than the emission before, and
 * the last one must equal the last state.
 */

import assert from "node:assert/strict";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import type { Database } from "./database.ts";
import { EngineError } from "./errors.ts";
import type { OpenOptions } from "./options.ts";
import { coalescingPolicies } from "./streams/policy.ts";
import { Emissions, quiet, strict, withDatabase, withMemory } from "./testing/fixtures.ts";
import { Random } from "./testing/random.ts";
import type { Transaction } from "./transaction.ts";
import { type SqlParam, toBindable } from "./values.ts";

interface Statement {
  readonly sql: string;
  readonly rows: readonly (readonly SqlParam[])[];
  readonly isBatch: boolean;
}

interface Group {
  readonly steps: readonly (Statement | Group)[];
  readonly rollsBack: boolean;
}

const schema = [
  "CREATE TABLE owner(id INTEGER PRIMARY KEY, name TEXT)",
  "CREATE TABLE item(id INTEGER PRIMARY KEY, owner_id INTEGER REFERENCES owner(id) ON DELETE CASCADE, " +
  "tag TEXT, value INTEGER, code INTEGER UNIQUE)",
  "CREATE INDEX item_owner ON item(owner_id)",
  "CREATE INDEX item_tag ON item(tag, value)",
  "CREATE TABLE log(id INTEGER PRIMARY KEY, what TEXT)",
  "CREATE VIEW rich AS SELECT o.name, i.id, i.value FROM owner o JOIN item i ON i.owner_id = o.id",
  "CREATE TRIGGER item_log AFTER DELETE ON item BEGIN INSERT INTO log(what) VALUES ('gone ' || OLD.id); END",
];

const queries: readonly (readonly [string, (random: Random) => SqlParam[]])[] = [
  ["SELECT * FROM item WHERE id = ?", (r) => [r.below(30)]],
  ["SELECT id, value FROM item WHERE owner_id = ? ORDER BY id", (r) => [r.below(6)]],
  ["SELECT id, value, tag FROM item WHERE tag = ? ORDER BY value, id", (r) => [`t${r.below(4)}`]],
  ["SELECT id, tag FROM item WHERE id >= ? AND id < ? ORDER BY id", (r) => [r.below(15), 10 + r.below(20)]],
  ["SELECT id, value FROM item WHERE id > ? ORDER BY id LIMIT 3", (r) => [r.below(20)]],
  [
    "SELECT id FROM item WHERE owner_id = ? AND value > ? ORDER BY value DESC, id",
    (r) => [r.below(6), r.below(50)],
  ],
  ["SELECT SUM(value) AS s, COUNT(*) AS c FROM item WHERE owner_id = ?", (r) => [r.below(6)]],
  ["SELECT COUNT(*) AS c FROM item", () => []],
  ["SELECT tag, COUNT(*) AS c FROM item GROUP BY tag ORDER BY tag", () => []],
  ["SELECT * FROM rich WHERE value > ? ORDER BY id", (r) => [r.below(50)]],
  [
    "SELECT i.id, o.name FROM item i JOIN owner o ON o.id = i.owner_id WHERE o.id = ? ORDER BY i.id",
    (r) => [r.below(6)],
  ],
  [
    "WITH big AS (SELECT id, owner_id FROM item WHERE value > ?) SELECT id FROM big ORDER BY id",
    (r) => [r.below(80)],
  ],
  [
    "SELECT name FROM owner WHERE id IN (SELECT owner_id FROM item WHERE value < ?) ORDER BY id",
    (r) => [r.below(50)],
  ],
  [
    "SELECT a.id, b.id AS other FROM item a JOIN item b ON b.owner_id = a.owner_id WHERE a.id = ? ORDER BY b.id",
    (
      r,
    ) => [r.below(30)],
  ],
  ["SELECT what FROM log ORDER BY id DESC LIMIT 4", () => []],
  ["SELECT id, extra FROM item WHERE id < ? ORDER BY id", (r) => [r.below(30)]],
];

function one(sql: string, ...params: SqlParam[]): Statement {
  return { sql, rows: [params], isBatch: false };
}

function randomStatement(r: Random): Statement {
  const id = r.below(30);
  const owner = r.below(6);
  const tag = `t${r.below(4)}`;
  const value = r.below(100);
  const row = [id, owner, tag, value, r.below(40)];
  switch (r.below(20)) {
    case 0:
    case 1:
      return one("INSERT INTO item(id, owner_id, tag, value, code) VALUES (?, ?, ?, ?, ?)", ...row);
    case 2:
      return one(
        "INSERT OR REPLACE INTO item(id, owner_id, tag, value, code) VALUES (?, ?, ?, ?, ?)",
        ...row,
      );
    case 3:
      return one(
        "INSERT INTO item(id, owner_id, tag, value, code) VALUES (?, ?, ?, ?, ?) " +
          "ON CONFLICT(id) DO UPDATE SET value = excluded.value, tag = excluded.tag",
        ...row,
      );
    case 4:
    case 5:
    case 6:
      return one("UPDATE item SET value = ? WHERE id = ?", value, id);
    case 7:
      return one("UPDATE item SET owner_id = ? WHERE id = ?", owner, id);
    case 8:
      return one("UPDATE item SET tag = ?, value = value + 1 WHERE owner_id = ?", tag, owner);
    case 9:
      return one("UPDATE OR REPLACE item SET code = ? WHERE id = ?", r.below(40), id);
    case 10:
      return one("UPDATE OR IGNORE item SET id = ? WHERE id = ?", r.below(30), id);
    case 11:
      return one("DELETE FROM item WHERE id = ?", id);
    case 12:
      return r.oneIn(3)
        ? one("DELETE FROM owner WHERE id = ?", owner)
        : one("UPDATE item SET value = value WHERE 1 = 0");
    case 13:
      return one("INSERT OR REPLACE INTO owner(id, name) VALUES (?, ?)", owner, `name${value}`);
    case 14:
      return one("INSERT INTO log(what) VALUES (?)", `w${value}`);
    case 15:
      return {
        sql: "INSERT INTO item(owner_id, tag, value) VALUES (?, ?, ?)",
        rows: Array.from({ length: 1 + r.below(4) }, () => [r.below(6), tag, r.below(100)]),
        isBatch: true,
      };
    case 16:
      return {
        sql: "UPDATE item SET value = ? WHERE id = ?",
        rows: Array.from({ length: 1 + r.below(4) }, () => [r.below(100), r.below(30)]),
        isBatch: true,
      };
    case 17:
      return one(
        "INSERT OR FAIL INTO item(id, value) SELECT id + 1, value FROM item WHERE id < ? ORDER BY id DESC",
        id,
      );
    case 18:
      return one("DELETE FROM item WHERE value > ?", 85);
    default:
      return r.oneIn(2) ? one("UPDATE item SET value = ? WHERE tag = ?", value, tag) : randomSchemaChange(r);
  }
}

function randomSchemaChange(r: Random): Statement {
  return one(r.pick([
    "CREATE INDEX IF NOT EXISTS item_value ON item(value)",
    "DROP INDEX IF EXISTS item_value",
    "DROP INDEX IF EXISTS item_owner",
    "CREATE INDEX IF NOT EXISTS item_owner ON item(owner_id)",
    "ALTER TABLE item ADD COLUMN extra INTEGER DEFAULT 7",
    "ALTER TABLE item DROP COLUMN extra",
    "DROP TABLE IF EXISTS log",
    "CREATE TABLE IF NOT EXISTS log(id INTEGER PRIMARY KEY, what TEXT)",
    "DROP TRIGGER IF EXISTS item_log",
    "CREATE TRIGGER IF NOT EXISTS item_sum AFTER UPDATE OF value ON item BEGIN " +
    "UPDATE owner SET name = 'n' || NEW.value WHERE id = NEW.owner_id; END",
  ]));
}

function randomGroup(r: Random, depth: number): Group {
  const steps: (Statement | Group)[] = [];
  for (let i = 1 + r.below(4); i > 0; i--) {
    steps.push(depth < 2 && r.oneIn(3) ? randomGroup(r, depth + 1) : randomStatement(r));
  }
  return { steps, rollsBack: r.oneIn(3) };
}

class Undone extends Error {}

async function run(target: Pick<Transaction, "execute" | "executeBatch">, step: Statement): Promise<void> {
  try {
    if (step.isBatch) await target.executeBatch(step.sql, step.rows);
    else await target.execute(step.sql, step.rows[0]!);
  } catch (error) {
    if (!(error instanceof EngineError) || error.sqliteCode === null) throw error;
  }
}

async function runGroup(target: Pick<Transaction, "transaction">, group: Group): Promise<void> {
  await target.transaction(async (tx) => {
    for (const step of group.steps) {
      if ("steps" in step) await runGroup(tx, step);
      else await run(tx, step);
    }
    if (group.rollsBack) throw new Undone();
  }).catch((error) => {
    if (!(error instanceof Undone)) throw error;
  });
}

/** The oracle: same statements, plain synchronous SQLite. */
class Oracle {
  readonly #db = new DatabaseSync(":memory:", { enableForeignKeyConstraints: true });
  /** Per query, its result after each commit. */
  readonly #states = new Map<string, string[]>();

  run(step: Statement | Group): void {
    this.#apply(step, 0);
    for (const [key, states] of this.#states) states.push(this.#read(key));
  }

  watch(sql: string, params: readonly SqlParam[]): string {
    const key = JSON.stringify([sql, params]);
    if (!this.#states.has(key)) this.#states.set(key, [this.#read(key)]);
    return key;
  }

  states(key: string): readonly string[] {
    return this.#states.get(key)!;
  }

  close(): void {
    this.#db.close();
  }

  #read(key: string): string {
    const [sql, params] = JSON.parse(key) as [string, SqlParam[]];
    try {
      const rows = this.#db.prepare(sql).all(...params.map(toBindable) as SQLInputValue[]);
      return JSON.stringify(rows);
    } catch {
      return "error";
    }
  }

  #apply(step: Statement | Group, depth: number): void {
    if ("steps" in step) {
      this.#db.exec(`SAVEPOINT s${depth}`);
      for (const each of step.steps) this.#apply(each, depth + 1);
      if (step.rollsBack) this.#db.exec(`ROLLBACK TO s${depth}`);
      this.#db.exec(`RELEASE s${depth}`);
      return;
    }
    if (step.isBatch) this.#db.exec("SAVEPOINT batch");
    try {
      const statement = this.#db.prepare(step.sql);
      for (const row of step.rows) statement.run(...row.map(toBindable) as SQLInputValue[]);
    } catch {
      if (step.isBatch) this.#db.exec("ROLLBACK TO batch");
    }
    if (step.isBatch) this.#db.exec("RELEASE batch");
  }
}

interface Watcher {
  readonly key: string;
  readonly emissions: Emissions;
  open: boolean;
}

function checkWatcher(oracle: Oracle, watcher: Watcher, label: string): void {
  const states = oracle.states(watcher.key);
  let at = 0;
  watcher.emissions.all.forEach((item, i) => {
    const shown = item instanceof EngineError ? "error" : JSON.stringify(item);
    const found = states.indexOf(shown, at);
    assert.ok(
      found >= 0,
      `${label}: emission ${i} of ${watcher.key} equals no state from commit ${at} on: ${shown}; states ${
        [...new Set(states.slice(-6))].join(" ")
      }`,
    );
    at = found;
  });
  if (!watcher.open) return;
  const last = watcher.emissions.last;
  const shown = last instanceof EngineError ? "error" : JSON.stringify(last);
  assert.equal(shown, states.at(-1), `${label}: the last emission of ${watcher.key} is not the last state`);
}

async function runHistory(db: Database, seed: number, steps: number, label: string): Promise<void> {
  const r = new Random(seed);
  const oracle = new Oracle();
  const both = async (step: Statement) => {
    oracle.run(step);
    await run(db, step);
  };
  for (const sql of schema) await both(one(sql));
  for (let id = 0; id < 6; id++) await both(one("INSERT INTO owner VALUES (?, ?)", id, `name${id}`));
  await both({
    sql: "INSERT INTO item(id, owner_id, tag, value, code) VALUES (?, ?, ?, ?, ?)",
    rows: Array.from({ length: 20 }, (_, i) => [i, i % 6, `t${i % 4}`, i * 3, i]),
    isBatch: true,
  });
  // A subscriber that comes while writes are under way may be shown the state before them: all states are kept.
  const pool = Array.from({ length: 30 }, () => {
    const [sql, makeParams] = r.pick(queries);
    const params = makeParams(r);
    return { sql, params, key: oracle.watch(sql, params) };
  });
  const watchers: Watcher[] = [];
  const pending: Promise<unknown>[] = [];
  for (let i = 0; i < steps; i++) {
    if (r.oneIn(4) && watchers.length < 60) {
      const { sql, params, key } = r.pick(pool);
      watchers.push({ key, emissions: new Emissions(db.watch(sql, params)), open: true });
    }
    if (r.oneIn(12)) {
      const watcher = watchers.find((each) => each.open);
      if (watcher !== undefined) {
        watcher.open = false;
        watcher.emissions[Symbol.dispose]();
      }
    }
    if (r.oneIn(5)) {
      const group = randomGroup(r, 0);
      oracle.run(group);
      pending.push(runGroup(db, group));
    } else {
      const step = randomStatement(r);
      oracle.run(step);
      pending.push(run(db, step));
    }
    // Some writes are pipelined, some awaited, some followed by turns of the event loop in which results arrive.
    if (!r.oneIn(4)) await Promise.all(pending.splice(0));
    for (let turns = r.below(4); turns > 0; turns--) {
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    if (r.oneIn(10)) await quiet(db);
  }
  await Promise.all(pending);
  await quiet(db);
  for (const watcher of watchers) checkWatcher(oracle, watcher, label);
  for (const watcher of watchers) watcher.emissions[Symbol.dispose]();
  oracle.close();
}

const variants: readonly OpenOptions[] = [
  ...coalescingPolicies.map((policy) => ({ policy })),
  { policy: "latest-wins", holdMs: 0, outdatedBoundMs: 0 },
  { policy: "latest-wins", holdMs: 1, outdatedBoundMs: 1000 },
  { policy: "per-commit", grain: "column" },
  { policy: "per-commit", grain: "table", readers: 1 },
  { policy: "latest-wins", writer: "caller" },
  { policy: "per-commit", writer: "auto", callerBudgetMs: 0.1 },
  { policy: "latest-wins", patch: "on" },
];

const inMemory: readonly OpenOptions[] = [
  { policy: "latest-wins" },
  { policy: "per-commit", callerBudgetMs: 0.05, grain: "column" },
];

for (
  const [place, open, options] of [
    ...variants.map((each) => ["", withDatabase, each] as const),
    ...inMemory.map((each) => [" in memory", withMemory, each] as const),
  ]
) {
  const name = `${JSON.stringify(options)}${place}`;
  Deno.test({
    name:
      `watch() shows only committed states in order, and the last one, when histories are random: ${name}`,
    ...strict,
    async fn() {
      const replay = Deno.env.get("WATCHLITE_SEED");
      const first = replay === undefined ? 1 + Math.floor(Date.now() % 1e6) * 100 : Number(replay);
      const runs = replay === undefined ? Number(Deno.env.get("WATCHLITE_RUNS") ?? 2) : 1;
      for (let seed = first; seed < first + runs; seed++) {
        await open(options, (db) => runHistory(db, seed, 150, `WATCHLITE_SEED=${seed} ${name}`));
      }
    },
  });
}
