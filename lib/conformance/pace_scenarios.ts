/** Scenarios of callers who do not wait: writes side by side, and live queries that begin while a write is under way. */
import { select } from "../model/statement.ts";
import type { BurstStep } from "../protocol/session.ts";
import type { Row } from "../model/value.ts";
import { expectRows, expectThat, sameRows, shown } from "./expect.ts";
import { expectHistory } from "./expect_history.ts";
import * as db from "./fixtures.ts";
import type { Scenario } from "./scenario.ts";

const write = (statement: BurstStep["statement"], ...args: BurstStep["rows"][0]): BurstStep => ({
  statement,
  rows: [args],
  isBatch: false,
});
const batch = (statement: BurstStep["statement"], rows: BurstStep["rows"]): BurstStep => ({
  statement,
  rows,
  isBatch: true,
});

/** Arguments: limit, offset. */
const secondPage = select({
  table: "people",
  columns: ["id", "score"],
  where: [],
  orderBy: [{ column: "score", descending: true }, { column: "id", descending: true }],
  limit: { param: "limit" },
  offset: { param: "offset" },
});

/** Whole numbers below a bound, the same for each seed (a linear congruence: any spread will do). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor(state / 2 ** 16) % below;
  };
}

/** See {@link Scenario}. */
export const PACE_SCENARIOS: readonly Scenario[] = [
  {
    key: "pace/increments-that-nobody-awaits",
    async run({ session }) {
      await session.write(db.addPerson, [1, "p", null, 0]);
      await session.burst(Array.from({ length: 40 }, () => write(db.rewardPerson, "p", 1)), false);
      expectRows(
        await session.read(db.personById, [1]),
        [{ id: 1, name: "p", city: null, score: 120 }],
        "40 increments by 3, side by side",
      );
    },
  },
  {
    key: "pace/writes-that-nobody-awaits",
    async run({ session }) {
      await session.batch(
        db.addPerson,
        Array.from({ length: 20 }, (_, index) => [index + 1, "p", "Rome", 0]),
      );
      const steps = Array.from({ length: 20 }, (_, index) => [
        write(db.addPerson, 100 + index, "new", "Rome", index),
        index < 10 ? write(db.removePerson, index + 1) : write(db.renamePerson, `n${index + 1}`, index + 1),
        write(db.addItem, index, "side by side"),
      ]);
      await session.burst(
        [...steps.flat(), batch(db.addPerson, [[200, "b", "Rome", 0], [201, "b", "Rome", 0]])],
        false,
      );
      const old = Array.from({ length: 10 }, (_, index) => ({ id: index + 11, name: `n${index + 11}` }));
      const fresh = Array.from({ length: 20 }, (_, index) => ({ id: 100 + index, name: "new" }));
      expectRows(
        await session.read(db.peopleByCity, ["Rome"]),
        [...old, ...fresh, { id: 200, name: "b" }, { id: 201, name: "b" }],
        "Inserts, deletes and updates side by side",
      );
      expectRows(await session.read(db.countItems, []), [{ c: 20 }], "Inserts into another table");
    },
  },
  {
    key: "pace/live-queries-over-writes-that-nobody-awaits",
    needs: ["watch"],
    async run({ session, watch, quiet }) {
      await session.batch(
        db.addPerson,
        Array.from({ length: 20 }, (_, index) => [index + 1, "p", "Rome", 0]),
      );
      const recorders = [
        [await watch(db.personById, [3]), db.personById, [3]],
        [await watch(db.peopleByCity, ["Rome"]), db.peopleByCity, ["Rome"]],
        [await watch(db.bestPeople, [5]), db.bestPeople, [5]],
        [await watch(db.countCity, ["Rome"]), db.countCity, ["Rome"]],
      ] as const;
      for (let round = 0; round < 4; round++) {
        const steps = Array.from({ length: 20 }, (_, index) => {
          const id = (index * 7 + round) % 20 + 1;
          const city = (index + round) % 3 === 0 ? "Oslo" : "Rome";
          return [
            write(db.movePerson, city, round * 100 + index, id),
            write(db.rewardPerson, `r${round}-${index}`, 3),
          ];
        });
        await session.burst([...steps.flat(), write(db.addPerson, 100 + round, "new", "Rome", round)], false);
        // Which of two writes to one row comes last is the database's choice: what is read is what must be shown.
        for (const [recorder, query, args] of recorders) {
          await recorder.untilLast(
            await session.read(query, args),
            `After round ${round} of writes side by side`,
          );
        }
      }
      await quiet();
      for (const [recorder, query, args] of recorders) {
        expectRows(recorder.last!, await session.read(query, args), "The last emission when all is quiet");
        await recorder.close();
      }
    },
  },
  {
    key: "pace/offset-over-writes-that-nobody-awaits",
    needs: ["watch", "offsets"],
    async run({ session, watch }) {
      for (let seed = 1; seed <= 12; seed++) {
        const window = await watch(secondPage, [3, 2]);
        await window.until(() => window.copies.length > 0, () => "A first result was never delivered");
        const random = numbers(seed);
        // Ids of the suite's other rounds stay out of the way: a key that exists is not what is asked here.
        const ids = new Set<number>();
        const steps = Array.from({ length: 24 }, (): BurstStep => {
          const id = seed * 100 + random(12);
          const kind = random(3);
          if (!ids.has(id)) {
            ids.add(id);
            return write(db.addPerson, id, "p", "Rome", random(20));
          }
          if (kind === 0) {
            ids.delete(id);
            return write(db.removePerson, id);
          }
          return write(db.movePerson, "Rome", random(20), id);
        });
        await session.burst(steps, true);
        await window.untilLast(await session.read(secondPage, [3, 2]), `An awaited history, seed ${seed}`);
        await session.burst([...ids].map((id) => write(db.movePerson, "Oslo", random(20), id)), false);
        await session.burst([...ids].slice(0, 4).map((id) => write(db.removePerson, id)), false);
        await window.untilLast(await session.read(secondPage, [3, 2]), `Writes side by side, seed ${seed}`);
        await window.close();
      }
    },
  },
  {
    key: "pace/live-queries-that-begin-during-a-write",
    needs: ["watch"],
    async run({ session, prepare }) {
      for (let round = 0; round < 6; round++) {
        const id = round + 1;
        const states: Row[][] = [
          [],
          ...[0, 3, 6, 9].map((score) => [{
            id,
            name: score === 0 ? "new" : `w${score}`,
            city: "Rome",
            score,
          }]),
        ];
        const watches = Array.from({ length: 3 }, () => prepare(db.personById, [id]));
        const total = prepare(db.countPeople);
        // Each write is acknowledged before the next one is called in odd rounds; the live queries never wait.
        await session.burst([
          write(db.addPerson, id, "new", "Rome", 0),
          watches[0]!.start,
          total.start,
          write(db.rewardPerson, "w3", id),
          watches[1]!.start,
          write(db.rewardPerson, "w6", id),
          write(db.rewardPerson, "w9", id),
          watches[2]!.start,
        ], round % 2 === 1);
        for (const [index, { recorder }] of watches.entries()) {
          const rows = await session.read(db.personById, [id]);
          await recorder.untilLast(rows, `Live query ${index} of round ${round}, begun during a write`);
          if (sameRows(rows, states.at(-1)!)) {
            expectHistory(recorder, states, `Live query ${index} of round ${round}`);
          }
          await recorder.close();
        }
        await total.recorder.untilLast([{ total: id }], `A count of round ${round}, begun during a write`);
        await total.recorder.close();
      }
    },
  },
  {
    key: "pace/live-queries-that-begin-during-a-batch",
    needs: ["watch", "atomicBatch"],
    async run({ session, prepare }) {
      for (let round = 0; round < 4; round++) {
        const watches = Array.from({ length: 2 }, () => prepare(db.countPeople));
        const rows = Array.from({ length: 100 }, (_, index) => [round * 100 + index, "p", "Rome", index]);
        await session.burst([
          watches[0]!.start,
          batch(db.addPerson, rows),
          watches[1]!.start,
        ], false);
        for (const [index, { recorder }] of watches.entries()) {
          await recorder.untilLast([{ total: 100 * (round + 1) }], `Count ${index}, begun beside a batch`);
          for (const copy of recorder.copies) {
            const total = Number(copy[0]?.["total"]);
            expectThat(total % 100 === 0, `Count ${index} beside a batch of 100 showed ${shown(copy)}`);
          }
          await recorder.close();
        }
      }
    },
  },
];
