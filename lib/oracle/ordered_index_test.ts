import assert from "node:assert/strict";
import fc from "fast-check";
import type { Row, Value } from "../model/value.ts";
import { OrderedIndex } from "./ordered_index.ts";

const terms = [{ column: "rank", descending: true }, { column: "name", descending: false }];

Deno.test("OrderedIndex.sorted() follows inserts, removals and replacements between walks", () => {
  const change = fc.tuple(
    fc.nat(9),
    fc.option(fc.record({ rank: fc.nat(3), name: fc.constantFrom("a", "b", null) })),
  );
  fc.assert(fc.property(fc.array(fc.option(change)), (changes) => {
    const rows = new Map<Value, Row>([[3, { id: 3, rank: 1, name: "a" }], [5, {
      id: 5,
      rank: 2,
      name: "a",
    }]]);
    const index = new OrderedIndex("id", terms, rows.keys());
    const walk = () => [...index.sorted((key) => rows.get(key))];
    const truth = () =>
      [...rows.values()].map((row) => [-(row["rank"] as number), row["name"] ?? "", row["id"]] as const)
        .sort((a, b) =>
          a[0] - b[0] || (a[1]! < b[1]! ? -1 : a[1]! > b[1]! ? 1 : 0) || Number(a[2]) - Number(b[2])
        )
        .map(([, , id]) => id);
    for (const each of changes) {
      if (each === null) {
        assert.deepEqual(walk(), truth());
        continue;
      }
      const [id, values] = each;
      const before = rows.get(id);
      const after = values === null ? undefined : { id, ...values };
      if (after === undefined) rows.delete(id);
      else rows.set(id, after);
      index.note(before, after);
    }
    assert.deepEqual(walk(), truth());
  }));
});

Deno.test("OrderedIndex.sorted() does not sort again after writes to other columns", () => {
  const index = new OrderedIndex("id", terms, [2, 1]);
  const row = (id: number) => ({ id, rank: 0, name: "a", likes: 0 });
  const keys = index.sorted((key) => row(Number(key)));
  index.note(row(1), { ...row(1), likes: 1 });
  assert.equal(index.sorted(() => assert.fail("looked at a row")), keys);
});
