import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inTempFolder } from "../../testing/temp_folder.ts";
import { EmptyClusters } from "./pglite_cluster.ts";

Deno.test("EmptyClusters.prepare() leaves the first eight alone, sets up one, and copies its files, empty folders too, from then on", () =>
  inTempFolder(async (root) => {
    const clusters = new EmptyClusters();
    let setUpCount = 0;
    const prepared = async (name: string): Promise<string> => {
      const directory = join(root, name);
      await clusters.prepare(directory, () => {
        setUpCount += 1;
        mkdirSync(join(directory, "base", "1"), { recursive: true });
        mkdirSync(join(directory, "pg_notify"));
        writeFileSync(join(directory, "PG_VERSION"), "18");
        writeFileSync(join(directory, "base", "1", "112"), new Uint8Array([0, 255]));
        return Promise.resolve();
      });
      return directory;
    };
    for (let count = 0; count < 8; count++) await prepared(`own-${count}`);
    strictEqual(setUpCount, 0);
    deepStrictEqual(readdirSync(root), []);

    const first = await prepared("first");
    // What becomes of the first one changes nothing in later ones.
    writeFileSync(join(first, "PG_VERSION"), "changed");
    const second = await prepared("second");
    strictEqual(setUpCount, 1);
    deepStrictEqual(readdirSync(second).toSorted(), ["PG_VERSION", "base", "pg_notify"]);
    strictEqual(readFileSync(join(second, "PG_VERSION"), "utf8"), "18");
    deepStrictEqual([...readFileSync(join(second, "base", "1", "112"))], [0, 255]);
  }));
