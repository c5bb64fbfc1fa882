import { strictEqual, throws } from "node:assert/strict";
import { join } from "node:path";
import { inTempFolder } from "../testing/temp_folder.ts";
import { textIfThere } from "./text_if_there.ts";

Deno.test("textIfThere() reads a file, and gives undefined for none", () =>
  inTempFolder(async (folder) => {
    const path = join(folder, "note.txt");
    strictEqual(textIfThere(path), undefined);
    await Deno.writeTextFile(path, "");
    strictEqual(textIfThere(path), "");
  }));

Deno.test("textIfThere() throws when there is something that cannot be read", () =>
  inTempFolder(async (folder) => {
    throws(() => textIfThere(folder));
  }));
