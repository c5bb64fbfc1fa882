/** Scenarios of one-time reads. */
import type { Session } from "../model/adapter.ts";
import type { Value } from "../model/value.ts";
import { expectRows } from "./expect.ts";
import * as db from "./fixtures.ts";
import type { Scenario } from "./scenario.ts";

/** 40 people, ids 1 to 40 written in a mixed order; scores are `id % 10`, cities alternate. */
async function addPeople(session: Session): Promise<void> {
  // 40 and 7 have no common factor: every id comes once.
  const ids = Array.from({ length: 40 }, (_, index) => (index * 7) % 40 + 1);
  await session.batch(db.addPerson, ids.map((id) => [id, `p${id}`, id % 2 === 0 ? "Rome" : "Oslo", id % 10]));
}

/** See {@link Scenario}. */
export const READ_SCENARIOS: readonly Scenario[] = [
  {
    key: "read/by-key",
    async run({ session }) {
      await addPeople(session);
      expectRows(
        await session.read(db.personById, [17]),
        [{ id: 17, name: "p17", city: "Oslo", score: 7 }],
        "A read by key",
      );
      expectRows(await session.read(db.personById, [41]), [], "A read of a missing key");
    },
  },
  {
    key: "read/by-two-keys",
    async run({ session }) {
      await addPeople(session);
      expectRows(
        await session.read(db.personByTwoKeys, [17, 17]),
        [{ id: 17, name: "p17" }],
        "The same key twice",
      );
      expectRows(await session.read(db.personByTwoKeys, [17, 18]), [], "Two keys, of which no row has both");
      expectRows(await session.read(db.personByTwoKeys, [41, 17]), [], "Two keys, of which one is missing");
    },
  },
  {
    key: "read/order-limit-range-before",
    async run({ session }) {
      await addPeople(session);
      const rome = Array.from(
        { length: 20 },
        (_, index) => ({ id: 2 * index + 2, name: `p${2 * index + 2}` }),
      );
      expectRows(await session.read(db.peopleByCity, ["Rome"]), rome, "An equality in order");
      expectRows(await session.read(db.peopleByCity, ["Paris"]), [], "An equality that nothing fulfils");
      expectRows(
        await session.read(db.peopleInRange, [9, 12]),
        [{ id: 9, score: 9 }, { id: 10, score: 0 }, { id: 11, score: 1 }],
        "A range that includes its lower and excludes its upper bound",
      );
      expectRows(await session.read(db.peopleInRange, [12, 9]), [], "An empty range");
      const byScore = Array.from({ length: 40 }, (_, index) => ({ id: index + 1, score: (index + 1) % 10 }))
        .sort((a, b) => b.score - a.score || b.id - a.id);
      expectRows(
        await session.read(db.bestPeople, [6]),
        byScore.slice(0, 6),
        "A limit on a descending order",
      );
      expectRows(await session.read(db.bestPeople, [0]), [], "A limit of 0");
      expectRows(await session.read(db.firstPeople, [0]), [], "A limit of 0 on an order by key");
      expectRows(await session.read(db.bestPeople, [100]), byScore, "A limit beyond the table");
      // Pages of 7 cut through rows of equal score.
      for (let start = 7; start < 45; start += 7) {
        const cursor = byScore[Math.min(start, 40) - 1]!;
        expectRows(
          await session.read(db.peopleBefore, [cursor.score, cursor.id, 7]),
          byScore.slice(start, start + 7),
          "A page behind a keyset cursor",
        );
      }
    },
  },
  {
    key: "read/null-in-order-and-window",
    async run({ session }) {
      const cities = ["Rome", null, "Oslo", null, "", "Rome"];
      await session.batch(db.addPerson, cities.map((city, index) => [index + 1, "p", city, 0]));
      const first = [2, 4, 5, 3, 1, 6].map((id) => ({ id, city: cities[id - 1]! }));
      for (const limit of [1, 3, 5, 9]) {
        expectRows(
          await session.read(db.firstCities, [limit]),
          first.slice(0, limit),
          `An ascending order with NULL, limit ${limit}`,
        );
        expectRows(
          await session.read(db.lastCities, [limit]),
          first.toReversed().slice(0, limit),
          `A descending order with NULL, limit ${limit}`,
        );
      }
    },
  },
  {
    key: "read/own-arguments",
    async run({ session }) {
      await addPeople(session);
      for (
        const [query, args, other] of [
          [db.personById, [17], [18]],
          [db.peopleByCity, ["Rome"], ["Oslo"]],
          [db.bestPeople, [3], [5]],
          [db.countCity, ["Rome"], ["Paris"]],
        ] as const
      ) {
        const expected = await session.read(query, args);
        const changing: Value[] = [...args];
        const answer = session.read(query, changing);
        changing.splice(0, changing.length, ...other);
        expectRows(await answer, expected, "A read whose caller has changed the arguments since");
      }
    },
  },
  {
    key: "read/count",
    async run({ session }) {
      await addPeople(session);
      expectRows(await session.read(db.countPeople, []), [{ total: 40 }], "A count");
      expectRows(await session.read(db.countCity, ["Rome"]), [{ total: 20 }], "A count with a condition");
      expectRows(await session.read(db.countCity, ["Paris"]), [{ total: 0 }], "A count of nothing");
    },
  },
  {
    key: "read/sum",
    async run({ session }) {
      expectRows(await session.read(db.sumScores, []), [{ points: 0 }], "A sum over an empty table");
      await session.batch(db.addPerson, [[1, "a", "Rome", 5], [2, "b", "Oslo", -7], [3, "c", "Rome", 40]]);
      expectRows(await session.read(db.sumScores, []), [{ points: 38 }], "A sum");
      expectRows(await session.read(db.sumCity, ["Rome"]), [{ points: 45 }], "A sum with a condition");
      expectRows(await session.read(db.sumCity, ["Oslo"]), [{ points: -7 }], "A sum below zero");
      expectRows(await session.read(db.sumCity, ["Paris"]), [{ points: 0 }], "A sum of nothing");
    },
  },
  {
    key: "read/join",
    async run({ session }) {
      await addPeople(session);
      await session.batch(db.addKeyedMessage, [
        [1, 1, 3, 100],
        [2, 1, 5, 300],
        [3, 2, 5, 400],
        [4, 1, 999, 500],
        [5, 1, 3, 200],
      ]);
      const latest = [
        { id: 2, sent_at: 300, name: "p5" },
        { id: 5, sent_at: 200, name: "p3" },
        { id: 1, sent_at: 100, name: "p3" },
      ];
      expectRows(
        await session.read(db.messagesWithSender, [1, 10]),
        latest,
        "A join, without the message whose sender is missing",
      );
      expectRows(
        await session.read(db.messagesWithSender, [1, 2]),
        latest.slice(0, 2),
        "A join with a limit",
      );
      await session.write(db.renamePerson, ["renamed", 5]);
      expectRows(
        await session.read(db.messagesWithSender, [2, 1]),
        [{ id: 3, sent_at: 400, name: "renamed" }],
        "A join after a change of the joined row",
      );
    },
  },
];
