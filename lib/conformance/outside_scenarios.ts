/** Scenarios of another process that writes to the same file: this one, with SQLite and nothing else. */
import { isAbsolute } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expectRows } from "./expect.ts";
import * as db from "./fixtures.ts";
import { NotApplicable, type Scenario } from "./scenario.ts";

/** Every SQLite file begins with it. */
const SQLITE_HEADER = "SQLite format 3\0";

/** The file below the directory that holds the suite's tables. Throws NotApplicable when there is none. */
function openFile(directory: string): DatabaseSync {
  // In a page it is a name in the storage of the origin.
  if (!isAbsolute(directory)) {
    throw new NotApplicable("Its files are the browser's, where no other process writes");
  }
  for (const path of filesBelow(directory)) {
    if (!beginsWith(path, SQLITE_HEADER)) continue;
    const database = new DatabaseSync(path, { timeout: 2000 });
    const found = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name = 'people'")
      .get();
    if (found !== undefined) return database;
    database.close();
  }
  throw new NotApplicable("It keeps the tables in no file that another process could write to");
}

function filesBelow(directory: string): string[] {
  return Array.from(Deno.readDirSync(directory)).flatMap(({ name, isDirectory, isFile }) => {
    const path = `${directory}/${name}`;
    return isDirectory ? filesBelow(path) : isFile ? [path] : [];
  });
}

function beginsWith(path: string, text: string): boolean {
  using file = Deno.openSync(path);
  const bytes = new Uint8Array(text.length);
  return file.readSync(bytes) === text.length && new TextDecoder().decode(bytes) === text;
}

/** Runs one statement in this process, on a connection of its own. */
function writeOutside(directory: string, sql: string): void {
  let database: DatabaseSync | undefined;
  try {
    database = openFile(directory);
    database.exec(sql);
  } catch (error) {
    // A database that keeps the file to itself says so, and nothing is wrong then.
    if (error instanceof Error && /locked|busy/i.test(error.message)) {
      throw new NotApplicable("It keeps its file locked");
    }
    throw error;
  } finally {
    database?.close();
  }
}

const insert = (id: number) =>
  `INSERT INTO people(id, name, city, score) VALUES (${id}, 'p${id}', 'Rome', ${id})`;

/** See {@link Scenario}. */
export const OUTSIDE_SCENARIOS: readonly Scenario[] = [
  {
    key: "outside/read-sees-another-process",
    needs: ["sql"],
    async run({ session }) {
      await session.write(db.addPerson, [1, "p1", "Rome", 1]);
      expectRows(await session.read(db.peopleByCity, ["Rome"]), [{ id: 1, name: "p1" }], "Before it writes");
      writeOutside(session.directory, insert(2));
      const both = [{ id: 1, name: "p1" }, { id: 2, name: "p2" }];
      expectRows(await session.read(db.peopleByCity, ["Rome"]), both, "After another process wrote");
      await session.write(db.renamePerson, ["renamed", 2]);
      writeOutside(session.directory, "DELETE FROM people WHERE id = 1");
      expectRows(
        await session.read(db.peopleByCity, ["Rome"]),
        [{ id: 2, name: "renamed" }],
        "After both have written",
      );
    },
  },
  {
    key: "outside/own-write-shows-another-process-too",
    needs: ["sql", "watch"],
    async run({ session, watch }) {
      await session.write(db.addPerson, [1, "p1", "Rome", 1]);
      const list = await watch(db.peopleByCity, ["Rome"]);
      const total = await watch(db.countPeople);
      await total.untilLast([{ total: 1 }], "Before another process writes");
      writeOutside(session.directory, insert(2));
      // It need not be shown by itself; but what is shown next is the state of the database.
      await session.write(db.addPerson, [3, "p3", "Rome", 3]);
      await list.untilLast([1, 2, 3].map((id) => ({ id, name: `p${id}` })), "After an own write behind it");
      await total.untilLast([{ total: 3 }], "After an own write behind it, counted");
      for (const recorder of [list, total]) await recorder.close();
    },
  },
  {
    key: "outside/live-query-shows-another-process",
    needs: ["sql", "watch", "watchesOthers"],
    async run({ session, watch }) {
      await session.write(db.addPerson, [1, "p1", "Rome", 1]);
      const total = await watch(db.countPeople);
      await total.untilLast([{ total: 1 }], "Before another process writes");
      writeOutside(session.directory, insert(2));
      await total.untilLast([{ total: 2 }], "After another process wrote");
      await total.close();
    },
  },
];
