/** What happens when the file is full, broken, gone or not to be written. */

import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { EngineError } from "./errors.ts";
import {
  Emissions,
  openDatabase,
  quiet,
  strict,
  tempFile,
  testBehindThreads,
  withDatabase,
} from "./testing/fixtures.ts";
import { output, spawn } from "./testing/program.ts";

const test = testBehindThreads;

const insert = "INSERT INTO t(x) VALUES (?)";
const large = "x".repeat(1_000_000);

test("execute() rejects with SQLITE_FULL and goes on when there is no room", () =>
  withDatabase({ readers: 1 }, async (db) => {
    await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, x)");
    using emissions = new Emissions(db.watch("SELECT COUNT(*) AS c FROM t"));
    await emissions.atLeast(1);
    await db.execute("PRAGMA max_page_count = 20");
    const full = { code: "SQLITE_FULL", sqliteCode: 13 };
    await assert.rejects(db.execute(insert, [large]), full);
    await assert.rejects(
      db.executeBatch(insert, Array.from({ length: 300 }, () => [large.slice(0, 1000)])),
      full,
    );
    await assert.rejects(
      db.transaction(async (tx) => {
        await tx.execute(insert, ["small"]);
        await assert.rejects(tx.execute(insert, [large]), full);
        // SQLite has undone the whole transaction: what follows must not become a commit of its own.
        await assert.rejects(tx.execute(insert, ["alone"]), /rolled the transaction back/);
      }),
      /rolled the transaction back/,
    );
    await db.execute(insert, ["small"]);
    await emissions.until([{ c: 1 }]);
    await db.execute("PRAGMA max_page_count = 1000000");
    await db.execute(insert, [large]);
    await emissions.until([{ c: 2 }]);
  }));

test("watch() shows an error once and asks no more when the file is broken", async () => {
  using file = tempFile();
  const plain = new DatabaseSync(file.path);
  plain.exec("CREATE TABLE t(x); CREATE TABLE u(x);");
  plain.prepare(
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) " +
      "INSERT INTO t SELECT hex(randomblob(100)) FROM n",
  ).run();
  plain.close();
  const bytes = Deno.readFileSync(file.path);
  Deno.writeFileSync(file.path, bytes.fill(0xab, 4096 * 3, 4096 * 10));
  await using db = await openDatabase(file.path, { readers: 1, profile: true });
  await db.execute("INSERT INTO u VALUES (1)");
  const sql = "SELECT SUM(LENGTH(x)) AS s FROM t";
  await assert.rejects(db.select(sql), { code: "SQLITE_CORRUPT", verb: "select", sql });
  using broken = new Emissions(db.watch(sql));
  using sound = new Emissions(db.watch("SELECT x FROM u"));
  await Promise.all([broken.atLeast(1), sound.atLeast(1)]);
  await db.execute("INSERT INTO u VALUES (2)");
  await sound.until([{ x: 1 }, { x: 2 }]);
  await quiet(db);
  assert.equal(broken.all.length, 1);
  assert.equal((broken.last as EngineError).code, "SQLITE_CORRUPT");
  assert.ok(db.counters().requery_count <= 6, `${db.counters().requery_count} re-queries`);
});

test("watch() recovers by itself when the file could not be opened for a while", async () => {
  using file = tempFile();
  await using db = await openDatabase(file.path, { readers: 1, externalPollMs: 2 });
  await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, x)");
  // A reader opens the file with its first request.
  Deno.renameSync(file.path, `${file.path}.away`);
  using emissions = new Emissions(db.watch("SELECT COUNT(*) AS c FROM t"));
  await emissions.atLeast(1);
  assert.equal((emissions.last as EngineError).code, "SQLITE_CANTOPEN");
  await assert.rejects(db.select("SELECT 1"), { code: "SQLITE_CANTOPEN", message: /test\.db/ });
  Deno.renameSync(`${file.path}.away`, file.path);
  await emissions.until([{ c: 0 }]);
  assert.equal(emissions.all.length, 2, "the error is shown once");
});

test("openDatabase() reads and writes one file when the current folder changes after it was named", async () => {
  using file = tempFile();
  const folder = file.path.slice(0, file.path.lastIndexOf("/"));
  const child = spawn(
    `
    const db = await openDatabase("test.db");
    Deno.chdir("/");
    await db.execute("CREATE TABLE t(x)");
    console.log(JSON.stringify(await db.select("SELECT COUNT(*) AS c FROM t")));
    await db.close();
  `,
    folder,
  );
  assert.equal(await output(child), '[{"c":0}]');
  assert.ok(Deno.statSync(file.path).isFile);
});

test("openDatabase() rejects with a name for the trouble when the path cannot be a database", async () => {
  using file = tempFile();
  const folder = file.path.slice(0, file.path.lastIndexOf("/"));
  const refusal = (path: string) =>
    assert.rejects(openDatabase(path), (error: EngineError) => {
      assert.ok(
        error instanceof EngineError && error.verb === "open" && error.message.includes(path),
        error.message,
      );
      seen.push(error.code);
      return true;
    });
  const seen: string[] = [];
  await refusal(folder);
  await refusal(`${folder}/missing/test.db`);
  Deno.writeTextFileSync(file.path, "not a database ".repeat(100));
  await refusal(file.path);
  await refusal(`file:${file.path}?mode=ro`);
  assert.deepEqual(seen, ["SQLITE_CANTOPEN", "SQLITE_CANTOPEN", "SQLITE_NOTADB", "MISUSE"]);
});

const isSuperuser = Deno.uid() === 0;
Deno.test({
  name: "openDatabase() rejects with SQLITE_READONLY when the file must not be written" +
    (isSuperuser ? ", skipped as nothing is read-only for the superuser" : ""),
  ...strict,
  ignore: isSuperuser,
  async fn() {
    using file = tempFile();
    const plain = new DatabaseSync(file.path);
    plain.exec("CREATE TABLE t(x)");
    plain.close();
    Deno.chmodSync(file.path, 0o444);
    await assert.rejects(openDatabase(file.path), { code: "SQLITE_READONLY", message: /test\.db/ });
  },
});

test("execute() carries what fits and names the trouble when a value is huge", () =>
  withDatabase({ readers: 1 }, async (db) => {
    await db.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, x)");
    const text = "ä".repeat(10_000_000);
    await db.execute(insert, [text]);
    assert.ok((await db.select("SELECT x FROM t"))[0]!.x === text);
    assert.equal(
      (await db.executeBatch(insert, Array.from({ length: 100_000 }, (_, i) => [i]))).changes,
      100_000,
    );
    assert.equal((await db.select("SELECT id FROM t")).length, 100_001);
    const page = "y".repeat(10_000_000);
    const tooLarge = Array.from({ length: 60 }, () => [page]);
    const refused = {
      code: "MISUSE",
      message: /must fit into one message of the runtime, Invalid string length/,
    };
    await assert.rejects(db.executeBatch(insert, tooLarge), refused);
    await db.transaction(async (tx) => {
      await assert.rejects(tx.executeBatch(insert, tooLarge), refused);
      await tx.execute(insert, ["after"]);
    });
    const open = Promise.withResolvers<void>();
    const holding = db.transaction(() => open.promise);
    const held = [db.executeBatch(insert, tooLarge), db.execute(insert, ["behind it"])];
    open.resolve();
    await assert.rejects(held[0]!, refused);
    await Promise.all([holding, held[1]]);
    assert.deepEqual(await db.select("SELECT COUNT(*) AS c FROM t"), [{ c: 100_003 }]);
  }));
