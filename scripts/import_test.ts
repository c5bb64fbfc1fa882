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
