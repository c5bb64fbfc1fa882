/** Scenarios of writes, batches and values. */
import type { Session } from "../model/adapter.ts";
import type { Row, Value } from "../model/value.ts";
import { expectRows, expectThat } from "./expect.ts";
import * as db from "./fixtures.ts";
import { NotApplicable, type Scenario } from "./scenario.ts";

const person = (id: number, name: string, city: Value = null, score = 0): Row => ({ id, name, city, score });

/** Texts and integers that drivers are known to stumble over. */
const TEXTS: readonly string[] = [
  "",
  " leading and trailing ",
  'it\'s "quoted", {braced}, back\\slashed',
  "line one\nline two\r\n\ttabbed",
  "NULL",
  "42",
  "Grüße, 你好, שלום, 👩‍👩‍👧, e\u0301",
  "x".repeat(20_000),
];
const INTEGERS: readonly number[] = [0, 1, -1, 2 ** 31 - 1, 2 ** 31, -(2 ** 31) - 1, 2 ** 32, 253402300800000]
  .concat(Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER);

/** See {@link Scenario}. */
export const WRITE_SCENARIOS: readonly Scenario[] = [
  {
    key: "open/creates-tables",
    async run({ session }) {
      expectRows(await session.read(db.countPeople, []), [{ total: 0 }], "Count of an empty table");
      expectRows(await session.read(db.allPeople, []), [], "An empty table");
      expectRows(await session.read(db.allMessages, []), [], "An empty table");
      expectRows(await session.read(db.allItems, []), [], "An empty table");
    },
  },
  {
    key: "write/visible-to-next-read",
    async run({ session }) {
      for (let id = 0; id < 20; id++) {
        await session.write(db.addPerson, [id, `p${id}`, "Rome", id]);
        expectRows(
          await session.read(db.personById, [id]),
          [person(id, `p${id}`, "Rome", id)],
          "A read after insert",
        );
        await session.write(db.renamePerson, [`q${id}`, id]);
        expectRows(
          await session.read(db.personById, [id]),
          [person(id, `q${id}`, "Rome", id)],
          "A read after update",
        );
      }
    },
  },
  {
    key: "write/assigns-keys",
    async run({ session }) {
      await session.write(db.addMessage, [1, 1, 10]);
      await session.write(db.addMessage, [1, 1, 20]);
      await session.batch(db.addKeyedMessage, [[70, 1, 1, 30], [71, 1, 1, 40]]);
      await session.write(db.addMessage, [1, 1, 50]);
      await session.batch(db.addMessage, [[1, 1, 60], [1, 1, 70]]);
      const ids = (await session.read(db.latestMessages, [1, 10])).map((row) => Number(row["id"]));
      expectThat(ids.length === 7, `Messages with assigned keys: expected 7, got ${ids.length}`);
      const isDescending = ids.every((id, index) => index === 0 || id < ids[index - 1]!);
      expectThat(
        isDescending && ids.every(Number.isInteger),
        `Assigned keys must grow, got ${ids.toReversed()}`,
      );
    },
  },
  {
    key: "write/update-increments",
    async run({ session }) {
      await session.write(db.addPerson, [1, "a", null, 5]);
      await session.write(db.rewardPerson, ["b", 1]);
      await session.write(db.rewardPerson, ["c", 1]);
      expectRows(await session.read(db.personById, [1]), [person(1, "c", null, 11)], "Two increments by 3");
    },
  },
  {
    key: "write/update-of-missing-row-changes-nothing",
    async run({ session }) {
      await session.write(db.addPerson, [1, "a", null, 0]);
      await session.write(db.renamePerson, ["z", 2]);
      await session.write(db.rewardPerson, ["z", 2]);
      await session.batch(db.movePerson, [["Rome", 1, 3], ["Rome", 1, 4]]);
      expectRows(await session.read(db.allPeople, []), [{ id: 1 }], "Rows after updates of missing rows");
      expectRows(await session.read(db.personById, [1]), [person(1, "a")], "The row that was there");
    },
  },
  {
    key: "write/delete",
    async run({ session }) {
      await session.batch(db.addPerson, [1, 2, 3, 4].map((id) => [id, `p${id}`, "Rome", 0]));
      await session.write(db.removePerson, [2]);
      await session.write(db.removePerson, [2]);
      await session.write(db.removePerson, [99]);
      expectRows(
        await session.read(db.allPeople, []),
        [{ id: 1 }, { id: 3 }, { id: 4 }],
        "Rows after a delete",
      );
      await session.batch(db.removePerson, [[1], [4]]);
      expectRows(await session.read(db.allPeople, []), [{ id: 3 }], "Rows after a batch of deletes");
      await session.write(db.addPerson, [2, "again", "Rome", 0]);
      expectRows(
        await session.read(db.peopleByCity, ["Rome"]),
        [{ id: 2, name: "again" }, { id: 3, name: "p3" }],
        "Rows after a deleted key came back",
      );
    },
  },
  {
    key: "write/upsert-replace-and-update",
    async run({ session }) {
      for (const statement of [db.replaceItem, db.mergeItem]) {
        const at = statement.mode === "replace" ? 0 : 100;
        await session.write(statement, [at + 1, "new"]);
        await session.write(db.addItem, [at + 2, "old"]);
        await session.write(statement, [at + 2, "changed"]);
        await session.batch(statement, [[at + 1, "first"], [at + 3, "batched"], [at + 1, "last"]]);
      }
      const expected = [0, 100].flatMap((at) => [
        { external_id: at + 1, payload: "last" },
        { external_id: at + 2, payload: "changed" },
        { external_id: at + 3, payload: "batched" },
      ]);
      expectRows(await session.read(db.allItems, []), expected, "Rows after upserts");
      expectRows(await session.read(db.countItems, []), [{ c: 6 }], "Count after upserts");
      await session.write(db.removeItem, [2]);
      expectRows(await session.read(db.countItems, []), [{ c: 5 }], "Count after a delete by unique column");
    },
  },
  {
    key: "batch/visible-to-next-read",
    async run({ session }) {
      await session.batch(db.addPerson, []);
      expectRows(await session.read(db.countPeople, []), [{ total: 0 }], "Count after an empty batch");
      for (let from = 0; from < 1500; from += 500) {
        await session.batch(
          db.addPerson,
          Array.from({ length: 500 }, (_, index) => [from + index, `p${from + index}`, "Rome", 0]),
        );
        expectRows(await session.read(db.countPeople, []), [{ total: from + 500 }], "Count after a batch");
      }
      await session.batch(db.rewardPerson, [["a", 7], ["b", 8], ["c", 7]]);
      expectRows(
        await session.read(db.personById, [7]),
        [person(7, "c", "Rome", 6)],
        "A row updated twice in a batch",
      );
      expectRows(
        await session.read(db.personById, [8]),
        [person(8, "b", "Rome", 3)],
        "A row updated in a batch",
      );
    },
  },
  {
    key: "batch/is-atomic-on-failure",
    needs: ["atomicBatch"],
    async run({ session }) {
      await session.write(db.addPerson, [5, "kept", null, 1]);
      const wasRefused = await isRefused(session);
      if (!wasRefused) {
        await session.batch(db.removePerson, [[1], [2], [6]]);
        throw new NotApplicable("The database does not refuse a key that exists, so the batch did not fail");
      }
      expectRows(await session.read(db.allPeople, []), [{ id: 5 }], "Rows after a batch that failed");
      expectRows(
        await session.read(db.personById, [5]),
        [person(5, "kept", null, 1)],
        "The row that was there",
      );
      await session.batch(db.addPerson, [[1, "a", null, 0], [2, "b", null, 0]]);
      expectRows(await session.read(db.countPeople, []), [{ total: 3 }], "Count after the next batch");
    },
  },
  {
    key: "write/own-arguments",
    async run({ session }) {
      const args: Value[] = [1, "mine", "Rome", 1];
      const inserted = session.write(db.addPerson, args);
      args.splice(0, 4, 1, "changed", "Oslo", 2);
      await inserted;
      expectRows(await session.read(db.personById, [1]), [person(1, "mine", "Rome", 1)], "After an insert");
      const change: Value[] = ["Bonn", 5, 1];
      const updated = session.write(db.movePerson, change);
      change.splice(0, 3, "Oslo", 9, 2);
      await updated;
      expectRows(await session.read(db.personById, [1]), [person(1, "mine", "Bonn", 5)], "After an update");
      const rows: Value[][] = [[11, "a"], [12, "b"]];
      const merged = session.batch(db.mergeItem, rows);
      for (const row of rows) row[1] = "changed";
      rows.pop();
      await merged;
      const items = [{ external_id: 11, payload: "a" }, { external_id: 12, payload: "b" }];
      expectRows(await session.read(db.allItems, []), items, "After a batch");
    },
  },
  {
    key: "values/null-text-integer-bounds-unicode",
    async run({ session }) {
      const texts = TEXTS.map((text, id) => person(id, text, text, id));
      const integers = INTEGERS.map((score, index) => person(1000 + index, "n", null, score));
      const rows = [...texts, ...integers];
      const argsOf = ({ id, name, city, score }: Row): Value[] => [id!, name!, city ?? null, score!];
      const half = rows.length >> 1;
      await session.batch(db.addPerson, rows.slice(0, half).map(argsOf));
      for (const row of rows.slice(half)) await session.write(db.addPerson, argsOf(row));
      for (const row of rows) {
        const read = await session.read(db.personById, [row["id"]!]);
        expectRows(read, [row], "A value that was written");
        const { score } = read[0]!;
        expectThat(typeof score === "number", `Integers must come back as numbers, got ${typeof score}`);
      }
      await session.write(db.movePerson, ["Rome", 1, 1]);
      await session.write(db.movePerson, [null, -7, 1]);
      expectRows(
        await session.read(db.personById, [1]),
        [person(1, TEXTS[1]!, null, -7)],
        "A value set to NULL",
      );
      expectRows(await session.read(db.peopleByCity, [null]), [], "A condition that compares with NULL");
    },
  },
];

async function isRefused(session: Session): Promise<boolean> {
  try {
    await session.batch(db.addPerson, [[1, "a", null, 0], [2, "b", null, 0], [5, "kept", null, 1], [
      6,
      "c",
      null,
      0,
    ]]);
    return false;
  } catch {
    return true;
  }
}
