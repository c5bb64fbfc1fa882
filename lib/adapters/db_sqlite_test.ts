import assert from "node:assert/strict";
import { libraryAdvice } from "./db_sqlite.ts";

Deno.test("libraryAdvice() tells a wrong path, another file and a missing download apart", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/libsqlite3.so`;
    assert.equal(await libraryAdvice(file), `DENO_SQLITE_PATH must name a file: there is none at "${file}"`);
    await Deno.writeTextFile(file, "not a library");
    assert.equal(
      await libraryAdvice(file),
      `DENO_SQLITE_PATH must name SQLite's shared library: "${file}" cannot be used as one`,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  assert.match(await libraryAdvice(undefined), /^it could not fetch .*DENO_SQLITE_PATH may name one/);
});
