/** Databases that are only read, or are copied while they are used. */

import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import {
  Emissions,
  openDatabase,
  tempFile,
  testEverywhere,
  testInEachMode,
  withDatabase,
} from "./testing/fixtures.ts";

const test = testInEachMode;

test("openDatabase() refuses what writes and shows what others write when the file is only read", async () => {
  using file = tempFile();
  await assert.rejects(openDatabase(file.path, { readOnly: true }), { code: "SQLITE_CANTOPEN" });
  const plain = new DatabaseSync(file.path);
  plain.exec("PRAGMA journal_mode = WAL; CREATE TABLE t(id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)");
  await using db = await openDatabase(file.path, { readOnly: true, readers: 1, externalPollMs: 2 });
  using shown = new Emissions(db.watch("SELECT id FROM t WHERE id < ?", [9]));
  await shown.until([{ id: 1 }]);
  const readOnly = { code: "SQLITE_READONLY" };
  await assert.rejects(db.execute("INSERT INTO t VALUES (2)"), readOnly);
  await assert.rejects(db.executeBatch("INSERT INTO t VALUES (?)", [[2], [3]]), readOnly);
  await assert.rejects(db.transaction((tx) => tx.execute("INSERT INTO t VALUES (2)")), readOnly);
  await assert.rejects(db.exec("CREATE TABLE u(a)"), readOnly);
  plain.exec("INSERT INTO t VALUES (4)");
  await shown.until([{ id: 1 }, { id: 4 }]);
  assert.deepEqual(await db.select("SELECT COUNT(*) AS c FROM t"), [{ c: 2 }]);
  plain.close();
});

testEverywhere(
  "backup() writes a whole state when writes go on",
  () =>
    withDatabase({ readers: 1 }, async (db) => {
      using file = tempFile();
      await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, x)");
      const rows = Array.from({ length: 200 }, () => [null]);
      await db.executeBatch("INSERT INTO t(x) VALUES (?)", rows);
      let isDone = false;
      const writing = (async () => {
        while (!isDone) {
          await db.executeBatch("INSERT INTO t(x) VALUES (?)", rows);
          await new Promise<void>((resolve) => setImmediate(resolve));
        }
      })();
      await db.backup(file.path);
      isDone = true;
      await writing;
      const copy = new DatabaseSync(file.path);
      const { c } = copy.prepare("SELECT COUNT(*) AS c FROM t").get() as { c: number };
      assert.ok(c >= 200 && c % 200 === 0, `${c} rows`);
      assert.deepEqual({ ...copy.prepare("PRAGMA integrity_check").get() }, { integrity_check: "ok" });
      copy.close();
      await assert.rejects(db.backup(`${file.path}/no/such/folder`), { verb: "backup" });
      await assert.rejects(db.backup(""), { code: "MISUSE" });
      await assert.rejects(db.backup(file.path, { signal: AbortSignal.abort() }), { code: "ABORTED" });
    }),
);
