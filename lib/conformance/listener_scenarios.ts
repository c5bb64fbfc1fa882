/** Scenarios of listeners that act: they leave, join and write while they are being told. */
import type { Row } from "../model/value.ts";
import type { SelectQuery } from "../model/statement.ts";
import { expectRows, expectThat } from "./expect.ts";
import * as db from "./fixtures.ts";
import type { Scenario, Stage } from "./scenario.ts";

/** What a listener sees of the table, by the kind of live query. */
const VIEWS: readonly { readonly query: SelectQuery; readonly args: readonly (string | number)[] }[] = [
  { query: db.peopleByCity, args: ["Rome"] },
  { query: db.personById, args: [2] },
  { query: db.peopleInRange, args: [2, 9] },
];

async function addPeople({ session }: Stage): Promise<void> {
  await session.batch(
    db.addPerson,
    [1, 2, 3, 4].map((id) => [id, `p${id}`, id % 2 === 0 ? "Rome" : "Oslo", id]),
  );
}

/** Changes what every view of {@link VIEWS} shows, and answers it. */
async function change({ session }: Stage, round: number): Promise<readonly (readonly Row[])[]> {
  await session.batch(db.rewardPerson, [[`r${round}`, 2], [`r${round}`, 2]]);
  return await Promise.all(VIEWS.map(({ query, args }) => session.read(query, args)));
}

/** See {@link Scenario}. */
export const LISTENER_SCENARIOS: readonly Scenario[] = [
  {
    key: "listener/leaves-by-itself",
    needs: ["watch"],
    async run(stage) {
      await addPeople(stage);
      // Three equal ones per view: whoever walks a list of listeners may lose the one behind the one that leaves.
      const recorders = [];
      for (const { query, args } of VIEWS) {
        const before = await stage.watch(query, args);
        const leaving = await stage.watch(query, args, [{ emission: 1, kind: "close", which: "itself" }]);
        const behind = await stage.watch(query, args);
        recorders.push({ before, leaving, behind });
        for (const recorder of [before, leaving, behind]) {
          await recorder.until(() => recorder.copies.length > 0, () => "A first result was never delivered");
        }
      }
      for (let round = 1; round <= 3; round++) {
        const rows = await change(stage, round);
        for (const [index, { before, leaving, behind }] of recorders.entries()) {
          await before.untilLast(rows[index]!, `Before one that leaves, round ${round}, view ${index}`);
          await behind.untilLast(rows[index]!, `Behind one that leaves, round ${round}, view ${index}`);
          await leaving.until(
            () => leaving.copies.length > 1,
            () => "The one that leaves was told once only",
          );
        }
      }
      await stage.quiet();
      for (const { before, leaving, behind } of recorders) {
        expectThat(
          leaving.copies.length === 2,
          `Whoever leaves at its second emission: expected 2 emissions, got ${leaving.copies.length}`,
        );
        for (const recorder of [before, behind]) await recorder.close();
      }
    },
  },
  {
    key: "listener/closes-another",
    needs: ["watch"],
    async run(stage) {
      await addPeople(stage);
      const groups = [];
      for (const { query, args } of VIEWS) {
        const closed = await stage.watch(query, args);
        const closing = await stage.watch(query, args, [
          { emission: 1, kind: "close", which: closed.subscription },
        ]);
        const behind = await stage.watch(query, args);
        groups.push({ closed, closing, behind });
        for (const recorder of [closed, closing, behind]) {
          await recorder.until(() => recorder.copies.length > 0, () => "A first result was never delivered");
        }
      }
      const rows = await change(stage, 1);
      for (const [index, { closing, behind }] of groups.entries()) {
        await closing.untilLast(rows[index]!, `Whoever closes another, view ${index}`);
        await behind.untilLast(rows[index]!, `Behind whoever closes another, view ${index}`);
      }
      // What was under way when it was closed may still come.
      await stage.quiet();
      const counts = groups.map(({ closed }) => closed.copies.length);
      const last = await change(stage, 2);
      for (const [index, { closing, behind }] of groups.entries()) {
        await closing.untilLast(last[index]!, `Whoever closed another, view ${index}`);
        await behind.untilLast(last[index]!, `Behind whoever closed another, view ${index}`);
      }
      await stage.quiet();
      for (const [index, { closed, closing, behind }] of groups.entries()) {
        expectThat(
          closed.copies.length === counts[index],
          `Emissions after another listener closed view ${index}: expected none`,
        );
        for (const recorder of [closing, behind]) await recorder.close();
      }
    },
  },
  {
    key: "listener/joins",
    needs: ["watch"],
    async run(stage) {
      await addPeople(stage);
      const groups = [];
      for (const { query, args } of VIEWS) {
        const equal = stage.prepare(query, args);
        const other = stage.prepare(db.countPeople);
        const joining = await stage.watch(query, args, [
          { emission: 1, kind: "watch", which: equal.start },
          { emission: 1, kind: "watch", which: other.start },
        ]);
        await joining.until(() => joining.copies.length > 0, () => "A first result was never delivered");
        groups.push({ joining, equal: equal.recorder, other: other.recorder });
      }
      for (let round = 1; round <= 3; round++) {
        const rows = await change(stage, round);
        for (const [index, { joining, equal, other }] of groups.entries()) {
          await joining.untilLast(rows[index]!, `Whose listener began others, round ${round}, view ${index}`);
          await equal.untilLast(rows[index]!, `Begun in a listener, round ${round}, view ${index}`);
          await other.untilLast(
            [{ total: 4 }],
            `A count that was begun in a listener, round ${round}, view ${index}`,
          );
        }
      }
      await stage.session.write(db.addPerson, [9, "p9", "Rome", 99]);
      for (const { joining, equal, other } of groups) {
        await other.untilLast([{ total: 5 }], "A count that was begun in a listener, after an insert");
        for (const recorder of [joining, equal, other]) await recorder.close();
      }
    },
  },
  {
    key: "listener/writes-to-its-own-table",
    needs: ["watch"],
    async run(stage) {
      await addPeople(stage);
      for (const [index, { query, args }] of VIEWS.entries()) {
        const step = { statement: db.movePerson, rows: [["Rome", 50 + index, 2]], isBatch: false };
        const writing = await stage.watch(query, args, [{ emission: 1, kind: "write", step }]);
        const beside = await stage.watch(query, args);
        for (const recorder of [writing, beside]) {
          await recorder.until(() => recorder.copies.length > 0, () => "A first result was never delivered");
        }
        await stage.session.write(db.renamePerson, [`told ${index}`, 2]);
        // A list of one kind shows names, another one scores: each shows that the first write has come.
        await stage.session.write(db.movePerson, ["Rome", 20 + index, 4]);
        await stage.quiet();
        if (writing.copies.length < 2) await stage.session.write(db.rewardPerson, [`again ${index}`, 2]);
        await writing.until(
          () => writing.copies.length > 1,
          () => "The listener that writes was told once only",
        );
        await stage.quiet();
        const [person] = await stage.session.read(db.personById, [2]);
        expectThat(
          Number(person?.["score"]) >= 50 + index,
          `A write inside a listener, view ${index}: expected a score of at least ${50 + index}, got ` +
            `${person?.["score"]}`,
        );
        const rows = await stage.session.read(query, args);
        await writing.untilLast(rows, `The listener that wrote, view ${index}`);
        await beside.untilLast(rows, `A listener beside one that wrote, view ${index}`);
        for (const recorder of [writing, beside]) await recorder.close();
      }
    },
  },
  {
    key: "listener/writes-to-another-table",
    needs: ["watch"],
    async run(stage) {
      await addPeople(stage);
      const items = await stage.watch(db.countItems);
      await items.untilLast([{ c: 0 }], "The first count");
      const step = {
        statement: db.addItem,
        rows: [1, 2, 3].map((id) => [id, "written by a listener"]),
        isBatch: true,
      };
      const writing = await stage.watch(db.personById, [2], [{ emission: 1, kind: "write", step }]);
      await writing.until(() => writing.copies.length > 0, () => "A first result was never delivered");
      await stage.session.write(db.renamePerson, ["told", 2]);
      await items.untilLast([{ c: 3 }], "A count of what a listener of another table wrote");
      expectRows(await stage.session.read(db.countItems, []), [{ c: 3 }], "What a listener wrote, read");
      await stage.session.write(db.removeItem, [2]);
      await items.untilLast([{ c: 2 }], "That count after one more write");
      for (const recorder of [items, writing]) await recorder.close();
    },
  },
];
