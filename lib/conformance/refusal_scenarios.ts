/** Scenarios of what fails: the error must come, and what is there and what is shown must stay as it was. */
import { messageOf } from "../model/errors.ts";
import type { Args, Row } from "../model/value.ts";
import { expectRows, expectThat, sameRows, shown } from "./expect.ts";
import * as db from "./fixtures.ts";
import type { Recorder } from "./recorder.ts";
import { NEEDS, NotApplicable, type Scenario, type Stage } from "./scenario.ts";
import { sqlStatement } from "../model/statement.ts";

const BEFORE: readonly Args[] = [[1, "a", "Rome", 1], [5, "kept", "Oslo", 5]];
const IDS = [{ id: 1 }, { id: 5 }];
const KEPT = [{ id: 5, name: "kept", city: "Oslo", score: 5 }];

/** What watches while something fails. */
interface Watched {
  readonly recorder: Recorder;
  readonly rows: readonly Row[];
}

/** Fills the table, and watches it where the database can. */
async function prepare({ session, watch, capabilities }: Stage): Promise<readonly Watched[]> {
  await session.batch(db.addPerson, BEFORE);
  if (!NEEDS.watch.has(capabilities)) return [];
  const watched: Watched[] = [];
  for (
    const [query, args, rows] of [
      [db.allPeople, [], IDS],
      [db.personById, [5], KEPT],
      [db.countPeople, [], [{ total: 2 }]],
      [db.bestPeople, [2], [{ id: 5, score: 5 }, { id: 1, score: 1 }]],
    ] as const
  ) {
    const recorder = await watch(query, args);
    await recorder.untilLast(rows, "The result before anything failed");
    watched.push({ recorder, rows });
  }
  return watched;
}

/** Whether the act failed. Databases with SQL must refuse; others may see no fault in it. */
async function isRefused({ capabilities }: Stage, what: string, act: () => Promise<void>): Promise<boolean> {
  try {
    await act();
  } catch (error) {
    expectThat(messageOf(error).length > 0, `${what}: the error must say something`);
    return true;
  }
  if (capabilities.sql) throw new Error(`${what}: expected an error, got none`);
  return false;
}

/** Nothing has changed, nothing else was ever shown, and the next write works and is shown. */
async function expectUntouched(stage: Stage, watched: readonly Watched[], what: string): Promise<void> {
  const { session, quiet } = stage;
  expectRows(await session.read(db.allPeople, []), IDS, `Rows after ${what}`);
  expectRows(await session.read(db.personById, [5]), KEPT, `The row that was there, after ${what}`);
  if (watched.length > 0) await quiet();
  for (const { recorder, rows } of watched) {
    const wrong = recorder.copies.findIndex((copy) => !sameRows(copy, rows));
    if (wrong >= 0) throw new Error(`A live query during ${what} showed ${shown(recorder.copies[wrong])}`);
  }
  await session.write(db.addPerson, [7, "next", null, 7]);
  expectRows(await session.read(db.countPeople, []), [{ total: 3 }], `Count after the write behind ${what}`);
  for (const [index, { recorder }] of watched.entries()) {
    const next = [
      [...IDS, { id: 7 }],
      KEPT,
      [{ total: 3 }],
      [{ id: 7, score: 7 }, { id: 5, score: 5 }],
    ][index]!;
    await recorder.untilLast(next, `After the write behind ${what}`);
    await recorder.close();
  }
}

function refusing(
  key: string,
  what: string,
  act: (stage: Stage) => Promise<void>,
  needs: Scenario["needs"] = [],
): Scenario {
  return {
    key,
    needs,
    async run(stage) {
      const watched = await prepare(stage);
      if (await isRefused(stage, what, () => act(stage))) {
        return await expectUntouched(stage, watched, what);
      }
      for (const { recorder } of watched) await recorder.close();
      throw new NotApplicable(`The database does not refuse ${what}`);
    },
  };
}

const dropName = sqlStatement({ tables: ["people"], sqlite: "UPDATE people SET name = NULL WHERE id = 5" });

/** See {@link Scenario}. */
export const REFUSAL_SCENARIOS: readonly Scenario[] = [
  refusing(
    "refusal/duplicate-key",
    "an insert of a key that exists",
    ({ session }) => session.write(db.addPerson, [5, "other", "Rome", 9]),
  ),
  refusing(
    "refusal/null-where-none-may-be",
    "NULL in a column that rejects it",
    ({ session }) => session.write(dropName, []),
    ["sql"],
  ),
  refusing(
    "refusal/batch-that-ends-with-a-duplicate-key",
    "a batch that ends with a key that exists",
    ({ session }) =>
      session.batch(db.addPerson, [[2, "b", "Rome", 2], [3, "c", "Rome", 3], [5, "other", null, 9]]),
    ["atomicBatch"],
  ),
  refusing(
    "refusal/large-batch-with-a-duplicate-key-in-it",
    "a batch with a key that exists in the midst",
    ({ session }) =>
      session.batch(
        db.addPerson,
        Array.from({ length: 300 }, (_, index) => [index === 200 ? 5 : 1000 + index, "x", "Rome", index]),
      ),
    ["atomicBatch"],
  ),
  {
    key: "refusal/duplicate-unique-value",
    needs: ["sql"],
    async run({ session }) {
      await session.write(db.addItem, [1, "first"]);
      let isTold = false;
      await session.write(db.addItem, [1, "second"]).catch(() => isTold = true);
      expectThat(isTold, "An insert of a unique value that exists: expected an error, got none");
      expectRows(
        await session.read(db.allItems, []),
        [{ external_id: 1, payload: "first" }],
        "Rows after it",
      );
      await session.write(db.addItem, [2, "next"]);
      expectRows(await session.read(db.countItems, []), [{ c: 2 }], "Count after the next write");
    },
  },
  {
    key: "refusal/table-that-is-not-there",
    async run({ session, watch, capabilities }) {
      await session.batch(db.addPerson, BEFORE);
      const isTold = await isRefusedRead(session.read(db.nowhere, []));
      if (!isTold && !capabilities.sql) throw new NotApplicable("A table that is not there is empty");
      expectThat(isTold, "A read of a table that is not there: expected an error, got rows");
      if (NEEDS.watch.has(capabilities)) {
        // Either the call fails, or the live query tells.
        const recorder = await watch(db.nowhere).catch(() => undefined);
        await recorder?.untilError("A live query of a table that is not there");
        await recorder?.abandon().catch(() => {});
        const next = await watch(db.countPeople);
        await session.write(db.removePerson, [1]);
        await next.untilLast([{ total: 1 }], "A live query after another one that failed");
        await next.close();
      }
      expectRows(await session.read(db.personById, [5]), KEPT, "A read after one that failed");
    },
  },
];

async function isRefusedRead(reading: Promise<unknown>): Promise<boolean> {
  try {
    await reading;
    return false;
  } catch {
    return true;
  }
}
