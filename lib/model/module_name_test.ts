import { ok } from "node:assert/strict";
import { isModuleName } from "./module_name.ts";

Deno.test("isModuleName() tells paths, URLs and packages from ids", () => {
  for (const name of ["./a.ts", "../a.ts", "/x/a.ts", "file:///a.ts", "npm:a@1.0.0", "C:\\a.ts", "a.ts"]) {
    ok(isModuleName(name), name);
  }
  for (const name of ["tinybase", "node-sqlite", "sqlite3", "keyed-pk@1"]) ok(!isModuleName(name), name);
});
