import { strictEqual, throws } from "node:assert/strict";
import { join } from "node:path";
import { inTempFolder } from "../testing/temp_folder.ts";
import { requireCommentFolder, writeComment } from "./comment_file.ts";

Deno.test("writeComment() writes the text, and says what a path lacks that cannot be a file", () =>
  inTempFolder((folder) => {
    const path = join(folder, "comment.md");
    requireCommentFolder(path);
    writeComment(path, "### Faster");
    strictEqual(Deno.readTextFileSync(path), "### Faster\n");
    const message = /must be a file in a folder that is there/;
    throws(() => writeComment(folder, ""), { name: "UsageError", message });
    throws(() => requireCommentFolder(join(folder, "none", "comment.md")), { name: "UsageError", message });
    throws(() => requireCommentFolder(join(path, "comment.md")), { name: "UsageError", message });
    requireCommentFolder(undefined);
    return Promise.resolve();
  }));
