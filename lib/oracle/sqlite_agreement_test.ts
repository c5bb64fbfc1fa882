import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import type { TransactionStep } from "../model/adapter.ts";
import type { Seed, Table } from "../model/schema.ts";
import { createTableSql } from "../model/sql.ts";
import { count, insert, type Query, remove, select, sum, update, upsert } from "../model/statement.ts";
import type { Row, Value } from "../model/value.ts";
import type { BoundQuery, Operation } from "../model/workload.ts";
import { expectOf, isFinal, judge, logOf, phaseOf } from "./hand_made_log.ts";
import { Truth } from "./truth.ts";
import { resultsEqual } from "./value_equality.ts";

// SQLite evaluates every query from scratch after every operation: the brute force that the truth must agree with.

/** Tables with a nullable column, an automatic key, a unique column, and keys that start at 0. */
const TABLES: readonly Table[] = [
  {
    name: "users",
    primaryKey: "id",
    columns: [{ name: "id", type: "integer" }, { name: "name", type: "text" }],
    indexes: [],
  },
  {
    name: "items",
    primaryKey: "id",
    columns: [
      { name: "id", type: "integer" },
      { name: "owner", type: "integer" },
      { name: "rank", type: "integer", nullable: true },
      { name: "body", type: "text" },
    ],
    indexes: [{ name: "items_owner", columns: [{ column: "owner" }, { column: "rank", descending: true }] }],
  },
  {
    name: "notes",
    primaryKey: "id",
    autoKey: true,
    columns: [
      { name: "id", type: "integer" },
      { name: "ext", type: "integer", unique: true },
      { name: "text", type: "text" },
    ],
    indexes: [],
  },
];

/** The rows that every history starts with. */
const SEEDS: readonly Seed[] = [
  seed("users", 1, 3, (key) => ({ id: key, name: `n${key % 2}` })),
  seed(
    "items",
    0,
    8,
    (key) => ({ id: key, owner: key % 4, rank: key % 3 === 0 ? null : key % 3, body: `b${key}` }),
  ),
  seed("notes", 1, 4, (key) => ({ id: key, ext: 2 * key, text: "seed" })),
];

function seed(table: string, firstKey: number, rowCount: number, rowOf: (key: number) => Row): Seed {
  return { table, firstKey, rowCount, batchSize: 100, row: (index) => rowOf(firstKey + index) };
}

const asc = (column: string) => ({ column, descending: false });
const desc = (column: string) => ({ column, descending: true });
const param = (name: string) => ({ param: name });
const whole = ["id", "owner", "rank", "body"];

/** Queries of every kind, each with the number of its arguments. All arguments are small integers. */
const QUERIES: Readonly<Record<string, Query>> = {
  byKey: select({
    table: "items",
    columns: whole,
    where: [{ kind: "equal", column: "id", operand: param("id") }],
    orderBy: [],
  }),
  byOwner: select({
    table: "items",
    columns: ["id", "rank"],
    where: [{ kind: "equal", column: "owner", operand: param("owner") }],
    orderBy: [asc("id")],
  }),
  byOwnerUnordered: select({
    table: "items",
    columns: ["rank"],
    where: [{ kind: "equal", column: "owner", operand: { value: 1 } }],
    orderBy: [],
  }),
  byTwoColumns: select({
    table: "items",
    columns: ["body", "id"],
    where: [
      { kind: "equal", column: "owner", operand: param("owner") },
      { kind: "equal", column: "rank", operand: param("rank") },
    ],
    orderBy: [desc("body"), asc("id")],
  }),
  keyRange: select({
    table: "items",
    columns: ["id", "body"],
    where: [{ kind: "range", column: "id", from: param("from"), below: param("below") }],
    orderBy: [asc("id")],
  }),
  openKeyRange: select({
    table: "items",
    columns: ["id", "body"],
    where: [{ kind: "range", column: "id", from: param("from") }],
    orderBy: [],
    limit: param("limit"),
  }),
  belowRank: select({
    table: "items",
    columns: ["body", "rank"],
    where: [{ kind: "range", column: "rank", below: param("below") }],
    orderBy: [asc("rank")],
  }),
  topTied: select({
    table: "items",
    columns: ["id", "rank"],
    where: [],
    orderBy: [desc("rank")],
    limit: param("limit"),
  }),
  top: select({
    table: "items",
    columns: ["id", "body"],
    where: [],
    orderBy: [desc("rank"), desc("id")],
    limit: param("limit"),
  }),
  topOfOwner: select({
    table: "items",
    columns: ["id", "rank", "owner"],
    where: [{ kind: "equal", column: "owner", operand: param("owner") }],
    orderBy: [asc("body"), asc("id")],
    limit: { value: 2 },
  }),
  nextPage: select({
    table: "items",
    columns: ["id", "rank"],
    where: [{ kind: "before", columns: ["rank", "id"], operands: [param("rank"), param("id")] }],
    orderBy: [desc("rank"), desc("id")],
    limit: param("limit"),
  }),
  joined: select({
    table: "items",
    as: "m",
    join: { table: "users", as: "u", left: "m.owner", right: "u.id" },
    columns: ["m.id", "m.body", "u.name"],
    where: [{ kind: "equal", column: "m.owner", operand: param("owner") }],
    orderBy: [desc("m.rank")],
    limit: param("limit"),
  }),
  joinedAll: select({
    table: "items",
    as: "m",
    join: { table: "users", as: "u", left: "m.owner", right: "u.id" },
    columns: ["u.name", "m.id"],
    where: [{ kind: "range", column: "u.id", from: param("from") }],
    orderBy: [asc("u.name"), asc("m.id")],
  }),
  joinedTop: select({
    table: "items",
    as: "m",
    join: { table: "users", as: "u", left: "m.owner", right: "u.id" },
    columns: ["m.id", "u.name"],
    where: [],
    orderBy: [desc("u.name"), asc("m.id")],
    limit: param("limit"),
  }),
  countAll: count({ table: "items", as: "c", where: [] }),
  countOwner: count({
    table: "items",
    as: "c",
    where: [{ kind: "equal", column: "owner", operand: param("owner") }],
  }),
  countRank: count({
    table: "items",
    as: "n",
    where: [{ kind: "range", column: "rank", from: param("from"), below: param("below") }],
  }),
  sumOwners: sum({ table: "items", column: "owner", as: "s", where: [] }),
  sumRank: sum({
    table: "items",
    column: "owner",
    as: "s",
    where: [{ kind: "range", column: "rank", from: param("from"), below: param("below") }],
  }),
  notes: select({ table: "notes", columns: ["id", "ext", "text"], where: [], orderBy: [asc("ext")] }),
  noteByExt: select({
    table: "notes",
    columns: ["id", "text"],
    where: [{ kind: "equal", column: "ext", operand: param("ext") }],
    orderBy: [],
  }),
  countNotes: count({ table: "notes", as: "c", where: [] }),
};

const insertUser = insert({ table: "users", columns: ["id", "name"] });
const renameUser = update({ table: "users", set: [{ column: "name", param: "name" }], keyColumn: "id" });
const removeUser = remove({ table: "users", keyColumn: "id" });
const insertItem = insert({ table: "items", columns: whole });
const insertUnranked = insert({ table: "items", columns: ["body", "id", "owner"] });
const updateBody = update({ table: "items", set: [{ column: "body", param: "body" }], keyColumn: "id" });
const moveItem = update({
  table: "items",
  set: [{ column: "owner", param: "owner" }, { column: "rank", param: "rank" }],
  keyColumn: "id",
});
const raiseItem = update({ table: "items", set: [{ column: "rank", increment: 1 }], keyColumn: "id" });
const rekeyItem = update({ table: "items", set: [{ column: "id", param: "id" }], keyColumn: "id" });
const removeItem = remove({ table: "items", keyColumn: "id" });
const insertNote = insert({ table: "notes", columns: ["ext", "text"] });
const mergeNote = upsert({ table: "notes", mode: "update", conflictColumn: "ext", columns: ["ext", "text"] });
const replaceNote = upsert({
  table: "notes",
  mode: "replace",
  conflictColumn: "ext",
  columns: ["ext", "text"],
});
const editNote = update({ table: "notes", set: [{ column: "text", param: "text" }], keyColumn: "ext" });

const key = fc.nat(11);
const small = fc.nat(4);
const rank = fc.option(small, { nil: null, freq: 3 });
const text = fc.constantFrom("", "a", "b", "B", "é", "\u{1f600}", "\uffee");

/** One write or batch. Some writes break a constraint; {@link validOperations} drops them. */
const arbitraryOperation: fc.Arbitrary<Operation> = fc.oneof(
  write(insertUser, fc.tuple(small, text)),
  write(renameUser, fc.tuple(text, small)),
  write(removeUser, fc.tuple(small)),
  write(insertItem, fc.tuple(key, small, rank, text)),
  write(insertUnranked, fc.tuple(text, key, small)),
  write(updateBody, fc.tuple(text, key)),
  write(moveItem, fc.tuple(small, rank, key)),
  write(raiseItem, fc.tuple(key)),
  write(rekeyItem, fc.tuple(key, key)),
  write(removeItem, fc.tuple(key)),
  write(insertNote, fc.tuple(key, text)),
  write(mergeNote, fc.tuple(key, text)),
  write(replaceNote, fc.tuple(key, text)),
  write(editNote, fc.tuple(text, key)),
  batch(moveItem, fc.tuple(small, rank, key)),
  batch(removeItem, fc.tuple(key)),
  batch(mergeNote, fc.tuple(key, text)),
  batch(replaceNote, fc.tuple(key, text)),
);

/** A query with arguments that mostly hit something; a limit of -1 is none. */
const arbitraryBoundQuery: fc.Arbitrary<BoundQuery> = fc.constantFrom(...Object.values(QUERIES)).chain(
  (query) =>
    fc.array(fc.integer({ min: -1, max: 6 }), {
      minLength: query.params.length,
      maxLength: query.params.length,
    })
      .map((args) => ({ query, args })),
);

/** The operations that no constraint refuses, when those before them have run. */
function validOperations(operations: readonly Operation[]): Operation[] {
  const truth = new Truth(TABLES, SEEDS);
  return operations.filter((operation) => {
    try {
      truth.apply(operation);
      return true;
    } catch {
      return false;
    }
  });
}

type Writable = Extract<Operation, { kind: "write" }>["statement"];

function write(statement: Writable, args: fc.Arbitrary<Value[]>): fc.Arbitrary<Operation> {
  return args.map((values) => ({ kind: "write", label: statement.kind, statement, args: values }));
}

function batch(statement: Writable, args: fc.Arbitrary<Value[]>): fc.Arbitrary<Operation> {
  return fc.array(args, { maxLength: 5 }).map((rows) => ({
    kind: "batch",
    label: `${statement.kind} batch`,
    statement,
    rows,
  }));
}

/** An in-memory database that runs the statements' own SQL. */
class Sqlite {
  readonly #db = new DatabaseSync(":memory:");

  constructor() {
    for (const table of TABLES) {
      for (const sql of createTableSql(table, "sqlite")) this.#db.exec(sql);
      const names = table.columns.map(({ name }) => name);
      const insert = this.#db.prepare(
        `INSERT INTO ${table.name}(${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`,
      );
      for (const { row, rowCount } of SEEDS.filter((seed) => seed.table === table.name)) {
        for (let i = 0; i < rowCount; i += 1) insert.run(...names.map((name) => row(i)[name] as null));
      }
    }
  }

  apply(operation: Operation): void {
    if (operation.kind === "read" || operation.kind === "navigate") return;
    if (operation.kind === "transaction") return this.#transact(operation.steps);
    const statement = this.#db.prepare(operation.statement.sql);
    const rows = operation.kind === "batch" ? operation.rows : [operation.args];
    for (const args of rows) statement.run(...args as null[]);
  }

  #transact(steps: readonly TransactionStep[]): void {
    this.#db.exec("BEGIN");
    const isKept = this.#play(steps, 0);
    this.#db.exec(isKept ? "COMMIT" : "ROLLBACK");
  }

  /** `false` at a step that undoes all. */
  #play(steps: readonly TransactionStep[], depth: number): boolean {
    return steps.every((step) => {
      if (step.kind === "write") this.#db.prepare(step.statement.sql).run(...step.args as null[]);
      if (step.kind !== "savepoint") return step.kind !== "rollback";
      this.#db.exec(`SAVEPOINT s${depth}`);
      const isKept = this.#play(step.steps, depth + 1);
      if (step.isRolledBack) this.#db.exec(`ROLLBACK TO s${depth}`);
      this.#db.exec(`RELEASE s${depth}`);
      return isKept;
    });
  }

  read({ query, args }: BoundQuery): Row[] {
    return this.#db.prepare(query.sql).all(...args as null[]) as Record<string, Value>[];
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }
}

function isTotal(bound: BoundQuery): boolean {
  const { byOwnerUnordered, openKeyRange, belowRank, topTied, joined } = QUERIES;
  return ![byOwnerUnordered, openKeyRange, belowRank, topTied, joined].includes(bound.query);
}

const history = fc.array(arbitraryOperation, { maxLength: 20 }).map(validOperations);

Deno.test("Truth.read() agrees with SQLite after every operation", () => {
  fc.assert(
    fc.property(
      history,
      fc.array(arbitraryBoundQuery, { minLength: 1, maxLength: 6 }),
      (operations, bounds) => {
        using sqlite = new Sqlite();
        const truth = new Truth(TABLES, SEEDS);
        for (const operation of operations) {
          truth.apply(operation);
          sqlite.apply(operation);
          for (const bound of bounds) {
            const rows = sqlite.read(bound);
            const expectation = expectOf(truth, phaseOf({ watches: [bound] }), []);
            assert.ok(
              isFinal(expectation, 0, rows),
              `${bound.query.sql} ${JSON.stringify([bound.args, rows])}`,
            );
            if (isTotal(bound)) {
              assert.deepEqual(truth.read(bound.query, bound.args), rows.map((row) => ({ ...row })));
            }
          }
        }
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("Truth.apply() refuses what SQLite refuses", () => {
  fc.assert(
    fc.property(history, arbitraryOperation, (operations, last) => {
      using sqlite = new Sqlite();
      const truth = new Truth(TABLES, SEEDS);
      for (const operation of operations) {
        truth.apply(operation);
        sqlite.apply(operation);
      }
      const accepts = (target: { apply(operation: Operation): void }) => {
        try {
          target.apply(last);
          return true;
        } catch {
          return false;
        }
      };
      assert.equal(accepts(truth), accepts(sqlite));
    }),
    { numRuns: 300 },
  );
});

Deno.test("Truth.advance() finds a stream that shows every result of SQLite perfect", () => {
  fc.assert(
    fc.property(
      history,
      fc.array(arbitraryBoundQuery, { minLength: 1, maxLength: 6 }),
      (operations, watches) => {
        using sqlite = new Sqlite();
        const columnsOf = ({ query }: BoundQuery) =>
          query.kind === "select" ? query.columns.map((name) => name.replace(/^.*\./, "")) : [query.as];
        const shown = watches.map((watch) => [{ atNs: 0, rows: sqlite.read(watch) }]);
        for (const [k, operation] of operations.entries()) {
          sqlite.apply(operation);
          for (const [i, watch] of watches.entries()) {
            const rows = sqlite.read(watch);
            if (resultsEqual(shown[i]!.at(-1)!.rows, rows, columnsOf(watch))) continue;
            shown[i]!.push({ atNs: 100 * k + 160, rows });
          }
        }
        const truth = new Truth(TABLES, SEEDS);
        const judgement = judge(expectOf(truth, phaseOf({ watches }), operations), {
          ...logOf(operations.length, shown),
          finalReads: watches.map((watch) => sqlite.read(watch)),
        });
        assert.deepEqual(judgement.findings, []);
        assert.equal(judgement.streams!.emissionsRedundant, 0);
        if (!watches.every(isTotal)) return;
        const delivered = shown.reduce((sum, stream) => sum + stream.length - 1, 0);
        assert.equal(judgement.streams!.emissionsNeeded, delivered);
        assert.equal(judgement.streams!.emissionsDelivered, delivered);
        assert.equal(judgement.streams!.emissionsCoalesced, 0);
        assert.deepEqual([...new Set(judgement.streams!.freshnessNs)], delivered === 0 ? [] : [10]);
      },
    ),
    { numRuns: 300 },
  );
});
