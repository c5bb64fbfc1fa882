import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import type { Fault } from "./fault.ts";
import { LESSONS_FOLDER, loadLessons } from "./lessons.ts";

const SOUND = {
  date: "2026-11-28",
  lesson: "It is so.",
  appliesAgainWhen: "it rains.",
  pins: [{ kind: "claim", claim: "079.1" }],
};

/** What the folder with these files holds. */
function load(files: Readonly<Record<string, string>>): { slugs: string[]; faults: Fault[] } {
  const root = Deno.makeTempDirSync();
  try {
    Deno.mkdirSync(join(root, LESSONS_FOLDER), { recursive: true });
    for (const [name, text] of Object.entries(files)) {
      Deno.writeTextFileSync(join(root, LESSONS_FOLDER, name), text);
    }
    const faults: Fault[] = [];
    return { slugs: loadLessons(root, faults).map(({ slug }) => slug), faults };
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

Deno.test("loadLessons() loads lessons by the names of their files", () => {
  const { slugs, faults } = load({
    "b-two.json": JSON.stringify(SOUND),
    "a-one.json": JSON.stringify({ ...SOUND, pins: [{ kind: "test", file: "x_test.ts", title: "t" }] }),
  });
  deepStrictEqual(slugs, ["a-one", "b-two"]);
  deepStrictEqual(faults, []);
});

Deno.test("loadLessons() names what is no lesson, and goes on", () => {
  const { slugs, faults } = load({
    "Bad Name.json": JSON.stringify(SOUND),
    "broken.json": "{",
    "nothing-to-look-at.json": JSON.stringify({ ...SOUND, pins: [] }),
    "sound.json": JSON.stringify(SOUND),
    "no-day.json": JSON.stringify({ ...SOUND, date: "2026-02-30" }),
  });
  deepStrictEqual(slugs, ["sound"]);
  deepStrictEqual(faults.map(({ rule, file }) => [rule, file.split("/").at(-1)]), [
    ["file-name", "Bad Name.json"],
    ["json", "broken.json"],
    ["shape", "no-day.json"],
    ["shape", "nothing-to-look-at.json"],
  ]);
});

Deno.test("loadLessons() finds none where there is no folder", () => {
  const faults: Fault[] = [];
  strictEqual(loadLessons("/nowhere/at/all", faults).length, 0);
  deepStrictEqual(faults, []);
});
