import assert from "node:assert/strict";
import { join } from "node:path";
import { EXIT } from "../lib/cli/exit_code.ts";
import { importFolder } from "./import.ts";

const FIXTURE = "2026-04-08T15-43-57-with-streaming.md";

Deno.test("importFolder() stores nothing of files that hold no number", () => {
  const root = Deno.makeTempDirSync({ prefix: "watchbench-import-" });
  try {
    const [folder, results] = [join(root, "in"), join(root, "results")];
    Deno.mkdirSync(folder);
    Deno.writeTextFileSync(join(folder, "2026-04-12T10-00-00-empty.md"), "");
    Deno.writeFileSync(join(folder, "2026-04-13T10-00-00-binary.md"), Uint8Array.of(0, 255, 10, 254, 0));
    assert.equal(importFolder({ folder, results }), EXIT.wrong);
    Deno.copyFileSync(
      new URL(`../lib/import/fixtures/${FIXTURE}`, import.meta.url),
      join(folder, FIXTURE),
    );
    assert.equal(importFolder({ folder, results }), EXIT.fine);
    const stored = [...Deno.readDirSync(join(results, "imported"))].map(({ name }) => name);
    assert.equal(stored.length, 1);
    assert.match(stored[0]!, /with-streaming/);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
});

Deno.test("importFolder() takes a name without a label, and names links and folders that it does not read", () => {
  const root = Deno.makeTempDirSync({ prefix: "watchbench-import-" });
  const print = console.error;
  let said = "";
  try {
    console.error = (line: string) => void (said += `${line}\n`);
    const [folder, results] = [join(root, "in"), join(root, "results")];
    Deno.mkdirSync(join(folder, "archive"), { recursive: true });
    const fixture = new URL(`../lib/import/fixtures/${FIXTURE}`, import.meta.url);
    Deno.copyFileSync(fixture, join(folder, "2026-04-08.md"));
    Deno.symlinkSync(join(folder, "2026-04-08.md"), join(folder, "2026-04-09.md"));
    assert.equal(importFolder({ folder, results }), EXIT.fine);
    const stored = [...Deno.readDirSync(join(results, "imported"))].map(({ name }) => name);
    assert.equal(stored.length, 1);
    assert.match(stored[0]!, /^resqlite-2026-04-08-/);
    for (const name of ["2026-04-09.md", "archive"]) {
      assert.ok(said.includes(`${name}: not read, it must be a regular file, no link and no folder\n`), said);
    }
  } finally {
    console.error = print;
    Deno.removeSync(root, { recursive: true });
  }
});
