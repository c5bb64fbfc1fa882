/** Scenarios of changes by condition, of everything, and of rows that a change removes on its way. */
import { type SqlStatement, sqlStatement } from "../model/statement.ts";
import type { Row } from "../model/value.ts";
import { expectRows } from "./expect.ts";
import * as db from "./fixtures.ts";
import { NEEDS, NotApplicable, type Scenario, type Stage } from "./scenario.ts";
import { isSqlite } from "./sql_dialect.ts";

const change = (sqlite: string, params: readonly string[] = [], postgres?: string): SqlStatement =>
  sqlStatement({
    tables: ["people"],
    params,
    sqlite,
    ...(postgres === undefined ? {} : { postgres }),
  });

interface Person {
  readonly id: number;
  readonly city: string | null;
  readonly score: number;
}

const PEOPLE: readonly Person[] = Array.from({ length: 12 }, (_, index) => ({
  id: index + 1,
  city: ["Rome", "Oslo", null][index % 3]!,
  score: index,
}));

/** Runs changes one after the other; after each, reads and live queries must show the rows that are left. */
function changing(
  key: string,
  steps: readonly {
    readonly statement: SqlStatement;
    readonly args?: readonly (string | number | null)[];
    readonly after: (people: readonly Person[]) => readonly Person[];
  }[],
): Scenario {
  return {
    key,
    needs: ["sql"],
    async run(stage) {
      const { session } = stage;
      let people = PEOPLE;
      await session.batch(db.addPerson, people.map(({ id, city, score }) => [id, `p${id}`, city, score]));
      const shown = await watchViews(stage, people);
      for (const [index, { statement, args = [], after }] of steps.entries()) {
        await session.write(statement, args);
        people = after(people);
        for (const [view, [query, queryArgs]] of VIEWS.entries()) {
          const rows = answers(people)[view]!;
          expectRows(await session.read(query, queryArgs), rows, `Read after change ${index}`);
          await shown[view]?.untilLast(rows, `View ${view} after change ${index}`);
        }
      }
      for (const recorder of shown) await recorder.close();
    },
  };
}

const VIEWS = [
  [db.peopleByCity, ["Rome"]],
  [db.bestPeople, [3]],
  [db.countPeople, []],
  [db.personById, [4]],
] as const;

function answers(people: readonly Person[]): readonly (readonly Row[])[] {
  const byId = people.toSorted((a, b) => a.id - b.id);
  return [
    byId.filter(({ city }) => city === "Rome").map(({ id }) => ({ id, name: `p${id}` })),
    byId.toSorted((a, b) => b.score - a.score || b.id - a.id).slice(0, 3).map(({ id, score }) => ({
      id,
      score,
    })),
    [{ total: people.length }],
    byId.filter(({ id }) => id === 4).map(({ id, city, score }) => ({ id, name: `p${id}`, city, score })),
  ];
}

async function watchViews({ watch, capabilities }: Stage, people: readonly Person[]) {
  if (!NEEDS.watch.has(capabilities)) return [];
  const recorders = [];
  for (const [view, [query, args]] of VIEWS.entries()) {
    const recorder = await watch(query, args);
    await recorder.untilLast(answers(people)[view]!, `View ${view} at first`);
    recorders.push(recorder);
  }
  return recorders;
}

/** See {@link Scenario}. */
export const CONDITION_SCENARIOS: readonly Scenario[] = [
  changing("condition/updates", [
    {
      statement: change("UPDATE people SET score = score + 100 WHERE city = ?", ["city"]),
      args: ["Oslo"],
      after: (people) => people.map((one) => one.city === "Oslo" ? { ...one, score: one.score + 100 } : one),
    },
    {
      statement: change("UPDATE people SET city = ? WHERE city IS NULL AND score > ?", ["city", "score"]),
      args: ["Rome", 5],
      after: (people) =>
        people.map((one) => one.city === null && one.score > 5 ? { ...one, city: "Rome" } : one),
    },
    // Nothing fulfils it.
    {
      statement: change("UPDATE people SET score = 0 WHERE city = 'nowhere'"),
      after: (people) => people,
    },
    {
      statement: change("UPDATE people SET score = -score, city = NULL"),
      after: (people) => people.map((one) => ({ ...one, score: -one.score, city: null })),
    },
  ]),
  changing("condition/deletes", [
    {
      statement: change("DELETE FROM people WHERE score >= ? AND score < ?", ["from", "below"]),
      args: [2, 5],
      after: (people) => people.filter(({ score }) => score < 2 || score >= 5),
    },
    {
      statement: change("DELETE FROM people WHERE city = 'Rome'"),
      after: (people) => people.filter(({ city }) => city !== "Rome"),
    },
    { statement: change("DELETE FROM people WHERE 1 = 0"), after: (people) => people },
  ]),
  changing("condition/deletes-everything", [{ statement: change("DELETE FROM people"), after: () => [] }]),
  changing("condition/inserts-from-a-query", [{
    statement: change(
      "INSERT INTO people(id, name, city, score) SELECT id + 100, 'p' || (id + 100), city, score + 50 " +
        "FROM people WHERE city = 'Rome'",
    ),
    after: (people) => [
      ...people,
      ...people.filter(({ city }) => city === "Rome").map(({ id, city, score }) => ({
        id: id + 100,
        city,
        score: score + 50,
      })),
    ],
  }]),
  changing("condition/changes-a-key", [{
    statement: change("UPDATE people SET id = 500, name = 'p500' WHERE id = 4"),
    after: (people) => people.map((one) => one.id === 4 ? { ...one, id: 500 } : one),
  }]),
  {
    key: "condition/upserts-hit-twice",
    async run({ session, watch, capabilities }) {
      const recorder = NEEDS.watch.has(capabilities) ? await watch(db.allItems) : undefined;
      const item = (external_id: number, payload: string) => ({ external_id, payload });
      for (const statement of [db.mergeItem, db.replaceItem]) {
        const base = statement.mode === "replace" ? 10 : 0;
        await session.batch(statement, [
          [base + 1, "a"],
          [base + 2, "b"],
          [base + 1, "again"],
          [base + 2, "b"],
          [base + 1, "and again"],
        ]);
        const rows = [
          ...base === 0 ? [] : [item(1, "and again"), item(2, "b")],
          item(base + 1, "and again"),
          item(base + 2, "b"),
        ];
        expectRows(await session.read(db.allItems, []), rows, "After upserts that hit a row several times");
        await recorder?.untilLast(rows, "Watched, after upserts that hit a row several times");
      }
      await recorder?.close();
    },
  },
  {
    key: "condition/replaces-two-rows-by-one",
    needs: ["sql"],
    async run({ session, watch, capabilities }) {
      if (!await isSqlite(session)) throw new NotApplicable("Its SQL has no REPLACE");
      // One row has its key, another one its unique value: both have to go.
      await session.batch(keyedItem, [[1, 10, "by key"], [2, 20, "by value"], [3, 30, "stays"]]);
      const recorders = NEEDS.watch.has(capabilities)
        ? [await watch(db.allItems), await watch(db.countItems)]
        : [];
      await session.write(replaceBoth, [1, 20, "new"]);
      const rows = [{ external_id: 20, payload: "new" }, { external_id: 30, payload: "stays" }];
      expectRows(await session.read(db.allItems, []), rows, "After one row has replaced two");
      await recorders[0]?.untilLast(rows, "Watched, after one row has replaced two");
      await recorders[1]?.untilLast([{ c: 2 }], "Counted, after one row has replaced two");
      for (const recorder of recorders) await recorder.close();
    },
  },
];

const keyedItem = sqlStatement({
  tables: ["items"],
  params: ["id", "external_id", "payload"],
  sqlite: "INSERT INTO items(id, external_id, payload) VALUES (?, ?, ?)",
});
const replaceBoth = sqlStatement({
  tables: ["items"],
  params: ["id", "external_id", "payload"],
  sqlite: "INSERT OR REPLACE INTO items(id, external_id, payload) VALUES (?, ?, ?)",
});
