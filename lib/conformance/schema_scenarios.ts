/** Scenarios of what a schema does by itself, and of schemas that change while they are watched. */
import { messageOf } from "../model/errors.ts";
import { type SqlDraft, sqlStatement } from "../model/statement.ts";
import type { RemoteSession } from "../runner/remote_session.ts";
import { expectRows } from "./expect.ts";
import * as db from "./fixtures.ts";
import type { Recorder } from "./recorder.ts";
import { NEEDS, NotApplicable, type Scenario, type Stage } from "./scenario.ts";
import { isSqlite } from "./sql_dialect.ts";

/** Runs a statement that changes the schema. Throws NotApplicable where the database refuses it. */
async function define(session: RemoteSession, sqlite: string, postgres = sqlite): Promise<void> {
  try {
    await session.write(sqlStatement({ tables: ["people"], sqlite, postgres }), []);
  } catch (error) {
    throw new NotApplicable(`The database refuses such a schema: ${messageOf(error)}`, { cause: error });
  }
}

const query = (draft: Omit<SqlDraft, "tables"> & { readonly tables?: readonly string[] }) =>
  sqlStatement({ tables: ["people"], ...draft });

async function watchIfPossible(
  { watch, capabilities }: Stage,
  ...args: Parameters<Stage["watch"]>
): Promise<Recorder | undefined> {
  return NEEDS.watch.has(capabilities) ? await watch(...args) : undefined;
}

const allRome = query({ columns: ["id", "name"], sqlite: "SELECT id, name FROM romans ORDER BY id" });
const everything = query({ columns: ["id"], sqlite: "SELECT * FROM people WHERE id = 1" });
const extended = query({ columns: ["id", "mood"], sqlite: "SELECT id, mood FROM people ORDER BY id" });
const plainRows = sqlStatement({
  tables: ["plain"],
  columns: ["code", "amount"],
  sqlite: "SELECT code, amount FROM plain ORDER BY code",
});
const overflow = query({
  columns: ["total"],
  sqlite: "SELECT SUM(score) AS total FROM people",
  postgres: "SELECT SUM(score)::bigint AS total FROM people",
});
const makeHuge = query({ sqlite: "UPDATE people SET score = 9223372036854775807" });
const makeSmall = query({ sqlite: "UPDATE people SET score = 1" });

/** See {@link Scenario}. */
export const SCHEMA_SCENARIOS: readonly Scenario[] = [
  {
    key: "schema/trigger-writes-to-another-table",
    needs: ["sql"],
    spoils: true,
    async run(stage) {
      const { session } = stage;
      if (await isSqlite(session)) {
        await define(
          session,
          "CREATE TRIGGER log_people AFTER UPDATE OF score ON people BEGIN INSERT INTO items(external_id, payload) " +
            "VALUES (NEW.id * 1000 + NEW.score, NEW.name); END",
        );
      } else {
        await define(
          session,
          "CREATE FUNCTION log_people() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO items(external_id, " +
            "payload) VALUES (NEW.id * 1000 + NEW.score, NEW.name); RETURN NULL; END $$",
        );
        await define(
          session,
          "CREATE TRIGGER log_people AFTER UPDATE OF score ON people FOR EACH ROW EXECUTE FUNCTION log_people()",
        );
      }
      await session.batch(db.addPerson, [[1, "a", null, 0], [2, "b", null, 0]]);
      const items = await watchIfPossible(stage, db.allItems);
      const total = await watchIfPossible(stage, db.countItems);
      await items?.untilLast([], "Before a trigger writes");
      await session.write(db.movePerson, [null, 5, 1]);
      const first = { external_id: 1005, payload: "a" };
      expectRows(await session.read(db.allItems, []), [first], "What a trigger wrote");
      await items?.untilLast([first], "What a trigger wrote, watched");
      await session.batch(db.movePerson, [[null, 6, 1], [null, 7, 2]]);
      const rows = [first, { external_id: 1006, payload: "a" }, { external_id: 2007, payload: "b" }];
      await items?.untilLast(rows, "What a trigger wrote during a batch, watched");
      await total?.untilLast([{ c: 3 }], "What a trigger wrote during a batch, counted");
      for (const recorder of [items, total]) await recorder?.close();
    },
  },
  {
    key: "schema/trigger-changes-the-same-table",
    needs: ["sql"],
    spoils: true,
    async run(stage) {
      const { session } = stage;
      if (!await isSqlite(session)) throw new NotApplicable("Asked in SQLite's words only");
      await define(
        session,
        "CREATE TRIGGER reward AFTER INSERT ON people BEGIN UPDATE people SET score = NEW.score + 100 " +
          "WHERE id = NEW.id - 1; END",
      );
      await session.write(db.addPerson, [1, "a", null, 0]);
      const first = await watchIfPossible(stage, db.personById, [1]);
      await first?.untilLast([{ id: 1, name: "a", city: null, score: 0 }], "Before a trigger changes it");
      await session.write(db.addPerson, [2, "b", null, 7]);
      const changed = [{ id: 1, name: "a", city: null, score: 107 }];
      expectRows(await session.read(db.personById, [1]), changed, "A row that a trigger changed");
      await first?.untilLast(changed, "A row that a trigger changed, watched by its key");
      await first?.close();
    },
  },
  {
    key: "schema/cascade-deletes",
    needs: ["sql"],
    spoils: true,
    async run(stage) {
      const { session } = stage;
      if (await isSqlite(session)) await define(session, "PRAGMA foreign_keys = ON");
      await define(
        session,
        "CREATE TABLE pets(id INTEGER PRIMARY KEY, owner INTEGER REFERENCES people(id) ON DELETE CASCADE)",
        "ALTER TABLE messages ADD FOREIGN KEY (sender_id) REFERENCES people(id) ON DELETE CASCADE",
      );
      await session.batch(db.addPerson, [[1, "a", null, 0], [2, "b", null, 0]]);
      const isOwn = await isSqlite(session);
      const children = isOwn
        ? sqlStatement({ tables: ["pets"], columns: ["id"], sqlite: "SELECT id FROM pets ORDER BY id" })
        : db.allMessages;
      const add = isOwn
        ? sqlStatement({
          tables: ["pets"],
          params: ["id", "owner"],
          sqlite: "INSERT INTO pets(id, owner) VALUES (?, ?)",
        })
        : sqlStatement({
          tables: ["messages"],
          params: ["id", "sender"],
          sqlite: "INSERT INTO messages(id, room, sender_id, sent_at) VALUES (?, 1, ?, 0)",
        });
      await session.batch(add, [[10, 1], [11, 1], [12, 2]]);
      const recorder = await watchIfPossible(stage, children);
      await recorder?.untilLast([{ id: 10 }, { id: 11 }, { id: 12 }], "Before a cascade");
      await session.write(db.removePerson, [1]);
      const left = await session.read(children, []);
      if (left.length === 3) throw new NotApplicable("Foreign keys are not enforced");
      expectRows(left, [{ id: 12 }], "What a cascade left");
      await recorder?.untilLast([{ id: 12 }], "What a cascade left, watched");
      await recorder?.close();
    },
  },
  {
    key: "schema/view",
    needs: ["sql"],
    spoils: true,
    async run(stage) {
      const { session } = stage;
      await define(session, "CREATE VIEW romans AS SELECT id, name FROM people WHERE city = 'Rome'");
      await session.batch(db.addPerson, [[1, "a", "Rome", 0], [2, "b", "Oslo", 0]]);
      const recorder = await watchIfPossible(stage, allRome);
      const rows = [{ id: 1, name: "a" }];
      expectRows(await session.read(allRome, []), rows, "A view");
      await recorder?.untilLast(rows, "A view, watched");
      await session.write(db.movePerson, ["Rome", 0, 2]);
      const both = [...rows, { id: 2, name: "b" }];
      expectRows(await session.read(allRome, []), both, "A view after a row entered");
      await recorder?.untilLast(both, "A view, watched, after a row entered");
      await session.write(db.removePerson, [1]);
      await recorder?.untilLast([{ id: 2, name: "b" }], "A view, watched, after a row left");
      await recorder?.close();
    },
  },
  {
    key: "schema/column-is-added-while-watching",
    needs: ["sql"],
    spoils: true,
    async run(stage) {
      const { session } = stage;
      await session.batch(db.addPerson, [[1, "a", "Rome", 0], [2, "b", "Oslo", 0]]);
      const narrow = await watchIfPossible(stage, db.personById, [1]);
      const wide = await watchIfPossible(stage, everything);
      const before = [{ id: 1, name: "a", city: "Rome", score: 0 }];
      await narrow?.untilLast(before, "Before a column is added");
      await wide?.untilLast(before, "Every column, before one is added");
      await define(session, "ALTER TABLE people ADD COLUMN mood TEXT DEFAULT 'calm'");
      await session.write(db.renamePerson, ["renamed", 1]);
      const after = [{ ...before[0]!, name: "renamed" }];
      expectRows(await session.read(db.personById, [1]), after, "Read after a column was added");
      await narrow?.untilLast(after, "Watched after a column was added");
      expectRows(await session.read(everything, []), [{ ...after[0]!, mood: "calm" }], "Every column, read");
      await wide?.untilLast([{ ...after[0]!, mood: "calm" }], "Every column, watched after one was added");
      const fresh = await watchIfPossible(stage, extended);
      await fresh?.untilLast(
        [{ id: 1, mood: "calm" }, { id: 2, mood: "calm" }],
        "A live query of the new column",
      );
      for (const recorder of [narrow, wide, fresh]) await recorder?.close();
    },
  },
  {
    key: "schema/index-comes-and-goes-while-watching",
    needs: ["sql"],
    spoils: true,
    async run(stage) {
      const { session } = stage;
      await session.batch(db.addPerson, [[1, "a", "Rome", 1], [2, "b", "Oslo", 2]]);
      const recorder = await watchIfPossible(stage, db.bestPeople, [5]);
      const scores = (one: number, two: number) =>
        [{ id: 1, score: one }, { id: 2, score: two }].sort((a, b) => b.score - a.score);
      await recorder?.untilLast(scores(1, 2), "Before an index comes");
      await define(session, "CREATE INDEX people_score ON people(score)");
      await session.write(db.movePerson, [null, 9, 1]);
      expectRows(await session.read(db.bestPeople, [5]), scores(9, 2), "Read after an index came");
      await recorder?.untilLast(scores(9, 2), "Watched after an index came");
      await define(session, "DROP INDEX people_score");
      await session.write(db.movePerson, [null, 10, 2]);
      await recorder?.untilLast(scores(9, 10), "Watched after the index went");
      await recorder?.close();
    },
  },
  {
    key: "schema/table-is-made-while-open",
    needs: ["sql"],
    spoils: true,
    async run(stage) {
      const { session } = stage;
      // In SQLite a table without row ids, which its update hook does not tell of.
      await define(
        session,
        "CREATE TABLE plain(code TEXT PRIMARY KEY, amount INTEGER) WITHOUT ROWID",
        "CREATE TABLE plain(code TEXT PRIMARY KEY, amount INTEGER)",
      );
      const write = async (sqlite: string, args: readonly (string | number)[]) => {
        const params = args.map((_, index) => `p${index}`);
        await session.write(sqlStatement({ tables: ["plain"], params, sqlite }), args);
      };
      await write("INSERT INTO plain(code, amount) VALUES (?, ?)", ["a", 1]);
      const recorder = await watchIfPossible(stage, plainRows);
      await recorder?.untilLast([{ code: "a", amount: 1 }], "A table that was made while open");
      await write("INSERT INTO plain(code, amount) VALUES (?, ?)", ["b", 2]);
      const rows = [{ code: "a", amount: 1 }, { code: "b", amount: 2 }];
      expectRows(await session.read(plainRows, []), rows, "Read after an insert into it");
      await recorder?.untilLast(rows, "Watched after an insert into it");
      await write("UPDATE plain SET amount = ? WHERE code = ?", [5, "a"]);
      await recorder?.untilLast([{ code: "a", amount: 5 }, rows[1]!], "Watched after an update of it");
      await write("DELETE FROM plain WHERE code = ?", ["b"]);
      await recorder?.untilLast([{ code: "a", amount: 5 }], "Watched after a delete from it");
      await recorder?.close();
    },
  },
  {
    key: "schema/failing-live-query-tells-of-its-error",
    needs: ["sql", "watch"],
    spoils: true,
    async run({ session, watch }) {
      await session.batch(db.addPerson, [[1, "a", "Rome", 1], [2, "b", "Oslo", 2]]);
      const failing = await watch(overflow);
      const beside = await watch(db.countPeople);
      await failing.untilLast([{ total: 3 }], "A sum before it is too large");
      await session.write(makeHuge, []);
      await failing.untilError("A live query whose sum became too large");
      await session.write(db.addPerson, [3, "c", null, 0]);
      await beside.untilLast([{ total: 3 }], "A live query beside one that failed");
      await session.write(makeSmall, []);
      const again = await watch(overflow);
      await again.untilLast([{ total: 3 }], "A new live query after that one failed");
      await failing.abandon();
      await session.write(db.removePerson, [3]);
      await again.untilLast([{ total: 2 }], "After the failed one was closed");
      for (const recorder of [beside, again]) await recorder.close();
    },
  },
];
