/** SQLite is asked the same as the oracle: a history that it refuses, or answers otherwise, would accuse everybody. */
import assert from "node:assert/strict";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import fc from "fast-check";
import { createTableSql } from "../../model/sql.ts";
import type { Args, Row } from "../../model/value.ts";
import type { History, Step } from "../history.ts";
import { commitsOf, HistoryTruth, wholeTable } from "../history_truth.ts";
import { caseArbitrary } from "./case_arbitrary.ts";
import { scenarioHistory, scenarioText } from "./scenario_text.ts";
import { schemaArbitrary } from "./schema_arbitrary.ts";
import { smallerHistories } from "./smaller_histories.ts";
import { historyTraits, isBlocked, TRAITS } from "./traits.ts";
import { insert, type Query, select, unqualified } from "../../model/statement.ts";

const histories: fc.Arbitrary<History> = schemaArbitrary.chain((tables) =>
  caseArbitrary(tables, { isLive: true, isOrdered: true }).map((steps) => ({ tables, steps }))
);

/** Throws unless SQLite takes every write and gives every answer that the truth expects. */
function requireSqliteAgrees(history: History): void {
  using database = new DatabaseSync(":memory:");
  for (const sql of history.tables.flatMap((table) => createTableSql(table, "sqlite"))) database.exec(sql);
  const truth = new HistoryTruth(history, true);
  const all = (sql: string, args: Args) => database.prepare(sql).all(...args as SQLInputValue[]) as Row[];
  let commitCount = 0;
  for (const step of history.steps) {
    if (step.do === "read" || step.do === "watch") {
      const { query, args } = step;
      const rows = all(query.sql, args);
      const columns = query.kind === "select" ? query.columns.map(unqualified) : [query.as];
      assert.deepEqual(Object.keys(rows[0] ?? {}).sort(), rows.length === 0 ? [] : columns.toSorted());
      assert.ok(
        truth.of(query, args).isAt(commitCount, rows),
        `${query.sql} ${JSON.stringify(args)}: ${JSON.stringify(rows)}`,
      );
    }
    if (step.do !== "write" && step.do !== "batch") continue;
    for (const args of step.do === "batch" ? step.rows : [step.args]) {
      database.prepare(step.statement.sql).run(...args as SQLInputValue[]);
    }
    commitCount += commitsOf(step, true).length;
  }
  assert.equal(commitCount, truth.commitCount);
  for (const table of history.tables) {
    const query = wholeTable(table);
    assert.ok(truth.of(query, []).isAt(commitCount, all(query.sql, [])), table.name);
  }
}

Deno.test("caseArbitrary() makes histories that SQLite takes and answers as the oracle does", () => {
  fc.assert(fc.property(histories, requireSqliteAgrees), { numRuns: 300 });
});

Deno.test("caseArbitrary() brings about every trait", () => {
  const seen = new Set(
    fc.sample(histories, { seed: 1, numRuns: 600 }).flatMap((history) =>
      historyTraits(history).flatMap((traits) => [...traits])
    ),
  );
  assert.deepEqual(Object.keys(TRAITS).filter((trait) => !seen.has(trait as keyof typeof TRAITS)), []);
});

Deno.test("caseArbitrary() watches nothing where there are no live queries", () => {
  const quiet = schemaArbitrary.chain((tables) => caseArbitrary(tables, { isLive: false, isOrdered: false }));
  for (const steps of fc.sample(quiet, { seed: 1, numRuns: 100 })) {
    assert.ok(steps.every((step) => step.do !== "watch" && step.do !== "close" && !("isAwaited" in step)));
  }
});

Deno.test("smallerHistories() gives histories that SQLite takes and answers as the oracle does", () => {
  let smallerCount = 0;
  fc.assert(
    fc.property(histories, (history) => {
      for (const smaller of smallerHistories(history)) {
        smallerCount++;
        requireSqliteAgrees(smaller);
      }
    }),
    { numRuns: 60 },
  );
  assert.ok(smallerCount > 60);
});

Deno.test("smallerHistories() counts streams anew when one is not opened", () => {
  const tables = fc.sample(schemaArbitrary, { seed: 3, numRuns: 1 })[0]!;
  const [a, b, c] = tables.map(wholeTable) as [Query, Query, Query];
  const watch = (query: Query): Step => ({ do: "watch", query, args: [] });
  const steps: Step[] = [watch(a), watch(b), watch(c), { do: "close", stream: 1 }, {
    do: "close",
    stream: 2,
  }];
  const smaller = [...smallerHistories({ tables, steps })].map((history) => history.steps);
  const without = (query: Query) =>
    smaller.find((kept) =>
      kept.length < steps.length && !kept.some((step) => "query" in step && step.query === query)
    );
  assert.deepEqual(without(b), [watch(a), watch(c), { do: "close", stream: 1 }]);
  assert.deepEqual(without(a), [watch(b), watch(c), { do: "close", stream: 0 }, { do: "close", stream: 1 }]);
});

Deno.test("smallerHistories() ends with what the history needs", () => {
  const tables = fc.sample(schemaArbitrary, { seed: 3, numRuns: 1 })[0]!;
  let history: History = {
    tables,
    steps: [{
      do: "read",
      query: wholeTable({ ...tables[1]!, columns: tables[1]!.columns.slice(0, 2) }),
      args: [],
    }],
  };
  for (let isSmaller = true; isSmaller;) {
    const next = smallerHistories(history).next();
    isSmaller = next.done !== true;
    if (!next.done) history = next.value;
  }
  assert.deepEqual(history.tables.map(({ name, columns }) => [name, columns.length]), [["b", 1]]);
});

Deno.test("scenarioHistory() reads the history of which scenarioText() made a text", () => {
  fc.assert(
    fc.property(histories, (history) => {
      const text = scenarioText("found/x", history, ["a: was wrong\nin two lines"]);
      assert.match(text, /^\/\/ a: was wrong\n\/\/ in two lines\nfound\("found\/x", \{$/m);
      // Prototypes do not count.
      const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
      assert.deepEqual(plain(scenarioHistory(text)), plain(history));
    }),
    { numRuns: 60 },
  );
});

Deno.test("scenarioHistory() refuses what is no scenario", () => {
  assert.throws(() => scenarioHistory("Deno.exit(1)"), {
    name: "SyntaxError",
    message: 'Cannot play a scenario again as it must begin with found("<key>", {: got "Deno.exit(1)"',
  });
});

Deno.test("isBlocked() leaves out a history only when one of its queries has all traits of a known fault", () => {
  const table = {
    name: "a",
    columns: [{ name: "id", type: "integer" as const }],
    primaryKey: "id",
    indexes: [],
  };
  const query = select({ table: "a", columns: ["id"], where: [], orderBy: [], limit: { value: 1 } });
  const history: History = {
    tables: [table],
    steps: [
      { do: "write", statement: insert({ table: "a", columns: ["id"] }), args: [-1] },
      { do: "watch", query, args: [] },
      { do: "read", query: wholeTable(table), args: [] },
    ],
  };
  assert.ok(isBlocked(history, [["watch", "limit"]]));
  assert.ok(isBlocked(history, [["delete"], ["negative-key"]]));
  assert.ok(!isBlocked(history, [["read", "limit"], ["watch", "limit", "update"]]));
  assert.ok(!isBlocked(history, []));
});
