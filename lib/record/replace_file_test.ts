import assert from "node:assert/strict";
import { join } from "node:path";
import { withDirectory } from "./_fixtures.ts";
import { replaceFile } from "./replace_file.ts";

Deno.test("replaceFile() makes a file and replaces it, and leaves nothing beside it", () => {
  withDirectory((directory) => {
    const path = join(directory, "report.md");
    replaceFile(path, "a long first text");
    assert.equal(Deno.readTextFileSync(path), "a long first text");
    // What a killed process left behind is overwritten.
    Deno.writeTextFileSync(`${path}.tmp`, "left behind by a process that was killed");
    replaceFile(path, "ü");
    assert.equal(Deno.readTextFileSync(path), "ü");
    assert.deepEqual(Array.from(Deno.readDirSync(directory), ({ name }) => name), ["report.md"]);
  });
});

Deno.test("replaceFile() leaves nothing beside the path when it cannot be replaced", () => {
  withDirectory((directory) => {
    const path = join(directory, "report.md");
    Deno.mkdirSync(join(path, "in the way"), { recursive: true });
    assert.throws(() => replaceFile(path, "text"));
    assert.deepEqual(Array.from(Deno.readDirSync(directory), ({ name }) => name), ["report.md"]);
  });
});
