import assert from "node:assert/strict";
import { select } from "../../model/statement.ts";
import type { Row, Value } from "../../model/value.ts";
import { watchJoin } from "./watch_join.ts";

const query = select({
  table: "messages",
  as: "m",
  columns: ["m.id", "u.name"],
  join: { table: "users", as: "u", left: "m.sender", right: "u.id" },
  where: [],
  orderBy: [{ column: "m.id", descending: false }],
});

/** Two live queries that deliver when they are told to. */
class Sources {
  readonly log: string[] = [];
  readonly emissions: (readonly Row[])[] = [];
  deliverLeft: (documents: readonly Row[]) => void = () => {};
  deliverRight: (documents: readonly Row[]) => void = () => {};

  watch() {
    const observer = { next: (rows: readonly Row[]) => void this.emissions.push(rows), error: assert.fail };
    return watchJoin(query, [], observer, {
      left: (deliver) => {
        this.deliverLeft = deliver;
        return () => void this.log.push("left stops");
      },
      right: (keys: readonly Value[], deliver) => {
        this.log.push(`right watches ${keys}`);
        this.deliverRight = deliver;
        return () => void this.log.push(`right stops ${keys}`);
      },
    });
  }
}

Deno.test("watchJoin() delivers when both sides are known and when one changes", async () => {
  const sources = new Sources();
  await sources.watch();
  sources.deliverLeft([{ id: 1, sender: 7 }, { id: 2, sender: 8 }]);
  assert.deepEqual(sources.emissions, []);
  sources.deliverRight([{ id: 7, name: "a" }]);
  assert.deepEqual(sources.emissions.at(-1), [{ id: 1, name: "a" }]);
  sources.deliverRight([{ id: 7, name: "a" }, { id: 8, name: "b" }]);
  sources.deliverLeft([{ id: 3, sender: 8 }, { id: 2, sender: 7 }]);
  assert.deepEqual(sources.emissions.at(-1), [{ id: 2, name: "a" }, { id: 3, name: "b" }]);
  assert.deepEqual(sources.log, ["right watches 7,8"]);
});

Deno.test("watchJoin() watches other partners when other keys are named", async () => {
  const sources = new Sources();
  await sources.watch();
  sources.deliverLeft([{ id: 1, sender: 7 }]);
  const deliverToOld = sources.deliverRight;
  sources.deliverLeft([{ id: 1, sender: 9 }]);
  deliverToOld([{ id: 7, name: "late" }]);
  assert.deepEqual(sources.emissions, []);
  sources.deliverRight([{ id: 9, name: "c" }]);
  assert.deepEqual(sources.emissions, [[{ id: 1, name: "c" }]]);
  await Promise.resolve();
  assert.deepEqual(sources.log, ["right watches 7", "right watches 9", "right stops 7"]);
});

Deno.test("watchJoin() stops both sides and delivers nothing afterwards", async () => {
  const sources = new Sources();
  const subscription = await sources.watch();
  sources.deliverLeft([{ id: 1, sender: 7 }]);
  await subscription.close();
  sources.deliverRight([{ id: 7, name: "a" }]);
  assert.deepEqual(sources.emissions, []);
  assert.deepEqual(sources.log, ["right watches 7", "left stops", "right stops 7"]);
});
