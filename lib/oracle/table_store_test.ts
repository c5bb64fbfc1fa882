import assert from "node:assert/strict";
import type { Seed, Table } from "../model/schema.ts";
import { TableStore } from "./table_store.ts";

const table: Table = {
  name: "items",
  primaryKey: "id",
  autoKey: true,
  columns: [
    { name: "id", type: "integer" },
    { name: "owner", type: "integer" },
    { name: "ext", type: "integer", unique: true, nullable: true },
  ],
  indexes: [],
};

/** A store whose seed has keys from 10 on, and the indexes of the seed rows that were built. */
function seeded(rowCount: number): { store: TableStore; built: number[] } {
  const built: number[] = [];
  const seed: Seed = {
    table: "items",
    rowCount,
    firstKey: 10,
    batchSize: 100,
    row: (index) => {
      built.push(index);
      return { id: 10 + index, owner: index % 3, ext: null };
    },
  };
  return { store: new TableStore(table, [seed]), built };
}

function ids(rows: Iterable<{ readonly id?: unknown }>): unknown[] {
  return [...rows].map(({ id }) => id).sort((a, b) => Number(a) - Number(b));
}

Deno.test("TableStore.get() and .between() build only the seed rows that they meet", () => {
  const { store, built } = seeded(5_000_000);
  assert.equal(store.rowCount, 5_000_000);
  assert.deepEqual(store.get(4_000_010), { id: 4_000_010, owner: 1, ext: null });
  assert.equal(store.get(9), undefined);
  assert.equal(store.get(5_000_010), undefined);
  assert.equal(store.get(10.5), undefined);
  assert.equal(ids(store.between(100, 600)).length, 500);
  assert.deepEqual(ids(store.between(undefined, 12)), [10, 11]);
  assert.deepEqual(ids(store.between(5_000_009, undefined)), [5_000_009]);
  assert.equal(built.length, 1 + 500 + 2 + 1);
});

Deno.test("TableStore.get() returns the same row object until the row is replaced", () => {
  const { store } = seeded(3);
  const row = store.get(11)!;
  assert.equal(store.get(11n), row);
  store.replace(row, { ...row, owner: 9 });
  assert.deepEqual(store.get(11), { id: 11, owner: 9, ext: null });
  assert.deepEqual(row, { id: 11, owner: 1, ext: null });
});

Deno.test("TableStore.replace() removes a seed row for good, before and after a scan", () => {
  const { store } = seeded(3);
  store.replace(store.get(10), undefined);
  assert.equal(store.get(10), undefined);
  assert.deepEqual(ids(store.all()), [11, 12]);
  store.replace(store.get(11), undefined);
  assert.deepEqual(ids(store.all()), [12]);
  assert.equal(store.rowCount, 1);
});

Deno.test("TableStore.equalTo() follows changes and never finds NULL", () => {
  const { store } = seeded(6);
  assert.deepEqual(ids(store.equalTo("owner", 1)), [11, 14]);
  assert.deepEqual(ids(store.equalTo("ext", null)), []);
  store.replace(store.get(11), { id: 11, owner: 2, ext: 7 });
  store.replace(undefined, { id: 99, owner: 1, ext: null });
  assert.deepEqual(ids(store.equalTo("owner", 1)), [14, 99]);
  assert.deepEqual(ids(store.equalTo("owner", 2n)), [11, 12, 15]);
  assert.deepEqual(ids(store.equalTo("ext", 7)), [11]);
});

Deno.test("TableStore.between() yields all rows where keys are too sparse to be walked", () => {
  const { store } = seeded(2);
  store.replace(undefined, { id: 1_000_000_000, owner: 0, ext: null });
  assert.deepEqual(ids(store.between(0, undefined)), [10, 11, 1_000_000_000]);
  store.replace(undefined, { id: 2n ** 60n, owner: 0, ext: null });
  assert.equal(ids(store.between(10, 12)).length, 4);
  assert.deepEqual(store.get(2 ** 60), { id: 2n ** 60n, owner: 0, ext: null });
});

Deno.test("TableStore.between() finds nothing in an empty table", () => {
  assert.deepEqual([...new TableStore(table, []).between(undefined, undefined)], []);
});

Deno.test("TableStore.nextKey is the largest key so far plus one", () => {
  assert.equal(new TableStore(table, []).nextKey, 1);
  const { store } = seeded(3);
  assert.equal(store.nextKey, 13);
  store.replace(undefined, { id: 20, owner: 0, ext: null });
  store.replace(store.get(20), undefined);
  assert.equal(store.nextKey, 21);
});

Deno.test("TableStore.replace() rejects a taken key or unique value and changes nothing", () => {
  const { store } = seeded(3);
  store.replace(store.get(10), { id: 10, owner: 0, ext: 5 });
  const taken = /^RangeError: Cannot write to table "items" as "(id|ext)" must be unique: \d+ is taken$/;
  assert.throws(() => store.replace(undefined, { id: 12, owner: 0, ext: null }), taken);
  assert.throws(() => store.replace(undefined, { id: 50, owner: 0, ext: 5 }), taken);
  assert.throws(() => store.replace(store.get(11), { id: 12, owner: 0, ext: null }), taken);
  store.replace(store.get(10), { id: 10, owner: 1, ext: 5 });
  assert.deepEqual(ids(store.all()), [10, 11, 12]);
});
