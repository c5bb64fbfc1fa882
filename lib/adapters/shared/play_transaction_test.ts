import assert from "node:assert/strict";
import type { TransactionStep } from "../../model/adapter.ts";
import { count, remove } from "../../model/statement.ts";
import { inTransaction, type TransactionScope } from "./play_transaction.ts";

const statement = remove({ table: "t", keyColumn: "id" });
const query = count({ table: "t", as: "n", where: [] });
const write = (id: number): TransactionStep => ({ kind: "write", statement, args: [id] });
const read: TransactionStep = { kind: "read", query, args: [] };

/** Notes what is asked for, and answers the number of notes. */
function noting(): { readonly log: string[]; readonly scope: TransactionScope } {
  const log: string[] = [];
  return {
    log,
    scope: {
      write: (_, [id]) => void log.push(`write ${id}`),
      read: () => [{ n: log.length }],
      exec: (sql) => void log.push(sql),
    },
  };
}

async function run(steps: readonly TransactionStep[], end: { log: string[]; scope: TransactionScope }) {
  return await inTransaction(async (play) => {
    end.log.push("BEGIN");
    try {
      await play(end.scope);
      end.log.push("COMMIT");
    } catch (error) {
      end.log.push("ROLLBACK");
      // As some libraries do.
      throw new Error("The transaction failed", { cause: error });
    }
  }, steps);
}

Deno.test("inTransaction() answers the rows of its reads in order, savepoints included", async () => {
  const end = noting();
  const nested: TransactionStep = { kind: "savepoint", steps: [write(2), read], isRolledBack: true };
  const results = await run([write(1), read, nested, read], end);
  assert.deepEqual(results, [[{ n: 2 }], [{ n: 4 }], [{ n: 6 }]]);
  assert.deepEqual(end.log, [
    "BEGIN",
    "write 1",
    "SAVEPOINT step0",
    "write 2",
    "ROLLBACK TO SAVEPOINT step0",
    "RELEASE SAVEPOINT step0",
    "COMMIT",
  ]);
});

Deno.test("inTransaction() does not throw when a rollback was asked for, though the library wraps what it was thrown", async () => {
  const end = noting();
  assert.deepEqual(await run([write(1), read, { kind: "rollback" }], end), [[{ n: 2 }]]);
  assert.deepEqual(end.log, ["BEGIN", "write 1", "ROLLBACK"]);
});

Deno.test("inTransaction() throws what the library throws when a step fails", async () => {
  const end = noting();
  const failing = { ...end.scope, write: () => Promise.reject(new Error("duplicate key")) };
  await assert.rejects(run([write(1)], { ...end, scope: failing }), /The transaction failed/);
});
