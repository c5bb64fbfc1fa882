/**
 * Dexie 4.4.7: `add()` takes a property that is null for 0, where SQL leaves NULL.
 * https://dexie.org/docs/Table/Table.update() (PropModification, add)
 *
 *     deno run --no-config --no-lock docs/known-gaps/dexie-add-null.ts
 */
// @ts-nocheck: runs without the repository's configuration, which does not know the package
// deno-lint-ignore-file no-import-prefix
import { add, Dexie } from "npm:dexie@4.4.7";
import { IDBFactory, IDBKeyRange } from "npm:fake-indexeddb@6.2.8";

const db = new Dexie("gap", { indexedDB: new IDBFactory(), IDBKeyRange });
db.version(1).stores({ weights: "id" });
await db.table("weights").add({ id: 1, weight: null });
await db.table("weights").update(1, { weight: add(-2) });
const { weight } = await db.table("weights").get(1);
console.log(`null and -2 give ${weight}`);
console.log(weight === null ? "The gap is closed" : "The gap is there: null was taken for 0");
db.close();
