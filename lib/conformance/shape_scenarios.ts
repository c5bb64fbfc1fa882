/**
 * Scenarios of queries in SQL's own words: joins of other shapes, offsets, aggregates, conditions. Each is read and watched
 * over the same history of writes; what it must answer is computed here, from rows that are kept beside the database.
 */
import type { Row } from "../model/value.ts";
import { select, type SelectQuery, type SqlStatement, sqlStatement } from "../model/statement.ts";
import { expectRows } from "./expect.ts";
import type { Recorder } from "./recorder.ts";
import { NEEDS, type Scenario, type Stage } from "./scenario.ts";
import { type Person, Rows, shapeHistory } from "./shape_history.ts";

interface Shape {
  readonly key: string;
  readonly statement: SelectQuery | SqlStatement;
  /** Default is SQL. */
  readonly needs?: Scenario["needs"];
  readonly args?: readonly (string | number)[];
  readonly answer: (rows: Rows) => Row[];
}

const { min, max } = Math;
const cities = (people: readonly Person[]) => [...new Set(people.map(({ city }) => city))].sort(byCity);
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** NULL first. */
function byCity(a: string | null, b: string | null): number {
  return a === b ? 0 : a === null ? -1 : b === null ? 1 : a < b ? -1 : 1;
}

const SHAPES: readonly Shape[] = [
  {
    key: "shape/offset",
    needs: ["offsets"],
    statement: select({
      table: "people",
      columns: ["id", "score"],
      where: [],
      orderBy: [{ column: "score", descending: true }, { column: "id", descending: false }],
      limit: { param: "limit" },
      offset: { param: "offset" },
    }),
    args: [3, 2],
    answer: ({ everyone }) =>
      everyone.map(({ id, score }) => ({ id, score })).sort((a, b) => b.score - a.score || a.id - b.id)
        .slice(2, 5),
  },
  {
    key: "shape/left-join",
    statement: sqlStatement({
      tables: ["people", "messages"],
      columns: ["pair", "id", "message_id"],
      sqlite:
        "SELECT p.id || '-' || COALESCE(m.id, 0) AS pair, p.id, m.id AS message_id FROM people p LEFT JOIN messages m ON m.sender_id = p.id AND m.room = 1 " +
        "WHERE m.id IS NULL OR m.sent_at < 1000 ORDER BY p.id, m.id",
    }),
    answer: (rows) =>
      rows.everyone.flatMap((person): Row[] => {
        const own = rows.messagesOf(person).filter(({ room }) => room === 1);
        if (own.length === 0) return [{ pair: `${person.id}-0`, id: person.id, message_id: null }];
        return own.filter(({ sentAt }) => sentAt < 1000).map(({ id }) => ({
          pair: `${person.id}-${id}`,
          id: person.id,
          message_id: id,
        }));
      }),
  },
  {
    key: "shape/one-to-many-join",
    statement: sqlStatement({
      tables: ["messages", "people"],
      columns: ["id", "name"],
      params: ["city"],
      sqlite:
        "SELECT m.id, p.name FROM people p JOIN messages m ON m.sender_id = p.id WHERE p.city = ? ORDER BY m.id",
    }),
    args: ["Rome"],
    answer: (rows) =>
      rows.everyone.filter(({ city }) => city === "Rome")
        .flatMap((person) => rows.messagesOf(person).map(({ id }) => ({ id, name: person.name })))
        .sort((a, b) => a.id - b.id),
  },
  {
    key: "shape/order-by-a-column-that-is-not-shown",
    statement: sqlStatement({
      tables: ["people"],
      columns: ["id"],
      sqlite: "SELECT id FROM people ORDER BY score DESC, id DESC LIMIT 4",
    }),
    answer: ({ everyone }) =>
      everyone.sort((a, b) => b.score - a.score || b.id - a.id).slice(0, 4).map(({ id }) => ({ id })),
  },
  {
    key: "shape/distinct",
    statement: sqlStatement({
      tables: ["people"],
      columns: ["city"],
      sqlite: "SELECT DISTINCT city FROM people WHERE city IS NOT NULL ORDER BY city",
    }),
    answer: ({ everyone }) => cities(everyone).filter((city) => city !== null).map((city) => ({ city })),
  },
  {
    key: "shape/sum-min-max",
    statement: sqlStatement({
      tables: ["people"],
      columns: ["total", "least", "most", "named", "counted"],
      sqlite: "SELECT SUM(score) AS total, MIN(score) AS least, MAX(score) AS most, COUNT(city) AS named, " +
        "COUNT(*) AS counted FROM people",
      postgres:
        "SELECT SUM(score)::bigint AS total, MIN(score) AS least, MAX(score) AS most, COUNT(city) AS named, " +
        "COUNT(*) AS counted FROM people",
    }),
    answer: ({ everyone }) => {
      const scores = everyone.map(({ score }) => score);
      const isEmpty = scores.length === 0;
      return [{
        total: isEmpty ? null : sum(scores),
        least: isEmpty ? null : min(...scores),
        most: isEmpty ? null : max(...scores),
        named: everyone.filter(({ city }) => city !== null).length,
        counted: everyone.length,
      }];
    },
  },
  {
    key: "shape/two-sums-in-groups",
    statement: sqlStatement({
      tables: ["people"],
      columns: ["city", "total", "twice", "counted"],
      sqlite: "SELECT city, SUM(score) AS total, SUM(score * 2) AS twice, COUNT(*) AS counted FROM people " +
        "WHERE city IS NOT NULL GROUP BY city HAVING COUNT(*) > 1 ORDER BY city",
      postgres:
        "SELECT city, SUM(score)::bigint AS total, SUM(score * 2)::bigint AS twice, COUNT(*) AS counted " +
        "FROM people WHERE city IS NOT NULL GROUP BY city HAVING COUNT(*) > 1 ORDER BY city",
    }),
    answer: ({ everyone }) =>
      cities(everyone).flatMap((city) => {
        const own = everyone.filter((person) => person.city === city);
        if (city === null || own.length < 2) return [];
        const total = sum(own.map(({ score }) => score));
        return [{ city, total, twice: total * 2, counted: own.length }];
      }),
  },
  {
    key: "shape/in-or-like",
    statement: sqlStatement({
      tables: ["people"],
      columns: ["id"],
      params: ["first", "second", "pattern", "score"],
      sqlite:
        "SELECT id FROM people WHERE id IN (?, ?) OR name LIKE ? OR (city IS NULL AND score > ?) ORDER BY id",
    }),
    args: [1, 4, "%9_x", 5],
    answer: ({ everyone }) =>
      everyone.filter(({ id, name, city, score }) =>
        id === 1 || id === 4 || /9.x$/.test(name) || city === null && score > 5
      ).map(({ id }) => ({ id })),
  },
  {
    key: "shape/is-null-and-not-null",
    statement: sqlStatement({
      tables: ["people"],
      columns: ["id", "city"],
      sqlite: "SELECT id, city FROM people WHERE (city IS NULL OR city <> 'Rome') AND NOT (score < 3) " +
        "ORDER BY city IS NULL, id",
    }),
    answer: ({ everyone }) =>
      everyone.filter(({ city, score }) => city !== "Rome" && score >= 3)
        .map(({ id, city }) => ({ id, city }))
        .sort((a, b) => Number(a.city === null) - Number(b.city === null) || a.id - b.id),
  },
  {
    key: "shape/subquery",
    statement: sqlStatement({
      tables: ["people", "messages"],
      columns: ["id", "sent"],
      sqlite:
        "SELECT p.id, (SELECT COUNT(*) FROM messages m WHERE m.sender_id = p.id) AS sent FROM people p WHERE EXISTS " +
        "(SELECT 1 FROM messages m WHERE m.sender_id = p.id AND m.room = 1) ORDER BY p.id",
    }),
    answer: (rows) =>
      rows.everyone.map((person) => ({ id: person.id, own: rows.messagesOf(person) }))
        .filter(({ own }) => own.some(({ room }) => room === 1))
        .map(({ id, own }) => ({ id, sent: own.length })),
  },
  {
    key: "shape/union",
    statement: sqlStatement({
      tables: ["people", "messages"],
      columns: ["id"],
      sqlite:
        "SELECT id FROM people WHERE score > 4 UNION SELECT sender_id AS id FROM messages WHERE room = 1 ORDER BY id",
    }),
    answer: (rows) =>
      [
        ...new Set([
          ...rows.everyone.filter(({ score }) => score > 4).map(({ id }) => id),
          ...rows.all.filter(({ room }) => room === 1).map(({ senderId }) => senderId),
        ]),
      ].sort((a, b) => a - b).map((id) => ({ id })),
  },
];

/** See {@link Scenario}. */
export const SHAPE_SCENARIOS: readonly Scenario[] = SHAPES.map((shape) => ({
  key: shape.key,
  needs: shape.needs ?? ["sql"],
  run: (stage) => tryShape(stage, shape),
}));

async function tryShape(stage: Stage, { statement, args = [], answer }: Shape): Promise<void> {
  const { session, watch, capabilities } = stage;
  const rows = new Rows();
  expectRows(await session.read(statement, args), answer(rows), "Over empty tables");
  let recorder: Recorder | undefined;
  if (NEEDS.watch.has(capabilities)) {
    recorder = await watch(statement, args);
    await recorder.untilLast(answer(rows), "Watched over empty tables");
  }
  for (const [index, step] of shapeHistory(stage, rows).entries()) {
    await step();
    const expected = answer(rows);
    expectRows(await session.read(statement, args), expected, `Read after step ${index}`);
    await recorder?.untilLast(expected, `Watched, after step ${index}`);
  }
  await recorder?.close();
}
