import assert from "node:assert/strict";
import { inTempFolder } from "../../testing/temp_folder.ts";
import { folderBytes } from "./folder_bytes.ts";

Deno.test("folderBytes() adds the files of all folders below", async () => {
  await inTempFolder(async (folder) => {
    assert.equal(await folderBytes(folder), 0);
    await Deno.writeFile(`${folder}/a`, new Uint8Array(3));
    await Deno.mkdir(`${folder}/b/c`, { recursive: true });
    await Deno.writeFile(`${folder}/b/c/d`, new Uint8Array(40));
    assert.equal(await folderBytes(folder), 43);
  });
});

Deno.test("folderBytes() counts nothing when there is no such folder", async () => {
  await inTempFolder(async (folder) => assert.equal(await folderBytes(`${folder}/none`), 0));
});
