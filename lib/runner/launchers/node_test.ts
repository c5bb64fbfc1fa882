import assert from "node:assert/strict";
import { nodeSqlite3Wasm } from "../../adapters/node_sqlite3_wasm.ts";
import { permissionFlags } from "./node.ts";

Deno.test("permissionFlags() allows a child its own directory and what is declared", () => {
  const permissions = { ffi: true, read: ["driver", "/engine"], write: ["/var/x"], run: ["postgres"] };
  assert.deepEqual(permissionFlags(permissions, "/tmp/block", ["/checkout/lib"]), [
    "--permission",
    "--allow-fs-read=/checkout/lib",
    "--allow-fs-read=/tmp/block",
    "--allow-fs-read=/engine",
    "--allow-fs-write=/tmp/block",
    "--allow-fs-write=/var/x",
    "--allow-worker",
    "--allow-addons",
    "--allow-child-process",
  ]);
});

Deno.test("permissionFlags() confines nobody who syncs files by Node's interfaces, as node-sqlite3-wasm does", () => {
  assert.deepEqual(permissionFlags(nodeSqlite3Wasm.permissions, "/tmp/block", []), []);
});
