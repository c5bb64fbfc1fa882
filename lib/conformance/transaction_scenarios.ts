/** Scenarios of transactions of several statements: what they read, what is kept of them, and what is shown meanwhile. */
import type { TransactionStep } from "../model/adapter.ts";
import type { Query, WriteStatement } from "../model/statement.ts";
import type { Args, Row } from "../model/value.ts";
import { expectRows, expectThat, sameRows, shown } from "./expect.ts";
import * as db from "./fixtures.ts";
import { NEEDS, NotApplicable, type Scenario, type Stage } from "./scenario.ts";

const write = (statement: WriteStatement, ...args: Args): TransactionStep => ({
  kind: "write",
  statement,
  args,
});
const read = (query: Query, ...args: Args): TransactionStep => ({ kind: "read", query, args });
const savepoint = (isRolledBack: boolean, ...steps: readonly TransactionStep[]): TransactionStep => ({
  kind: "savepoint",
  steps,
  isRolledBack,
});
const ROLLBACK: TransactionStep = { kind: "rollback" };

const person = (id: number, name: string, score: number) => ({ id, name, city: "Rome", score });
const add = (id: number, score = id) => write(db.addPerson, id, `p${id}`, "Rome", score);

/** Runs a transaction. Throws NotApplicable when the adapter brings none. */
async function play(
  { session }: Stage,
  steps: readonly TransactionStep[],
): Promise<readonly (readonly Row[])[]> {
  const results = await session.play(steps);
  if (results === null) throw new NotApplicable("The adapter does not drive its library's transactions");
  return results;
}

/** A table of two, and what watches it. */
async function prepare({ session, watch, capabilities }: Stage) {
  await session.batch(db.addPerson, [[1, "p1", "Rome", 1], [2, "p2", "Rome", 2]]);
  if (!NEEDS.watch.has(capabilities)) return undefined;
  const total = await watch(db.countPeople);
  const row = await watch(db.personById, [1]);
  await total.untilLast([{ total: 2 }], "Before a transaction");
  await row.untilLast([person(1, "p1", 1)], "Before a transaction");
  return { total, row };
}

type Watched = Awaited<ReturnType<typeof prepare>>;

/** What is there and shown after a transaction; nothing but the states given was ever shown. */
async function expectOutcome(
  { session, quiet }: Stage,
  watched: Watched,
  ids: readonly number[],
  first: Row,
  what: string,
): Promise<void> {
  expectRows(await session.read(db.allPeople, []), ids.map((id) => ({ id })), `Rows after ${what}`);
  expectRows(await session.read(db.personById, [1]), [first], `A row after ${what}`);
  if (watched === undefined) return;
  await watched.total.untilLast([{ total: ids.length }], `The count after ${what}`);
  await watched.row.untilLast([first], `The watched row after ${what}`);
  await quiet();
  const states = [[{ total: 2 }], [{ total: ids.length }]];
  for (const copy of watched.total.copies) {
    const isKnown = states.some((state) => sameRows(state, copy));
    expectThat(isKnown, `A count during ${what} showed ${shown(copy)}`);
  }
  for (const copy of watched.row.copies) {
    const isKnown = [[person(1, "p1", 1)], [first]].some((state) => sameRows(state, copy));
    expectThat(isKnown, `A watched row during ${what} showed ${shown(copy)}`);
  }
  for (const recorder of [watched.total, watched.row]) await recorder.close();
}

/** See {@link Scenario}. */
export const TRANSACTION_SCENARIOS: readonly Scenario[] = [
  {
    key: "transaction/keeps-all-and-reads-its-own-writes",
    needs: ["transaction"],
    async run(stage) {
      const watched = await prepare(stage);
      const [before, row, total] = await play(stage, [
        read(db.countPeople),
        add(3),
        write(db.rewardPerson, "rewarded", 1),
        read(db.personById, 1),
        write(db.addItem, 7, "of the transaction"),
        write(db.removePerson, 2),
        add(4),
        read(db.countPeople),
      ]);
      expectRows(before!, [{ total: 2 }], "A count at the begin of a transaction");
      expectRows(row!, [person(1, "rewarded", 4)], "A row that the transaction has changed");
      expectRows(total!, [{ total: 3 }], "A count at the end of a transaction");
      await expectOutcome(stage, watched, [1, 3, 4], person(1, "rewarded", 4), "a transaction");
      expectRows(await stage.session.read(db.countItems, []), [{ c: 1 }], "Its write to another table");
    },
  },
  {
    key: "transaction/rolls-back",
    needs: ["transaction"],
    async run(stage) {
      const watched = await prepare(stage);
      const [inside] = await play(stage, [
        add(3),
        write(db.rewardPerson, "never", 1),
        write(db.removePerson, 2),
        write(db.addItem, 7, "never"),
        read(db.countPeople),
        ROLLBACK,
      ]);
      expectRows(inside!, [{ total: 2 }], "A count inside a transaction that is rolled back");
      expectRows(await stage.session.read(db.countItems, []), [{ c: 0 }], "Another table after a rollback");
      await expectOutcome(stage, watched, [1, 2], person(1, "p1", 1), "a rollback");
      await play(stage, [add(3)]);
      expectRows(await stage.session.read(db.countPeople, []), [{ total: 3 }], "The transaction behind it");
    },
  },
  {
    key: "transaction/failing-step-undoes-it",
    needs: ["transaction", "sql"],
    async run(stage) {
      const watched = await prepare(stage);
      let isTold = false;
      await play(stage, [add(3), write(db.rewardPerson, "never", 1), add(2), add(4)]).catch((error) => {
        if (error instanceof NotApplicable) throw error;
        isTold = true;
      });
      expectThat(isTold, "A transaction with an insert of a key that exists: expected an error, got none");
      await expectOutcome(stage, watched, [1, 2], person(1, "p1", 1), "a transaction that failed");
    },
  },
  {
    key: "transaction/savepoints",
    needs: ["transaction", "sql"],
    async run(stage) {
      const watched = await prepare(stage);
      const [inside, after] = await play(stage, [
        add(3),
        savepoint(
          true,
          write(db.rewardPerson, "never", 1),
          add(4),
          savepoint(false, add(5)),
          read(db.countPeople),
        ),
        savepoint(
          false,
          write(db.rewardPerson, "kept", 1),
          savepoint(true, write(db.removePerson, 2)),
          add(6),
        ),
        read(db.countPeople),
      ]);
      expectRows(inside!, [{ total: 5 }], "A count inside a savepoint");
      expectRows(after!, [{ total: 4 }], "A count behind savepoints");
      await expectOutcome(
        stage,
        watched,
        [1, 2, 3, 6],
        person(1, "kept", 4),
        "a transaction with savepoints",
      );
    },
  },
];
