/**
 * libsql 0.5.29 keeps the files of a closed database open until its prepared statements are garbage collected, and has no
 * call that frees a statement.
 * https://github.com/tursodatabase/libsql-js
 *
 *     deno run --no-config --no-lock --allow-all docs/known-gaps/libsql-open-files.ts      (Linux)
 */
// @ts-nocheck: runs without the repository's configuration, which does not know the package
// deno-lint-ignore-file no-import-prefix
import Database from "npm:libsql@0.5.29";

const folder = await Deno.makeTempDir();
const db = new Database(`${folder}/data.db`);
const statement = db.prepare("SELECT 1");
statement.all();
db.close();
const open = Array.from(Deno.readDirSync("/proc/self/fd"), ({ name }) => {
  try {
    return Deno.readLinkSync(`/proc/self/fd/${name}`);
  } catch {
    return "";
  }
}).filter((path) => path.startsWith(folder));
console.log(
  open.length === 0 ? "The gap is closed" : `The gap is there: ${open.length} files are open after close`,
);
await Deno.remove(folder, { recursive: true });
