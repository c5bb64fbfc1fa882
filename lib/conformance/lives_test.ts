import assert from "node:assert/strict";
import { Truth } from "../oracle/mod.ts";
import { TABLES } from "./fixtures.ts";
import { drawLives } from "./lives.ts";

Deno.test("drawLives() gives the same lives for the same seed and others for another one", () => {
  assert.deepEqual(drawLives(3), drawLives(3));
  assert.notDeepEqual(drawLives(3), drawLives(4));
});

Deno.test("drawLives() kills behind a write that is not the last, once while the thread stands still", () => {
  for (let seed = 0; seed < 20; seed++) {
    const lives = drawLives(seed);
    assert.deepEqual(lives.map(({ ending }) => ending.kind), ["kill", "kill", "close"]);
    for (const { ending, writes } of lives) {
      if (ending.kind === "kill") assert.ok(ending.afterWrite >= 1 && ending.afterWrite < writes.length - 1);
    }
    const [first] = lives;
    assert.ok(first!.ending.kind === "kill" && first!.ending.delay === "still");
  }
});

Deno.test("drawLives() writes into every table, and gives no key twice", () => {
  const truth = new Truth(TABLES, []);
  const keys = new Set<unknown>();
  const tables = new Set<string>();
  for (const { writes } of drawLives(5)) {
    for (const write of writes) {
      tables.add(write.statement.table);
      truth.apply(write);
      if (write.statement.kind !== "insert" || write.statement.table !== "people") continue;
      for (const [key] of write.kind === "batch" ? write.rows : [write.args]) {
        assert.ok(!keys.has(key), `key ${key}`);
        keys.add(key);
      }
    }
  }
  assert.deepEqual([...tables].sort(), ["items", "messages", "people"]);
});
