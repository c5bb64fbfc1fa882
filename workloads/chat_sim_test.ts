import assert from "node:assert/strict";
import type { Operation } from "../lib/model/mod.ts";
import { MemoryDatabase, phasesOf, programOf, schemaSql, trafficSql } from "./_testing.ts";

const READ_LAST_20 = "SELECT m.id, m.body, m.sent_at, u.name, u.avatar_url " +
  "FROM messages m JOIN users u ON u.id = m.sender_id WHERE m.conv_id = ? ORDER BY m.sent_at DESC LIMIT 20";

function operationsOf(name: string): readonly Operation[] {
  return phasesOf(programOf(name))[0]!.operations();
}

function mix(operations: readonly Operation[]): number[] {
  return ["insert message", "update conversation", "read last 20", "read user"]
    .map((label) => operations.filter((operation) => operation.label === label).length);
}

Deno.test("chat-sim@1 speaks resqlite's SQL", () => {
  const program = programOf("chat-sim@1");
  assert.deepEqual(schemaSql(program), [
    "CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT NOT NULL, avatar_url TEXT NOT NULL)",
    "CREATE TABLE conversations(id INTEGER PRIMARY KEY, last_msg_at INTEGER NOT NULL)",
    "CREATE TABLE messages(id INTEGER PRIMARY KEY, conv_id INTEGER NOT NULL, sender_id INTEGER NOT NULL, " +
    "body TEXT NOT NULL, sent_at INTEGER NOT NULL)",
    "CREATE INDEX messages_conv_sent ON messages(conv_id, sent_at)",
  ]);
  assert.deepEqual(
    new Set(trafficSql(program)),
    new Set([
      "INSERT INTO messages(conv_id, sender_id, body, sent_at) VALUES (?, ?, ?, ?)",
      "UPDATE conversations SET last_msg_at = ? WHERE id = ?",
      READ_LAST_20,
      "SELECT id, name, avatar_url FROM users WHERE id = ?",
    ]),
  );
});

Deno.test("chat-sim@2 brings the keys of its messages", () => {
  const program = programOf("chat-sim@2");
  assert.ok(
    trafficSql(program).includes(
      "INSERT INTO messages(id, conv_id, sender_id, body, sent_at) VALUES (?, ?, ?, ?, ?)",
    ),
  );
  assert.ok(program.tables.every((table) => !table.autoKey));
});

Deno.test("chat-sim has the published mix in both versions, with and without its warm-up", () => {
  for (const name of ["chat-sim@1", "chat-sim@2"]) {
    const operations = operationsOf(name);
    assert.deepEqual(mix(operations), [491, 503, 4466, 4540]);
    assert.equal(phasesOf(programOf(name))[0]!.warmupOperationCount, 500);
    assert.deepEqual(mix(operations.slice(500)), [462, 485, 4233, 4320]);
  }
});

Deno.test("chat-sim@1 seeds messages with the published Zipf counts and senders", () => {
  const program = programOf("chat-sim@1");
  assert.deepEqual(program.seeds.map((seed) => seed.rowCount), [500, 100, 10_000]);
  assert.deepEqual(program.seeds[0]!.row(6), {
    id: 7,
    name: "user_7",
    avatar_url: "https://example.com/avatars/7.png",
  });
  assert.deepEqual(program.seeds[1]!.row(6), { id: 7, last_msg_at: 0 });
  const messages = program.seeds[2]!;
  const rows = Array.from({ length: messages.rowCount }, (_, index) => messages.row(index));
  assert.deepEqual(rows[1], { id: 2, conv_id: 87, sender_id: 131, body: "seed_message_2", sent_at: 2 });
  const counts = new Array<number>(100).fill(0);
  for (const row of rows) counts[Number(row.conv_id) - 1]! += 1;
  assert.deepEqual(counts.slice(0, 5), [1892, 958, 616, 469, 418]);
  assert.equal(Math.min(...counts), 14);
});

Deno.test("chat-sim@1 begins with the published operations", () => {
  // Rolls, users and conversations follow from the golden vectors: 67 reads user 78 + 1, then 7 updates the first
  // conversation that the sampler draws.
  const [first, second] = operationsOf("chat-sim@1").map((operation) =>
    "args" in operation ? [operation.label, ...operation.args] : []
  );
  assert.deepEqual(first!.slice(0, 1), ["read user"]);
  assert.deepEqual(second, ["update conversation", 0, 1]);
});

Deno.test("chat-sim runs both versions on SQLite without ever reading two messages of the same time", () => {
  for (const name of ["chat-sim@1", "chat-sim@2"]) {
    const program = programOf(name);
    using database = new MemoryDatabase(program);
    // One row more than is read: a tie at the end of the page would also leave the order open.
    const readLast21 = READ_LAST_20.replace("LIMIT 20", "LIMIT 21");
    for (const operation of phasesOf(program)[0]!.operations()) {
      if (operation.label === "read last 20" && operation.kind === "read") {
        const times = database.all(readLast21, operation.args).map((row) => row.sent_at);
        assert.equal(new Set(times).size, times.length, `${name} conversation ${operation.args}`);
      } else {
        database.run(operation);
      }
    }
  }
});

Deno.test("chat-sim@2 shows inserted messages, chat-sim@1 nearly none", () => {
  const shown = (name: string) => {
    const program = programOf(name);
    using database = new MemoryDatabase(program);
    for (const operation of phasesOf(program)[0]!.operations()) {
      if (operation.kind !== "read") database.run(operation);
    }
    const inserted = new Set(database.all("SELECT id FROM messages WHERE id > 10000").map((row) => row.id));
    const conversations = Array.from({ length: 100 }, (_, index) => index + 1);
    const visible = conversations.flatMap((id) => database.all(READ_LAST_20, [id])).map((row) => row.id);
    return [inserted.size, visible.filter((id) => inserted.has(id!)).length];
  };
  const [insertedCount, shownCount] = shown("chat-sim@2");
  assert.equal(insertedCount, 491);
  // The popular conversations received more than a page.
  assert.ok(shownCount! > 250, `${shownCount}`);
  assert.ok(shown("chat-sim@1")[1]! < 20);
});
