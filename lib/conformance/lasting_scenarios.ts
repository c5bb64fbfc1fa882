/** Scenarios of what lasts: silence after the end, rows in the hands of a caller, memory of what was closed. */
import { expectRows, expectThat } from "./expect.ts";
import { expectHistory } from "./expect_history.ts";
import * as db from "./fixtures.ts";
import { NotApplicable, type Scenario } from "./scenario.ts";

/** What a closed live query may leave on the heap: a key in a map, not a closure with a result. */
const MOST_BYTES_PER_CLOSED = 1024;
/** Fewer than these tell growth from noise not any more. */
const FEWEST_CLOSED = 100;
const CLOSED_COUNT = 1000;
const CHURN_BUDGET_MS = 2000;

const person = (name: string, score: number) => [{ id: 2, name, city: "Rome", score }];

/** See {@link Scenario}. */
export const LASTING_SCENARIOS: readonly Scenario[] = [
  {
    key: "lasting/silence-after-the-last-write",
    needs: ["watch"],
    async run({ session, watch, silence }) {
      await session.batch(db.addPerson, [1, 2, 3, 4].map((id) => [id, `p${id}`, "Rome", id]));
      const open = await watch(db.personById, [2]);
      const list = await watch(db.peopleByCity, ["Rome"]);
      const closing = [
        await watch(db.personById, [2]),
        await watch(db.peopleByCity, ["Rome"]),
        await watch(db.bestPeople, [3]),
        await watch(db.countPeople),
      ];
      const states = [person("p2", 2)];
      for (let score = 10; score < 14; score++) {
        await session.write(db.movePerson, ["Rome", score, 2]);
        states.push(person("p2", score));
      }
      await open.untilLast(states.at(-1)!, "After the last write that is shown");
      await session.batch(db.renamePerson, [["last", 2]]);
      states.push(person("last", 13));
      // Closed with a delivery under way, if the library ever has one.
      for (const recorder of closing) await recorder.close();
      const counts = closing.map(({ copies }) => copies.length);
      await silence();
      const final = await session.read(db.peopleByCity, ["Rome"]);
      expectHistory(open, states, "A row that is watched for long");
      expectRows(open.last!, states.at(-1)!, "A row that is watched for long");
      expectRows(list.last!, final, "A list that is watched for long");
      for (const [index, { copies, errors }] of closing.entries()) {
        expectThat(errors.length === 0, `Closed live query ${index} told of an error: ${errors[0]}`);
        expectThat(
          copies.length === counts[index],
          `Closed live query ${index}: expected no emission behind its end, got ${
            copies.length - counts[index]!
          }`,
        );
      }
      // It has not fallen asleep either.
      await session.write(db.renamePerson, ["awake", 2]);
      await open.untilLast(person("awake", 13), "A write after a long silence");
      for (const recorder of [open, list]) await recorder.close();
    },
  },
  {
    key: "lasting/rows-that-the-caller-overwrites",
    async run({ session, watch, capabilities }) {
      const ids = [1, 2, 3, 4];
      await session.batch(db.addPerson, ids.map((id) => [id, `p${id}`, "Rome", id]));
      const rome = ids.map((id) => ({ id, name: `p${id}` }));
      for (
        const [query, args, rows] of [
          [db.peopleByCity, ["Rome"], rome],
          [db.personById, [2], person("p2", 2)],
          [db.bestPeople, [2], [{ id: 4, score: 4 }, { id: 3, score: 3 }]],
          [db.countPeople, [], [{ total: 4 }]],
        ] as const
      ) {
        for (const what of ["before", "after"]) {
          expectRows(await session.readAndSpoil(query, args), rows, `Read ${what} its rows were overwritten`);
        }
        if (capabilities.liveQueries === "none") continue;
        const recorder = await watch(query, args);
        await recorder.untilLast(rows, "Watched before its rows were overwritten");
        await recorder.spoil();
        expectRows(
          await session.read(query, args),
          rows,
          "Read after the rows of a live query were overwritten",
        );
        await recorder.close();
        const again = await watch(query, args);
        await again.untilLast(rows, "Watched after the rows of an equal live query were overwritten");
        await again.close();
      }
      await session.write(db.rewardPerson, ["changed", 2]);
      expectRows(await session.read(db.personById, [2]), person("changed", 5), "A row after all of that");
    },
  },
  {
    key: "lasting/memory-of-closed-live-queries",
    needs: ["watch"],
    async run({ session }) {
      await session.batch(db.addPerson, [1, 2, 3, 4].map((id) => [id, `p${id}`, "Rome", id]));
      const kinds = [
        [db.personById, [2]],
        [db.peopleByCity, ["Rome"]],
        [db.countPeople, []],
      ] as const;
      const churn = async (count: number, budgetMs: number) => {
        let done = 0;
        for (const [query, args] of kinds) {
          done += await session.churn(query, args, Math.ceil(count / kinds.length), budgetMs / kinds.length);
        }
        return done;
      };
      const heapBytes = async (): Promise<number> => {
        const bytes = await session.heapBytes();
        if (bytes === null) throw new NotApplicable("The runtime does not tell how large its heap is");
        return bytes;
      };
      await heapBytes();
      await churn(CLOSED_COUNT / 2, CHURN_BUDGET_MS / 2);
      const before = await heapBytes();
      const done = await churn(CLOSED_COUNT, CHURN_BUDGET_MS);
      const grown = await heapBytes() - before;
      if (grown <= Math.max(done, FEWEST_CLOSED) * MOST_BYTES_PER_CLOSED) return;
      // What was compiled or cached on the way does not come again; what leaks does.
      const middle = await heapBytes();
      const doneAgain = await churn(CLOSED_COUNT, CHURN_BUDGET_MS);
      const grownAgain = await heapBytes() - middle;
      expectThat(
        grownAgain <= Math.max(doneAgain, FEWEST_CLOSED) * MOST_BYTES_PER_CLOSED,
        `Memory of ${doneAgain} live queries that were closed: expected at most ${MOST_BYTES_PER_CLOSED} bytes ` +
          `each, got ${Math.round(grownAgain / doneAgain)}, and ${Math.round(grown / done)} before`,
      );
    },
  },
];
